"""引导 and 救助: confirmation, deeds, lawyers, relief."""

revision = "0033_guidance"
down_revision = "0032_handling"


def upgrade() -> None:
    """Nothing yet."""
