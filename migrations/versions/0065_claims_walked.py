"""What a walk of the settlements found."""

revision = "0065_claims_walked"
down_revision = "0064_handover_walked"


def upgrade() -> None:
    """Filled by who builds it."""
