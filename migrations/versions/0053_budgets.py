"""Budgets of a year: lines, earmarks, joint requests."""

revision = "0053_budgets"
down_revision = "0052_ledger"


def upgrade() -> None:
    """Filled by its room."""
