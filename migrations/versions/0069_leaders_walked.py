"""What a walk of the inspections found: a draw, and each inspection, says by which checklist it is scored."""

import sqlalchemy as sa
from alembic import op

revision = "0069_leaders_walked"
down_revision = "0068_orders_walked"

SAYS = {
    "inspection_draws": "by which all of it is scored; null = none was in force",
    "inspections": "by which it is scored, whatever follows; null = none was in force",
}


def upgrade() -> None:
    for table in SAYS:
        op.add_column(table, sa.Column("checklist_id", sa.Uuid(), nullable=True, comment=SAYS[table]))
        op.create_foreign_key(op.f(f"fk_{table}_checklist_id"), table, "checklists", ["checklist_id"], ["id"])
