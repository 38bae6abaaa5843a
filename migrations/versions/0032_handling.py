"""Teams and 办理: panels, objects, statutes, publicity."""

revision = "0032_handling"
down_revision = "0031_terms"


def upgrade() -> None:
    """Nothing yet."""
