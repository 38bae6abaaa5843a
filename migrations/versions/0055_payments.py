"""Payment batches and their reconciliation."""

revision = "0055_payments"
down_revision = "0054_duty"


def upgrade() -> None:
    """Filled by its room."""
