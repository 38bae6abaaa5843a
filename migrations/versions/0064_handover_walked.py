"""What a walk of the handovers found."""

revision = "0064_handover_walked"
down_revision = "0063_mends_of_access"


def upgrade() -> None:
    """Filled by who builds it."""
