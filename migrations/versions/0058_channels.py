"""Channels outside of the pages, and what was delivered by them."""

revision = "0058_channels"
down_revision = "0057_notices"


def upgrade() -> None:
    """Filled by who builds it."""
