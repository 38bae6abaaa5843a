"""What fresh eyes found in a tree that moves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import script
from migrations.tree import VERSIONED
from migrations.tree_mends import BEGINNING, HEIRS, OVERSIGHT, PASSING, PREVIEW, REOPENING

revision = "0048_tree_mends"
down_revision = "0047_handover_mends"


def upgrade() -> None:
    op.add_column(
        "tree_changes",
        sa.Column("named", postgresql.JSONB(), nullable=True, comment="which units its codes meant at drafting: ids"),
    )
    op.add_column("tree_queue", sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "tree_queue",
        sa.Column("failure", postgresql.JSONB(), nullable=True, comment="why it could not go yet: message and params"),
    )
    unpaid = sa.text("status not in ('returned', 'replaced') and status <> 'paid'")
    op.create_index("ix_settlements_unpaid", "settlements", ["tenant_id"], postgresql_where=unpaid)
    for part in (HEIRS, BEGINNING, OVERSIGHT, PASSING, REOPENING, PREVIEW):
        script(part)
    # The history of what has ended is closed: it follows its heir, and no day of its own changes by that.
    for table, _, _ in VERSIONED:
        op.execute(f"drop trigger keep_version on {table}")
    op.execute("select places_follow()")
    for table, versions, key in VERSIONED:
        op.execute(
            f"create trigger keep_version after update on {table} for each row"
            f" when (old.valid_to is null or new.valid_to is distinct from old.valid_to)"
            f" execute function keep_version('{versions}', '{key}')"
        )
