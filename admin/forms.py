"""A form of the office: a msgspec struct, and what the platform's own verbs do with it in the administrator's scope.

Piccolo's forms know text, numbers and dates, no lists to choose from: fields take names as people write them.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, get_args

from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, fields
from piccolo_admin.endpoints import FormConfig
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.faults import in_one_line
from admin.identity import administrator
from admin.refusing import note
from foundation.database_refusals import named_refusal
from foundation.errors import DomainError, InvalidInput, NotSignedIn
from foundation.forms import parse
from foundation.language import current_language, translate
from foundation.lost import is_lost
from foundation.store import Store
from tenants.subject import Subject

Deed = Callable[[AsyncSession, Subject, Any], Awaitable[str]]
"""Does it and returns what the administrator reads then; raises named errors."""


class FormRefused(DomainError):
    """A form's refusal, with the field in front: Piccolo's page shows one text above the form."""

    status = 422

    def __init__(self, error: DomainError, form: type[Struct]) -> None:
        super().__init__()
        self.error, self.form = error, form

    def text(self, language: str) -> str:
        if not isinstance(self.error, InvalidInput):
            return self.error.text(language)
        names = {field.encode_name: _title(field) for field in fields(self.form)}
        faults = [
            (names.get(one.field.removesuffix("_id"), one.field), one.text(language)) for one in self.error.fields
        ]
        return in_one_line(faults, language)


class OfficeForm(FormConfig):
    """As Piccolo Admin asks for it; `name` and the rest are msgids, translated at the door."""

    def __init__(
        self, store: Store, slug: str, name: str, group: str, description: str, form: type[Struct], deed: Deed
    ) -> None:
        super().__init__(name, _model(form), self.submit, description, group)
        self.slug = slug
        self.store, self.form, self.deed = store, form, deed

    async def submit(self, request: Request, given: BaseModel) -> str:
        try:
            return await self._do(given.model_dump())
        except DomainError as error:
            note(FormRefused(error, self.form))
            raise ValueError(error.code) from error  # the one exception that Piccolo takes for a refusal

    async def _do(self, raw: Mapping[str, Any]) -> str:
        subject = administrator.get()
        if subject is None:
            raise NotSignedIn
        form = parse(self.form, raw, strict=False)
        try:
            async with self.store.scoped(subject.scope) as session:
                return await self.deed(session, subject, form)
        except DBAPIError as error:
            refusal = None if is_lost(error) else named_refusal(error)
            if refusal is None:
                raise
            raise refusal from error


def _model(form: type[Struct]) -> type[BaseModel]:
    """Takes whatever is sent, since `parse` names each fault; describes the struct's fields as lines of text."""

    class Given(BaseModel, extra="allow"):
        @classmethod
        def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
            return {"type": "object", "properties": {field.encode_name: _line(field) for field in fields(form)}}

    return Given


def _line(field: FieldInfo) -> dict[str, Any]:
    """Label and, in brackets, the help: Piccolo's form has no other place for it."""
    title, explanation = translate(_title(field)), _meta(field).description
    label = f"{title}{'' if field.required is False else ' *'}"
    if explanation:
        label += f" ({translate(explanation)})" if current_language.get() == "en" else f"（{translate(explanation)}）"
    return {"title": label, "type": "string", "default": ""}


def _title(field: FieldInfo) -> str:
    return _meta(field).title or field.encode_name


def _meta(field: FieldInfo) -> Meta:
    """Of `Annotated[…, Meta]` or of `Annotated[…, Meta] | None`."""
    annotations = (field.type, *get_args(field.type))
    metas = (meta for one in annotations for meta in getattr(one, "__metadata__", ()) if isinstance(meta, Meta))
    return next(metas)
