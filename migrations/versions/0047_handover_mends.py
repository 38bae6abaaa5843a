"""What fresh eyes found in handovers, imports and disputes."""

revision = "0047_handover_mends"
down_revision = "0046_remainder"


def upgrade() -> None:
    """Filled by its room."""
