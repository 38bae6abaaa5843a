"""Grants of posts that two people make."""

revision = "0026_grants"
down_revision = "0025_supervision"


def upgrade() -> None:
    """Filled by its owner."""
