"""Counters and links are written at the end of a transaction, so locks are short."""

revision = "0049_short_locks"
down_revision = "0048_tree_mends"


def upgrade() -> None:
    """Filled by its room."""
