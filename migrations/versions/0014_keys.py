"""Rotation of keys."""

revision = "0014_keys"
down_revision = "0013_tokens"


def upgrade() -> None:
    pass
