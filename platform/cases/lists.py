"""Lists of cases: keyset pages over disjoint branches, each in the order of an index, merged in one statement.

Never a count; a page costs the same at any depth and any number of cases (decisions.md 10, performance.md 2.2b).
Filters that no index serves look at the newest WINDOW cases only, and the page says so (decisions.md 22).
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.models import Case
from cases.steps import OPEN
from foundation.choice import Choice
from foundation.errors import invalid
from foundation.language import N_
from policies import gate
from policies.actions import Action
from tenants.models import Office, Place
from tenants.subject import Subject

PAGE = 50
WINDOW = 10_000

Condition = Callable[[type[Case]], ColumnElement[bool]]
"""A filter, of the table itself or of the newest cases taken out of it."""


class Sort(Choice):
    """The two sorts that have an index at every tier (decisions.md 22)."""

    FILED = "filed", N_("最新登记")
    DUE = "due", N_("最近到期")


class Filters(Struct, frozen=True, kw_only=True):
    """All optional. `open_only` leaves out what is closed, archived or refused."""

    step: int | None = None
    case_class: str | None = None
    dispute_type: int | None = None
    mine: bool = False
    open_only: bool = False
    sort: Sort = Sort.FILED


class CaseRow(Struct, frozen=True):
    """What a list shows: the preview's facts, no person's data."""

    id: UUID
    registration_no: str
    case_no: str | None
    state: str
    step: int
    case_class: str | None
    dispute_type: int
    person_count: int
    filed_at: datetime
    due_at: datetime | None
    frozen: bool
    place: str
    holder: str


class Page(Struct, frozen=True):
    """`after` continues the list; None = this was the last page. `window`: only so many of the newest were looked
    at (by the due sort: of those due first); None = all."""

    rows: Sequence[CaseRow]
    after: str | None
    window: int | None = None


FACTS = (
    Case.id, Case.registration_no, Case.case_no, Case.state, Case.step, Case.case_class, Case.dispute_type,
    Case.person_count, Case.filed_at, Case.due_at,
)  # fmt: skip
SHOWN = (*FACTS, Case.offer_id, Case.place_id, Case.holder_office_id)


async def page(
    session: AsyncSession,
    subject: Subject,
    filters: Filters,
    after: str | None = None,
    *,
    action: Action = Action.CASE_READ,
    size: int = PAGE,
) -> Page:
    """One page of what the subject may do `action` with."""
    branches = gate.visible(subject, action)
    if not branches:
        return Page((), None)
    by_index, beside = _conditions(subject, filters)
    parts = [_branch([branch, *(one(Case) for one in by_index)], beside, filters, after, size) for branch in branches]
    merged = union_all(*(part.subquery().select() for part in parts)).subquery()
    found = (await session.execute(_with_names(merged, filters, size))).all()
    rows = [_row(row) for row in found[:size]]
    return Page(rows, _cursor(rows[-1], filters) if len(found) > size else None, WINDOW if beside else None)


def _row(row: Row[Any]) -> CaseRow:
    facts = dict(zip(CaseRow.__struct_fields__, row, strict=False))
    return CaseRow(**{**facts, "frozen": row.offer_id is not None, "place": row.place, "holder": row.holder})


def _conditions(subject: Subject, filters: Filters) -> tuple[list[Condition], list[Condition]]:
    """What an index serves together with the order, and what is looked for beside it."""
    indexed: list[Condition] = []
    if filters.mine:
        indexed.append(lambda of: of.handler_id == subject.person_id)
    if filters.step is not None:
        indexed.append(lambda of: of.step == filters.step)
    if filters.case_class is not None:
        indexed.append(lambda of: of.case_class == filters.case_class)
    others: list[Condition] = []
    if filters.dispute_type is not None:
        others.append(lambda of: of.dispute_type == filters.dispute_type)
    is_open: list[Condition] = [lambda of: of.state.in_(sorted(OPEN))] if filters.open_only else []
    if filters.sort is Sort.DUE:  # what is due is open, but for a few
        return [lambda of: of.due_at.is_not(None), *is_open], [*indexed, *others]
    return indexed[:1], [*indexed[1:], *others, *is_open]


def _branch(
    where: list[ColumnElement[bool]], beside: list[Condition], filters: Filters, after: str | None, size: int
) -> Select[*tuple[Any, ...]]:
    of: type[Case] = Case
    if beside:
        newest = select(Case).where(*where).order_by(*_order(filters, Case)).limit(WINDOW).subquery()
        of, where = aliased(Case, newest), []
    shown: Select[*tuple[Any, ...]] = select(*(getattr(of, column.key) for column in SHOWN))
    shown = shown.where(*where, *(one(of) for one in beside), *_beyond(filters, after, of))
    return shown.order_by(*_order(filters, of)).limit(size + 1)


def _order(filters: Filters, of: type[Case]) -> tuple[Any, Any]:
    return (of.due_at, of.id) if filters.sort is Sort.DUE else (of.filed_at.desc(), of.id.desc())


def _beyond(filters: Filters, after: str | None, of: type[Case]) -> list[ColumnElement[bool]]:
    if not after:
        return []
    moment, case_id = _read_cursor(after)
    if filters.sort is Sort.DUE:
        return [tuple_(of.due_at, of.id) > tuple_(moment, case_id)]
    return [tuple_(of.filed_at, of.id) < tuple_(moment, case_id)]


def _with_names(merged: Any, filters: Filters, size: int) -> Select[*tuple[Any, ...]]:
    columns = merged.c
    due = filters.sort is Sort.DUE
    order = (columns.due_at, columns.id) if due else (columns.filed_at.desc(), columns.id.desc())
    query: Select[*tuple[Any, ...]] = select(*columns, Place.name.label("place"), Office.name.label("holder"))
    query = query.join(Place, Place.id == columns.place_id).join(Office, Office.id == columns.holder_office_id)
    return query.order_by(*order).limit(size + 1)


def _cursor(row: CaseRow, filters: Filters) -> str:
    moment = row.due_at if filters.sort is Sort.DUE else row.filed_at
    if moment is None:
        raise AssertionError("the due sort lists only cases with a due date")
    return f"{moment.isoformat()}~{row.id}"


def _read_cursor(text: str) -> tuple[datetime, UUID]:
    moment, _, case_id = text.partition("~")
    try:
        instant = datetime.fromisoformat(moment)
        if instant.tzinfo is None:
            raise ValueError("naive")
        return instant, UUID(case_id)
    except ValueError:
        raise invalid("after", "malformed", N_("翻页标记不对，请从第一页开始")) from None
