"""Operators."""

revision = "0011_operators"
down_revision = "0010_indicators"


def upgrade() -> None:
    pass
