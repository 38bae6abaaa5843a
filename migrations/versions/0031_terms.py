"""Terms: calendar and working days, warnings, shares."""

revision = "0031_terms"
down_revision = "0030_assessment"


def upgrade() -> None:
    """Nothing yet."""
