"""Exactly one holder: what moves with custody (issue 6, result 3)."""

revision = "0039_transfer"
down_revision = "0038_own_claims"


def upgrade() -> None: ...
