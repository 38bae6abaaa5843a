"""Supervision orders on matters of many cases, their replies and escalation; terms warned of ahead."""

revision = "0059_orders"
down_revision = "0058_channels"


def upgrade() -> None:
    """Filled by who builds it."""
