"""Files that go with a document, added to a draft and taken off it; read by whoever reads the document."""

from urllib.parse import quote

from litestar import Response, get, post

from foundation.errors import DomainError, NotFound, invalid
from foundation.forms import REQUIRED
from oversight.attachments import attach, attachment_at, detach
from web.documents import HERE, THIS, show_document
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go
from web.posted import files_in

COLLECTION = THIS + "/attachments"
ONE = COLLECTION + "/{attachment_id:uuid}"


@post(COLLECTION)
async def attachment_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId
) -> PageResponse:
    upload = (await files_in(request)).get("file")
    try:
        if upload is None:
            raise invalid("file", "required", REQUIRED)
        async with session.begin_nested():
            await attach(session, subject, document_id, upload.filename, await upload.read())
    except NotFound:
        raise
    except DomainError as error:
        return await show_document(request, subject, session, document_id, error=error)
    return go(f"{HERE}/{document_id}")


@get(ONE)
async def attachment_download(
    subject: TheSubject, session: TheSession, document_id: PathId, attachment_id: PathId
) -> PageResponse:
    """Always a download, never shown inside our own pages."""
    found = await attachment_at(session, subject, document_id, attachment_id)
    disposition = f"attachment; filename*=UTF-8''{quote(found.name)}"
    return Response(found.content, media_type=found.media_type, headers={"content-disposition": disposition})


@post(ONE + "/removal")
async def attachment_removed(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId, attachment_id: PathId
) -> PageResponse:
    try:
        async with session.begin_nested():
            await detach(session, subject, document_id, attachment_id)
    except NotFound:
        raise
    except DomainError as error:
        return await show_document(request, subject, session, document_id, error=error)
    return go(f"{HERE}/{document_id}")


ROUTES = [attachment_post, attachment_download, attachment_removed]
