"""A petitioner reads what it asked for: else its page and the notice of its leaving name no undated remedy (N11)."""

from migrations.protection import open_to_party

revision = "0038_own_claims"
down_revision = "0037_borrowing"


def upgrade() -> None:
    open_to_party("claims", "claims.raised_by is null or (select case_person()) = any (claims.raised_by)")
