"""Funding."""

revision = "0007_funding"
down_revision = "0006_dossiers"


def upgrade() -> None:
    pass
