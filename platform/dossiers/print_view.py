"""A paper as titled fields in one language: what the print page shows, whatever kind of paper it is.

Titles come from the form that the paper was issued with; ids are worded only as far as the reader may see names.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec.inspect as inspect
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import reading
from cases.models import Case
from cases.papers import Paper
from cases.parties import Party
from dossiers.items import kind_of, title_of_paper
from dossiers.performance import schedule_of
from dossiers.print_titles import OUTCOMES, TITLES
from foundation.choice import Choice
from foundation.clock import SHANGHAI
from foundation.digests import written
from foundation.language import N_, translate
from organisation.dispute_types import dispute_types
from policies.gate import Permissions
from tenants.models import Person, Place
from tenants.subject import Subject

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
YES, NO = N_("是"), N_("否")
SIDES = {"petitioner": N_("信访人"), "respondent": N_("对方")}
UNSHOWN = N_("（不向您显示）")
"""Stands for an id that this reader may not have worded."""


class Line(Struct, frozen=True):
    """One titled value; `rows` for a table, `values` for a list, otherwise `text`."""

    name: str
    title: str
    text: str = ""
    values: tuple[str, ...] = ()
    rows: tuple[tuple["Line", ...], ...] = ()


class PrintView(Struct, frozen=True):
    """`issued_at` in Yunnan's time, to the minute; `sha256` of the content as it was issued."""

    title: str
    number: str | None
    issued_at: str
    sha256: str
    lines: tuple[Line, ...]


class Known(Struct, frozen=True):
    """How this reader is to be told an id, and in which language."""

    names: Mapping[str, str]
    language: str

    def word(self, text: str, options: str) -> str:
        unknown = UNSHOWN if ID.fullmatch(text) else text
        found = self.names.get(f"{options}:{text}") or self.names.get(text, unknown)
        return translate(found, self.language)


async def printed(
    session: AsyncSession, subject: Subject, case: Case, paper: Paper, permissions: Permissions, language: str
) -> PrintView:
    """The paper for one reader; the caller has read it through `cases.reading.paper`, which refuses foreign groups."""
    kind = kind_of(paper.kind)
    names = await _numbers(session, case, language) | await _names(session, subject, case, permissions, paper.content)
    known = Known(names, language)
    issued = paper.issued_at.astimezone(SHANGHAI)
    return PrintView(
        title=translate(title_of_paper(paper.kind), language),
        number=paper.number,
        issued_at=f"{issued:%Y-%m-%d %H:%M}",
        sha256=written(paper.sha256),
        lines=lines_of(kind.form if kind else None, paper.content, known),
    )


async def _numbers(session: AsyncSession, case: Case, language: str) -> dict[str, str]:
    """`信访人 3`: how parties are called before who may not see their names."""
    query = select(Party.id, Party.side, Party.ordinal).where(Party.case_id == case.id)
    rows = (await session.execute(query)).all()
    return {str(party): f"{translate(SIDES[side], language)} {ordinal}" for party, side, ordinal in rows}


async def _names(
    session: AsyncSession, subject: Subject, case: Case, permissions: Permissions, content: Mapping[str, Any]
) -> dict[str, str]:
    """Parties masked as the gate says; staff by name; places and kinds of dispute as `options:value`."""
    parties = await reading.parties_of(session, subject, case.id, permissions)
    names = {str(party.id): party.name for party in parties}
    acting = await reading.mandates_of(session, subject, case.id, permissions) if "mandate_id" in content else ()
    names |= {str(one.id): one.name for one in acting}
    names |= {str(term.id): f"{term.ordinal}" for term in await schedule_of(session, case)}
    wanted = _ids_in(content) - {UUID(known) for known in names}
    staff = await session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    names |= {str(person_id): name for person_id, name in staff.all()}
    if (place := await session.get(Place, content.get("place_id") or 0)) is not None:
        names[f"places:{place.id}"] = place.name
    if "dispute_type" in content:
        names |= {f"dispute_types:{kind.code}": kind.name_zh for kind in await dispute_types(session)}
    return names | OUTCOMES


def _ids_in(value: Any) -> set[UUID]:
    if isinstance(value, Mapping):
        return {found for one in value.values() for found in _ids_in(one)}
    if isinstance(value, list):
        return {found for one in value for found in _ids_in(one)}
    return {UUID(value)} if isinstance(value, str) and ID.fullmatch(value) else set()


def lines_of(form: type[Struct] | None, content: Mapping[str, Any], known: Known) -> tuple[Line, ...]:
    """The form's fields in its order, then what the paper carries beside them."""
    fields = {field.encode_name: field.type for field in _fields(form)}
    ordered = [name for name in fields if name in content] + [name for name in content if name not in fields]
    return tuple(_line(name, fields.get(name), content[name], known) for name in ordered if _filled(content[name]))


def _fields(form: type[Struct] | None) -> tuple[inspect.Field, ...]:
    if form is None:
        return ()
    described = inspect.type_info(form)
    assert isinstance(described, inspect.StructType)  # every form is a struct
    return described.fields


def _filled(value: Any) -> bool:
    return value is not None and value != "" and value != []


def _line(name: str, described: inspect.Type | None, value: Any, known: Known) -> Line:
    bare, meta = _unwrapped(described)
    title = translate(meta.get("title") or TITLES.get(name, name), known.language)
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        row = bare.item_type if isinstance(bare, inspect.ListType) else None
        inner = row.cls if isinstance(row, inspect.StructType) else None
        return Line(name, title, rows=tuple(lines_of(inner, one, known) for one in value))
    if isinstance(value, list):
        item = bare.item_type if isinstance(bare, inspect.ListType) else None
        return Line(name, title, values=tuple(_text(item, meta, one, known) for one in value))
    return Line(name, title, _text(bare, meta, value, known))


def _unwrapped(described: inspect.Type | None) -> tuple[inspect.Type | None, dict[str, Any]]:
    """The bare type, and title and widget gathered from the wrappers around it."""
    meta: dict[str, Any] = {}
    while isinstance(described, inspect.Metadata | inspect.UnionType):
        if isinstance(described, inspect.UnionType):
            described = next(one for one in described.types if not isinstance(one, inspect.NoneType))
        else:
            meta = {**(described.extra_json_schema or {}), **(described.extra or {}), **meta}
            described = described.type
    return described, meta


def _text(bare: inspect.Type | None, meta: Mapping[str, Any], value: Any, known: Known) -> str:
    if isinstance(value, bool):
        return translate(YES if value else NO, known.language)
    if meta.get("widget") == "money" and isinstance(value, int):
        return f"{value // 100:,}.{value % 100:02d}"
    if isinstance(bare, inspect.EnumType) and issubclass(bare.cls, Choice):
        return translate(bare.cls(value).label, known.language)
    return known.word(str(value), meta.get("options", ""))
