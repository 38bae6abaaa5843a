"""Organisation."""

revision = "0004_organisation"
down_revision = "0003_records"


def upgrade() -> None:
    pass
