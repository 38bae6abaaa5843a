"""Checkpoints of the audit."""

revision = "0015_checkpoints"
down_revision = "0014_keys"


def upgrade() -> None:
    pass
