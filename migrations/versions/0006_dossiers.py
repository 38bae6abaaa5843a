"""Dossiers."""

revision = "0006_dossiers"
down_revision = "0005_teams"


def upgrade() -> None:
    pass
