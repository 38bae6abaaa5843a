"""A file of a case, as it was uploaded: always a download, never shown inside our own pages."""

from typing import cast
from urllib.parse import quote

from litestar import Response, get

from foundation import files
from policies import gate
from policies.actions import Action
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse


@get("/cases/{case_id:uuid}/files/{file_id:uuid}")
async def file_download(
    request: AnyRequest, subject: TheSubject, session: TheSession, case_id: PathId, file_id: PathId
) -> PageResponse:
    """Files are evidence: they belong to the field group of the statement."""
    await gate.fetch(session, subject, Action.CASE_READ_STATEMENT, case_id)
    row = await files.of_case(session, case_id, file_id)
    content = await cast(files.FileStore, request.app.state.files).read(row)
    disposition = f"attachment; filename*=UTF-8''{quote(row.name)}"
    return Response(content, media_type=row.media_type, headers={"content-disposition": disposition})


ROUTES = [file_download]
