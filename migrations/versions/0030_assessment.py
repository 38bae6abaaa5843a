"""评析 and 委托: tags, channels, changes of class."""

revision = "0030_assessment"
down_revision = "0029_parties"


def upgrade() -> None:
    """Nothing yet."""
