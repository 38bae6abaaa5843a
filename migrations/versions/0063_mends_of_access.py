"""What resolving issues 4 to 7 still needed."""

revision = "0063_mends_of_access"
down_revision = "0062_goals"


def upgrade() -> None:
    """Filled by who builds it."""
