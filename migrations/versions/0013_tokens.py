"""Bearer tokens of programs."""

revision = "0013_tokens"
down_revision = "0012_sign_in"


def upgrade() -> None:
    pass
