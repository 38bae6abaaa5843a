"""Signals for those who review claims."""

revision = "0056_signals"
down_revision = "0055_payments"


def upgrade() -> None:
    """Filled by its room."""
