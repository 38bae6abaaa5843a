"""Six directions, disputes between offices with both claims, and the limits against shuffling."""

revision = "0041_directions"
down_revision = "0040_protocol"


def upgrade() -> None: ...
