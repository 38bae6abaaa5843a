"""Duty roster: shifts, swaps, check-ins."""

revision = "0054_duty"
down_revision = "0053_budgets"


def upgrade() -> None:
    """Filled by its room."""
