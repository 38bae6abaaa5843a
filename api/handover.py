"""Handover: what waits for my office, and what an offer shows before it is answered. Answering is an act."""

from litestar import Response

from api.answers import answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from foundation.language import N_
from handover import reading
from handover.reading import FullPreview, Preview

TAG = "handover"


async def inbox(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await reading.inbox(session, subject)))


async def preview(session: TheSession, subject: TheSubject, case_id: PathId) -> Response[bytes]:
    """The ETag is the version to accept or return with."""
    shown = await reading.preview(session, subject, case_id)
    return respond(answer(shown, version=shown.version))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/handover/inbox",
        name="handoverInbox",
        tag=TAG,
        title=N_("待接收的移交"),
        handler=inbox,
        answer=list[Preview],
    ),
    Endpoint(
        method="GET",
        path="/cases/{case_id:uuid}/handover",
        name="handoverPreview",
        tag=TAG,
        title=N_("移交预览：不含个人信息、陈述和附件"),
        handler=preview,
        answer=FullPreview,
    ),
)
