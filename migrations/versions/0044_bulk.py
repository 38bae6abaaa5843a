"""Many cases handed over in one act, with a report per case."""

revision = "0044_bulk"
down_revision = "0043_tree_plans"


def upgrade() -> None: ...
