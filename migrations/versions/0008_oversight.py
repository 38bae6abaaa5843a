"""Oversight."""

revision = "0008_oversight"
down_revision = "0007_funding"


def upgrade() -> None:
    pass
