"""The moves' editions and a case as of a moment."""

revision = "0034_history"
down_revision = "0033_guidance"


def upgrade() -> None:
    """Nothing yet."""
