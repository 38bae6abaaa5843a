"""Second factor of sign-in."""

revision = "0012_sign_in"
down_revision = "0011_operators"


def upgrade() -> None:
    pass
