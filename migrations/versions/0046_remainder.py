"""What issue 5 left open."""

revision = "0046_remainder"
down_revision = "0045_intake"


def upgrade() -> None: ...
