"""Whether a transaction was taken back is asked with every promise that moves: the index answers both sides' question.

The one before held the debits alone, so that nobody who asked without naming the side could use it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0079_reversals_found"
down_revision = "0078_nobody_waits_crosswise"

INDEX, TABLE = "uq_ledger_entries_reverses", "ledger_entries"


def upgrade() -> None:
    op.drop_index(INDEX, TABLE)
    sides = ["reverses", sa.text("(debit_fen > 0)")]
    op.create_index(INDEX, TABLE, sides, unique=True, postgresql_where=sa.text("reverses is not null"))
