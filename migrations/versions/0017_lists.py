"""Hot reads."""

revision = "0017_lists"
down_revision = "0016_office"


def upgrade() -> None:
    pass
