"""Lists of cases: keyset pages in one prepared statement (`list_query`), never a count.

A page costs the same at any depth and any number of cases. Filters that no index serves look at the newest WINDOW
cases only, and the page says so (decisions.md 22).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from cases.filters import Filters, Sort
from cases.list_query import WINDOW, conditions, page_query
from foundation.clock import SHANGHAI
from foundation.errors import invalid
from foundation.language import N_
from foundation.reading import Reading
from policies import gate
from policies.actions import Action
from tenants.subject import Subject

PAGE = 50


class CaseRow(Struct, frozen=True):
    """What a list shows: the preview's facts, no person's data. Instants in the zone of Yunnan."""

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
    due_kind: str | None
    frozen: bool
    place: str
    holder: str


class Page(Struct, frozen=True):
    """`after` continues the list; None = this was the last page. `window`: only so many of the newest were looked
    at (by the due sort: of those due first); None = all."""

    rows: list[CaseRow]
    after: str | None
    window: int | None = None


async def page(
    reading: Reading,
    subject: Subject,
    filters: Filters,
    after: str | None = None,
    *,
    action: Action = Action.CASE_READ,
    size: int = PAGE,
) -> Page:
    """One page of what the subject may do `action` with."""
    reach = gate.reach(subject, action)
    query = page_query(reach, subject, filters, size, bool(after), WINDOW)
    found = await reading.fetch(query.sql, *query.arguments(**(_read_cursor(after) if after else {})))
    rows = [_row(row) for row in found[:size]]
    beside = conditions(subject, filters)[1]
    return Page(rows, _cursor(rows[-1], filters) if len(found) > size else None, WINDOW if beside else None)


def _row(row: Sequence[Any]) -> CaseRow:
    number, registration, case_no, state, step, kind, dispute, persons, filed, due, term, frozen, place, holder = row
    filed, due = filed.astimezone(SHANGHAI), due and due.astimezone(SHANGHAI)
    return CaseRow(
        number, registration, case_no, state, step, kind, dispute, persons, filed, due, term, frozen, place, holder
    )


def _cursor(row: CaseRow, filters: Filters) -> str:
    moment = row.due_at if filters.sort is Sort.DUE else row.filed_at
    if moment is None:
        raise AssertionError("the due sort lists only cases with a due date")
    return f"{moment.isoformat()}~{row.id}"


def _read_cursor(text: str) -> dict[str, datetime | UUID]:
    moment, _, case_id = text.partition("~")
    try:
        instant = datetime.fromisoformat(moment)
        if instant.tzinfo is None:
            raise ValueError("naive")
        return {"moment": instant, "last": UUID(case_id)}
    except ValueError:
        raise invalid("after", "malformed", N_("翻页标记不对，请从第一页开始")) from None
