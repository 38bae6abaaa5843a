"""Files that go with a policy document: PDF or picture, judged by their content, on a draft alone."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api.answers import AnyRequest, answer, respond
from api.documents import TAG, THIS, DocumentId
from api.endpoint import Endpoint
from api.files import AROUND, sent_file
from api.given import TheSession, TheSubject
from api.requests import once
from foundation.file_kinds import MediaType
from foundation.files import LARGEST
from foundation.idempotency import Answer, hash_of
from foundation.language import N_
from oversight.attachments import attach, attachment_at, detach
from oversight.plan_view import AttachmentView, DocumentView, document_view
from tenants.tokens import TokenScope

COLLECTION = THIS + "/attachments"
ONE = COLLECTION + "/{attachment_id:uuid}"


async def upload(
    request: AnyRequest, session: TheSession, subject: TheSubject, document_id: DocumentId
) -> Response[bytes]:
    name, content = await sent_file(request)

    async def produce() -> Answer:
        row = await attach(session, subject, document_id, name, content)
        return answer(AttachmentView(row.id, row.name, row.media_type), status=201)

    return await once(request, session, subject, produce, hash_of(name.encode(), content))


async def download(
    session: TheSession, subject: TheSubject, document_id: DocumentId, attachment_id: FromPath[UUID]
) -> Response[Any]:
    """Always as an attachment: it never runs in our pages."""
    row = await attachment_at(session, subject, document_id, attachment_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(row.content, media_type=row.media_type, headers=headers)


async def removed(
    session: TheSession, subject: TheSubject, document_id: DocumentId, attachment_id: FromPath[UUID]
) -> Response[bytes]:
    await detach(session, subject, document_id, attachment_id)
    return respond(answer(await document_view(session, subject, document_id)))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path=COLLECTION,
        name="attachToDocument",
        tag=TAG,
        title=N_("给拟稿添加附件"),
        help=N_("PDF、JPEG、PNG，不超过 20 MB，最多 20 份；添加后须重新会签"),
        handler=upload,
        scope=TokenScope.FILES,
        answer=AttachmentView,
        status=201,
        upload=True,
        once=True,
        largest=LARGEST + AROUND,
        refuses=(409,),
    ),
    Endpoint(
        method="GET",
        path=ONE,
        name="documentAttachment",
        tag=TAG,
        title=N_("下载文件的附件"),
        handler=download,
        scope=TokenScope.FILES,
        download=True,
        kinds=tuple(kind.value for kind in MediaType),
    ),
    Endpoint(
        method="DELETE",
        path=ONE,
        name="detachFromDocument",
        tag=TAG,
        title=N_("移除拟稿的附件"),
        handler=removed,
        answer=DocumentView,
        refuses=(409,),
    ),
)
