"""Handover: what waits for my office, and what an offer shows before it is answered. Answering is an act."""

from uuid import UUID

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import answer, respond
from api.endpoint import Endpoint
from foundation.language import N_
from handover import reading
from handover.reading import Preview
from tenants.subject import Subject

TAG = "handover"


async def inbox(session: AsyncSession, subject: Subject) -> Response[bytes]:
    return respond(answer(await reading.inbox(session, subject)))


async def preview(session: AsyncSession, subject: Subject, case_id: UUID) -> Response[bytes]:
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
        answer=Preview,
    ),
)
