"""Drafts of rules."""

revision = "0024_drafts"
down_revision = "0023_access"


def upgrade() -> None:
    """Filled by its owner."""
