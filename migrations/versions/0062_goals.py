"""Phases and goals of the three-year plan; quality inspection."""

revision = "0062_goals"
down_revision = "0061_documents"


def upgrade() -> None:
    """Filled by who builds it."""
