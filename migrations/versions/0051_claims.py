"""Claims: scored, reviewed, appealed, shared among eligible recipients."""

revision = "0051_claims"
down_revision = "0050_tariffs"


def upgrade() -> None:
    """Filled by its room."""
