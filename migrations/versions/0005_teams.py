"""Teams."""

revision = "0005_teams"
down_revision = "0004_organisation"


def upgrade() -> None:
    pass
