"""A dispute between offices stands in the one queue of days: from the day after its last, the conference hears."""

from migrations.deadlines import watch

revision = "0073_disputes_told"
down_revision = "0072_one_queue"

END_OF_DAY = "((decide_by + 1)::timestamp at time zone 'Asia/Shanghai' - interval '1 second')"
ESCALATES = "decided_at is null and decider_tenant_id is not null and conference_tenant_id is not null"
"""Without a common superior the conference was told at once."""


def upgrade() -> None:
    watch("holder_disputes", END_OF_DAY, ESCALATES, case="null::uuid")
