"""The tree as it was on a day: versions of places, tenants and offices, and plans that change it."""

revision = "0042_tree_history"
down_revision = "0041_directions"


def upgrade() -> None: ...
