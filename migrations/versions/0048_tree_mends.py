"""What fresh eyes found in a tree that moves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import script
from migrations.tree_mends import BEGINNING, HEIRS, PASSING, PREVIEW, REOPENING

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
    unpaid = sa.text("status not in ('paid', 'returned')")
    op.create_index("ix_settlements_unpaid", "settlements", ["tenant_id"], postgresql_where=unpaid)
    for part in (HEIRS, BEGINNING, PASSING, REOPENING, PREVIEW):
        script(part)
    # What was merged before: no history of a day changes by it.
    op.execute("alter table places disable trigger keep_version")
    op.execute("select places_follow()")
    op.execute("alter table places enable trigger keep_version")
