"""Recusals, and a tenant whose own organ is the unit."""

revision = "0022_recusals"
down_revision = "0021_delegations"


def upgrade() -> None:
    """Filled by its owner."""
