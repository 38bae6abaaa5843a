"""Files of a case: upload, list, download."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException
from msgspec import Struct
from sqlalchemy import select

from api.answers import AnyRequest, answer, respond
from api.endpoint import PREFIX, Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import once
from foundation.digests import written
from foundation.errors import invalid
from foundation.file_kinds import MediaType
from foundation.files import LARGEST, FileStore, FileTooLarge, StoredFile, of_case
from foundation.forms import REQUIRED
from foundation.idempotency import Answer, hash_of
from foundation.language import N_
from policies import gate
from policies.actions import Action
from tenants.tokens import TokenScope

TAG = "files"
AROUND = 64 * 1024
"""Bytes of a multipart form around the file."""


class FileItem(Struct, frozen=True):
    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    recorded_at: datetime
    recorded_by: UUID
    href: str


async def upload(request: AnyRequest, session: TheSession, subject: TheSubject, case_id: PathId) -> Response[bytes]:
    await gate.fetch(session, subject, Action.EVIDENCE_ADD, case_id)
    name, content = await sent_file(request)

    async def produce() -> Answer:
        files: FileStore = request.app.state["files"]
        row = await files.keep(session, case_id=case_id, recorded_by=subject.person_id, name=name, content=content)
        item = _item(row)
        return answer(item, status=201, headers={"Location": item.href})

    return await once(request, session, subject, produce, hash_of(name.encode(), content))


async def list_files(session: TheSession, subject: TheSubject, case_id: PathId) -> Response[bytes]:
    await gate.fetch(session, subject, Action.CASE_READ_STATEMENT, case_id)
    query = select(StoredFile).where(StoredFile.case_id == case_id).order_by(StoredFile.recorded_at, StoredFile.id)
    return respond(answer([_item(row) for row in await session.scalars(query)]))


async def download(
    request: AnyRequest, session: TheSession, subject: TheSubject, case_id: PathId, file_id: PathId
) -> Response[bytes]:
    """Always as an attachment: what a party sent never runs in our pages."""
    await gate.fetch(session, subject, Action.CASE_READ_STATEMENT, case_id)
    row = await of_case(session, case_id, file_id)
    files: FileStore = request.app.state["files"]
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "ETag": f'"{row.sha256.hex()}"',
    }
    return Response(await files.read(row), media_type=row.media_type, headers=headers)


async def sent_file(request: AnyRequest) -> tuple[str, bytes]:
    """The name and the content of the form's one file; raises FileTooLarge, InvalidInput."""
    try:
        form = await request.form()
    except HTTPException as error:
        raise FileTooLarge if error.status_code == FileTooLarge.status else _no_file() from error
    file: Any = form.get("file")
    if not isinstance(file, UploadFile):
        raise _no_file()
    return file.filename, await file.read()


def _no_file() -> Exception:
    return invalid("file", "required", REQUIRED)


def _item(row: StoredFile) -> FileItem:
    return FileItem(
        id=row.id,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=written(row.sha256),
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        href=f"{PREFIX}/cases/{row.case_id}/files/{row.id}",
    )


COLLECTION = "/cases/{case_id:uuid}/files"
ENDPOINTS = (
    Endpoint(
        method="POST",
        path=COLLECTION,
        name="uploadFile",
        tag=TAG,
        title=N_("上传文件"),
        help=N_("PDF、JPEG、PNG，不超过 20 MB；返回的 id 用于登记证据等事项"),
        handler=upload,
        scope=TokenScope.FILES,
        answer=FileItem,
        status=201,
        upload=True,
        once=True,
        largest=LARGEST + AROUND,
    ),
    Endpoint(
        method="GET",
        path=COLLECTION,
        name="listFiles",
        tag=TAG,
        title=N_("案件的文件"),
        handler=list_files,
        answer=list[FileItem],
    ),
    Endpoint(
        method="GET",
        path=COLLECTION + "/{file_id:uuid}",
        name="downloadFile",
        tag=TAG,
        title=N_("下载文件"),
        handler=download,
        scope=TokenScope.FILES,
        download=True,
        kinds=tuple(kind.value for kind in MediaType),
    ),
)
