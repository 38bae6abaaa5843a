"""Leaders in charge of cases; warnings by rule and classes of risk of disputes."""

revision = "0060_leaders"
down_revision = "0059_orders"


def upgrade() -> None:
    """Filled by who builds it."""
