"""The page of the columns: those of the file on the left, our fields on the right; words of the file and our codes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import get, post
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from foundation.sheet_table import Table
from handover import intake
from handover.intake_fields import FIELDS, GROUPS, Field
from handover.intake_kept import keep_mapping, mappings, use_mapping
from handover.intake_known import Known, known_to
from handover.intake_lines import code_of
from handover.intake_mapping import MOST_VALUES, ColumnMap, plain, words_of
from handover.intake_models import Intake
from tenants.subject import Subject
from web.given import PathId, TheSession, TheSubject
from web.intake import HERE
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

Data = Mapping[str, Sequence[str]]
COLUMN = re.compile(r"columns\.(\d{1,3})")
WORD = re.compile(r"word\.([a-z_.]{1,40})\.(\d{1,3})")
SHORT = 40
"""Up to so many options are a list; of more, some letters are typed."""


class Column(Struct, frozen=True):
    """`glimpse`: how the first cell begins; the rest of it is nobody's business here."""

    number: int
    title: str
    glimpse: str
    field: str


class Word(Struct, frozen=True):
    word: str
    code: str
    said: bool
    """By this mapping, not by our own guess."""


class Chosen(Struct, frozen=True):
    """A field that is chosen from a list: its options, what all lines share, its words in the file."""

    field: Field
    options: Sequence[Option]
    fixed: str
    words: Sequence[Word]
    left_out: int

    @property
    def short(self) -> bool:
        return len(self.options) <= SHORT

    def label(self, code: str) -> str:
        return next((option.label for option in self.options if option.value == code), code)


@get(HERE + "/{intake_id:uuid}/mapping")
async def mapping_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, intake_id: PathId
) -> PageResponse:
    intake.require(subject)
    row = await intake.waiting(session, subject, intake_id)
    return await _show(request, session, subject, row, intake.mapping_in(row))


@post(HERE + "/{intake_id:uuid}/mapping")
async def mapping_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, intake_id: PathId
) -> PageResponse:
    """Kept as far as it goes; `then` says whether it is tried out at once."""
    intake.require(subject)
    data = await fields_in(request)
    row = await intake.waiting(session, subject, intake_id)
    known = await known_to(session, subject, row.system)
    try:
        mapping = _typed(data, known)
        async with session.begin_nested():
            row = await intake.map_columns(session, subject, intake_id, mapping)
            if name := _last(data, "keep_as"):
                await keep_mapping(session, subject, row, name)
            if _last(data, "then") == "check":
                await intake.try_out(session, subject, intake_id)
    except InvalidInput as error:
        session.expire_all()
        row = await intake.waiting(session, subject, intake_id)
        return await _show(request, session, subject, row, _typed(data, known, strict=False), error.fields)
    return go(f"{HERE}/{intake_id}" if _last(data, "then") == "check" else f"{HERE}/{intake_id}/mapping")


@post(HERE + "/{intake_id:uuid}/use")
async def use_post(request: AnyRequest, subject: TheSubject, session: TheSession, intake_id: PathId) -> PageResponse:
    chosen = _last(await fields_in(request), "mapping_id")
    await use_mapping(session, subject, intake_id, _id(chosen))
    return go(f"{HERE}/{intake_id}/mapping")


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        return UUID(int=0)


def _last(data: Data, name: str) -> str:
    return (data.get(name) or [""])[-1].strip()


def _typed(data: Data, known: Known, *, strict: bool = True) -> ColumnMap:
    """What the page sent. `strict`: a field that two columns fill is refused, otherwise the first one counts."""
    columns: dict[str, int] = {}
    twice = []
    for name in data:
        if (match := COLUMN.fullmatch(name)) and (field := _last(data, name)) in FIELDS:
            if field in columns:
                twice.append(FieldError(name, "repeated", N_("两列不能对应同一项")))
            columns.setdefault(field, int(match[1]))
    if twice and strict:
        raise InvalidInput(*twice)
    fixed = {
        code: value
        for code, field in FIELDS.items()
        if field.fixable and (value := _code(code, _last(data, f"fixed.{code}"), known))
    }
    return ColumnMap(columns, fixed, _said(data, known))


def _said(data: Data, known: Known) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in data:
        match = WORD.fullmatch(name)
        if match is None or match[1] not in known.words:
            continue
        code = _code(match[1], _last(data, f"values.{match[1]}.{match[2]}"), known)
        if code:
            found.setdefault(match[1], {})[_last(data, name)] = code
    return found


def _code(field: str, typed: str, known: Known) -> str:
    """A code of the list, or one of the words for it; empty otherwise."""
    codes = {option.value for option in known.options[field]}
    return typed if typed in codes else known.words[field].get(plain(typed), "")


async def _show(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    row: Intake,
    mapping: ColumnMap,
    errors: Sequence[FieldError] = (),
) -> PageResponse:
    table, known = intake.table_in(row), await known_to(session, subject, row.system)
    return page(
        request,
        "intake/mapping.html",
        title=N_("对应列和项目"),
        subject=subject,
        row=row,
        table=table,
        columns=list(_columns(table, mapping)),
        groups=GROUPS,
        chosen=[_chosen(field, table, mapping, known) for field in FIELDS.values() if field.code in known.words],
        kept=await mappings(session, subject),
        errors={error.field: error for error in errors},
        labels={code: field.title for code, field in FIELDS.items()},
        status=422 if errors else 200,
    )


def _columns(table: Table, mapping: ColumnMap) -> Iterator[Column]:
    fields = {column: field for field, column in mapping.columns.items()}
    for number, title in enumerate(table.titles):
        first = next((line.cells[number] for line in table.lines if line.cells[number]), "")
        yield Column(number, title, _glimpse(first), fields.get(number, ""))


def _glimpse(cell: str) -> str:
    """Enough to know the column by, not the person."""
    return f"{cell[: min(4, (len(cell) + 1) // 2)]}…" if cell else ""


def _chosen(field: Field, table: Table, mapping: ColumnMap, known: Known) -> Chosen:
    said: Any = mapping.values.get(field.code, {})
    words = [
        Word(word, code_of(field.code, word, mapping, known), word in said)
        for word in words_of(table, mapping).get(field.code, ())
    ]
    words.sort(key=lambda one: bool(one.code))
    return Chosen(
        field=field,
        options=known.options[field.code],
        fixed=mapping.fixed.get(field.code, ""),
        words=words[:MOST_VALUES],
        left_out=max(0, len(words) - MOST_VALUES),
    )


ROUTES = [mapping_page, mapping_post, use_post]
