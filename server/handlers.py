"""Who listens to what leaves through the outbox. A topic stands here even when nobody listens yet."""

from datetime import timedelta

from access import delegation_notice
from foundation.jobs import Handlers
from funding import recovery_job, signal_job, tariff_preview
from handover import intake_job
from server import bulk

HANDLERS: Handlers = {
    "case.changed": (),
    "timer.overdue": (),
    "notice.told": (),
    "bulk.go_on": (bulk.go_on_with,),
    "intake.confirmed": (intake_job.on_confirmed,),
    "delegation.reached": (delegation_notice.tell_of_class,),
    "tariff.preview": (tariff_preview.go_on,),
    "official.changed": (recovery_job.on_official,),
    "claim.changed": (signal_job.on_claim,),
    "duty.claimed": (signal_job.on_duty,),
}
LEASES = {"intake.confirmed": timedelta(minutes=5)}
"""Of what one transaction does for thousands of cases; the others have `foundation.jobs.LEASE`."""
