"""Notices to persons, one for each cause."""

revision = "0057_notices"
down_revision = "0056_signals"


def upgrade() -> None:
    """Filled by who builds it."""
