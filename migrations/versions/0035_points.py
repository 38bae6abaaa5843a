"""Issue 4's last points."""

revision = "0035_points"
down_revision = "0034_history"


def upgrade() -> None:
    """Nothing yet."""
