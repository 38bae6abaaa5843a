"""What a walk of budgets, duty and payments found."""

revision = "0066_money_walked"
down_revision = "0065_claims_walked"


def upgrade() -> None:
    """Filled by who builds it."""
