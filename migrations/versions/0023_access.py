"""Requests for access, grants, and who looked."""

revision = "0023_access"
down_revision = "0022_recusals"


def upgrade() -> None:
    """Filled by its owner."""
