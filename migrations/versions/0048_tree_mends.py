"""What fresh eyes found in a tree that moves."""

revision = "0048_tree_mends"
down_revision = "0047_handover_mends"


def upgrade() -> None:
    """Filled by its room."""
