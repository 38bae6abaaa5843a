"""Complaints, inspections, the naming of a holder."""

revision = "0025_supervision"
down_revision = "0024_drafts"


def upgrade() -> None:
    """Filled by its owner."""
