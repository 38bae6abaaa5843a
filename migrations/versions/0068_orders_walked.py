"""Terms are warned of as long ahead as their rule says; a matter follows its issuer where the tree changes."""

from alembic import op

from migrations.deadline_looks import CUSTODY, LEADS, LOOKS, MATTERS, SETTINGS
from migrations.deadlines import watch_from
from migrations.protection import script
from migrations.tree_mends import BEGINNING

revision = "0068_orders_walked"
down_revision = "0067_money_walked"


def upgrade() -> None:
    script(LOOKS)
    for part in (SETTINGS, CUSTODY):
        script(part)
    running = "done_at is null and paused_at is null"
    watch_from("term_look_ahead(kind)", "timers", "due_at", running, new="overdue_at is null")
    for kind in LEADS:
        op.execute(f"select looks_sooner('{kind}', '-infinity')")
    op.execute(
        "select looks_sooner(kind, min(valid_from)::timestamp at time zone 'Asia/Shanghai') from term_settings"
        " where lead_days is not null group by kind"
    )
    _matters_follow()


def _matters_follow() -> None:
    """As in 0048, and the matters."""
    start = BEGINNING.index("create function tree_hands_on")
    hands_on = BEGINNING[start : BEGINNING.index("revoke all", start)]
    end = "end\n$$;"
    assert hands_on.count(end) == 1
    script(hands_on.replace("create function", "create or replace function").replace(end, MATTERS + end))
