"""Cases in progress received from another system."""

revision = "0045_intake"
down_revision = "0044_bulk"


def upgrade() -> None: ...
