"""Organisation."""

revision = "0004_organisation"
down_revision = "0003_files"


def upgrade() -> None:
    pass
