"""接谈: what the interview records beside the parties."""

revision = "0028_interview"
down_revision = "0027_explain"


def upgrade() -> None:
    """Nothing yet."""
