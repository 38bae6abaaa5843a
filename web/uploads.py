"""Files inside a page's form: believed and kept before the act, in the act's own transaction."""

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from litestar.datastructures import UploadFile
from msgspec import Struct, structs
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, FieldError, InvalidInput
from foundation.files import FileStore
from tenants.subject import Subject
from web.forms.bound import fill
from web.forms.fields import fields_of
from web.forms.typed import Typed
from web.page import AnyRequest

TO_COME = UUID(int=0)
"""Stands for a file while the rest of the form is judged: nothing is kept for a form that is wrong."""


async def fill_with_files(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    case_id: UUID,
    form: type[Struct],
    typed: Typed,
    uploads: Mapping[str, UploadFile],
) -> Struct:
    """The form struct, its file fields holding the ids of the kept files; InvalidInput names every field."""
    wanted = [field.name for field in fields_of(form) if field.widget == "file" and field.name in uploads]
    filled = fill(form, {**typed, **{name: str(TO_COME) for name in wanted}})
    store = cast(FileStore, request.app.state.files)
    kept = {name: await _keep(session, store, subject, case_id, name, uploads[name]) for name in wanted}
    return structs.replace(filled, **kept)


def without_files(form: type[Struct], typed: Typed) -> Typed:
    """A page can't name a stored file by its id: only what it uploads itself counts."""
    named: Sequence[str] = [field.name for field in fields_of(form) if field.widget == "file"]
    return {name: value for name, value in typed.items() if name not in named}


async def _keep(
    session: AsyncSession, store: FileStore, subject: Subject, case_id: UUID, field: str, upload: UploadFile
) -> UUID:
    content = await upload.read()
    try:
        kept = await store.keep(
            session, case_id=case_id, recorded_by=subject.person_id, name=upload.filename, content=content
        )
    except DomainError as error:
        raise InvalidInput(FieldError(field, error.code, error.message, dict(error.params))) from error
    return kept.id
