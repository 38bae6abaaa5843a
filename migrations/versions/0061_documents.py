"""Policy documents down the tree, plans derived from them, reports."""

revision = "0061_documents"
down_revision = "0060_leaders"


def upgrade() -> None:
    """Filled by who builds it."""
