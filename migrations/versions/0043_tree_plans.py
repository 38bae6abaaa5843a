"""What a plan of the tree needs beside its history."""

revision = "0043_tree_plans"
down_revision = "0042_tree_history"


def upgrade() -> None: ...
