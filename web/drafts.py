"""What a browser needs to keep a form's draft sealed: a secret of the person signed in, and how long to keep it."""

import base64
from pathlib import Path

from litestar import Response, get
from msgspec import Struct

from foundation.cipher import Sealed
from policies import gate
from policies.actions import Action
from web.given import TheSubject
from web.page import owner_mark

HOURS = 48
"""A draft is kept at most so long after the last touch: a round through the villages, not a filing cabinet."""
PURPOSE = "drafts of the registration form"
WORKER = Path(__file__).parent / "static" / "offline.js"


class DraftKey(Struct, frozen=True):
    """`secret` in base64: half of the key; the other half never leaves the browser."""

    owner: str
    secret: str
    hours: int


@get("/cases/new/draft-key")
async def draft_key(subject: TheSubject) -> Response[DraftKey]:
    """Also tells the page whether the network and the session are still there."""
    if not gate.may(subject, Action.CASE_DRAFT):
        gate.require_role(subject, Action.CASE_REGISTER)
    secret = Sealed.ring().secret_of(subject.person_id.bytes, PURPOSE)
    return Response(
        DraftKey(owner_mark(subject), base64.b64encode(secret).decode(), HOURS), media_type="application/json"
    )


@get("/cases/offline.js")
async def offline_worker() -> Response[bytes]:
    """From this address, since a worker may serve nothing above its own."""
    return Response(WORKER.read_bytes(), media_type="text/javascript")


ROUTES = [draft_key, offline_worker]
