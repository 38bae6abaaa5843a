"""What is lent."""

revision = "0021_delegations"
down_revision = "0020_standings"


def upgrade() -> None:
    """Filled by its owner."""
