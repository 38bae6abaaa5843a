"""Tariff and defaults as dated, drafted, approved data."""

revision = "0050_tariffs"
down_revision = "0049_short_locks"


def upgrade() -> None:
    """Filled by its room."""
