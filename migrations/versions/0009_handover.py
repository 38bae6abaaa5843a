"""Handover."""

revision = "0009_handover"
down_revision = "0008_oversight"


def upgrade() -> None:
    pass
