"""What the operators' office needs."""

revision = "0016_office"
down_revision = "0015_checkpoints"


def upgrade() -> None:
    pass
