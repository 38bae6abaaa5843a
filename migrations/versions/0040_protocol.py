"""The protocol of an offer: purpose, a person, who stays, the party's word on the new mediator."""

revision = "0040_protocol"
down_revision = "0039_transfer"


def upgrade() -> None: ...
