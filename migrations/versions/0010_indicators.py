"""Indicators."""

revision = "0010_indicators"
down_revision = "0009_handover"


def upgrade() -> None:
    pass
