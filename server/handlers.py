"""Who listens to what leaves through the outbox. A topic stands here even when nobody listens yet."""

from datetime import timedelta

from access import delegation_notice
from foundation.jobs import Handlers, Unheard
from funding import recovery_job, signal_job, tariff_preview
from handover import intake_job
from oversight import channel_deliveries, channel_sending, channel_settings, notice_job, telling
from server import bulk

HANDLERS: Handlers = {
    "timer.overdue": (),
    notice_job.MADE: (channel_deliveries.prepare,),
    channel_settings.CODE_TOPIC: (channel_sending.send_code,),
    "bulk.go_on": (bulk.go_on_with,),
    "intake.confirmed": (intake_job.on_confirmed,),
    "delegation.reached": (delegation_notice.tell_of_class,),
    "tariff.preview": (tariff_preview.go_on,),
    "official.changed": (recovery_job.on_official,),
    "claim.changed": (signal_job.on_claim,),
    "duty.claimed": (signal_job.on_duty,),
}
BATCHED = frozenset({notice_job.CHANGED, telling.TOPIC})
"""What becomes notices, many messages in one transaction."""
LEASES = {"intake.confirmed": timedelta(minutes=5)}
"""Of what one transaction does for thousands of cases; the others have `foundation.jobs.LEASE`."""


def unheard_of(handlers: Handlers) -> Unheard:
    """What need not go round by the queue: topics that nobody listens to, acts that no notice is made of."""
    silent = {topic for topic, listening in handlers.items() if not listening}
    return lambda topic, payload: topic in silent or notice_job.unheard(topic, payload)
