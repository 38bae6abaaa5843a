"""The books: double entry, receivables, advances, reversals."""

revision = "0052_ledger"
down_revision = "0051_claims"


def upgrade() -> None:
    """Filled by its room."""
