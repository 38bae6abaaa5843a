"""Counters are added up at the end of a transaction, so that nobody waits for them while others work.

And the policies of looks ask a function: written out they took longer to start than a look to write (decision 0036).
"""

import sqlalchemy as sa
from alembic import op

from migrations.counting import ADDING, CHANGES, PASSED, noting
from migrations.protection import lock, script

revision = "0049_short_locks"
down_revision = "0048_tree_mends"


def upgrade() -> None:
    make_count_changes()
    for event in CHANGES:
        for what in ("", "_suitable", "_acceptance"):
            op.execute(f"drop trigger count{what}_{event} on cases")
            op.execute(f"drop function count{what or '_case'}_{event}")
        script(noting(event))
    script(PASSED)
    script(ADDING)
    op.execute("alter policy app_read on looks using (person_id = (select case_person()) or case_in_custody(case_id))")


def make_count_changes() -> None:
    """Rows live within their transaction alone: nothing of them need survive a crash."""
    op.create_table(
        "count_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column(
            "transaction_id",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.Column("counter", sa.String(), nullable=False, comment="the table"),
        sa.Column("key", sa.ARRAY(sa.String()), nullable=False, comment="its primary key, in order"),
        sa.Column("cases", sa.Integer(), nullable=False, comment="to be added"),
        sa.Column("days", sa.Integer(), server_default="0", nullable=False, comment="to be added"),
        sa.PrimaryKeyConstraint("transaction_id", "id", name=op.f("pk_count_changes")),
        prefixes=["UNLOGGED"],
    )
    lock("count_changes", "")
