"""One statement for one page: a few branches, each in the order of an index and cut to a page, merged without doubles.

A branch by place walks an index of cases; a branch by record walks the subject's own relations in the same order and
looks the cases up. So a page costs the same whatever the number of cases (decisions.md 10; performance.md 2.2b).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, Uuid, bindparam, literal_column, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from cases.filters import Filters, Sort
from cases.models import Case, CaseRelation
from cases.steps import OPEN
from foundation.prepared import Prepared, prepare
from policies.gate import Reach
from tenants.models import Office, Place
from tenants.subject import Subject

WINDOW = 10_000

Condition = Callable[[type[Case]], ColumnElement[bool]]
"""A filter, of the table itself or of the newest cases taken out of it."""
Key = tuple[Any, Any]
"""What a page is ordered and continued by: a moment and the case's id."""
Branch = tuple[Select[Any], Key]

SHOWN = (
    "id", "registration_no", "case_no", "state", "step", "case_class", "dispute_type", "person_count", "filed_at",
    "due_at", "due_kind", "offer_id", "place_id", "holder_office_id",
)  # fmt: skip
MOMENT = bindparam("moment", type_=DateTime(timezone=True), required=False)
LAST = bindparam("last", type_=Uuid(), required=False)
"""Where the page before ended."""


@lru_cache(maxsize=4096)
def page_query(reach: Reach, subject: Subject, filters: Filters, size: int, continued: bool, window: int) -> Prepared:
    """The rows of a page and one more, in the columns of `lists.CaseRow`."""
    by_index, beside = conditions(subject, filters)
    where = [one(Case) for one in by_index]
    branches = [(select(Case).where(branch, *where), _key(Case, filters.sort)) for branch in reach.by_place]
    branches += _by_record(reach, where, filters.sort)
    cut = [_branch(found, key, beside, filters.sort, size, continued, window) for found, key in branches]
    return prepare(_merged(cut, reach, filters.sort, size))


def _by_record(reach: Reach, where: list[ColumnElement[bool]], sort: Sort) -> list[Branch]:
    """The subject's relations in the order of the list, each case once.

    Each arm is ordered by itself: only so does the planner see that its index gives the order, and merges the arms.
    """
    if not reach.by_record:
        return []
    newest = _order((CaseRelation.filed_at, CaseRelation.case_id), Sort.FILED)
    arms = [select(CaseRelation.filed_at, CaseRelation.case_id).where(one).order_by(*newest) for one in reach.by_record]
    related = union_all(*(arm.subquery().select() for arm in arms)).subquery()
    key = (related.c.filed_at, related.c.case_id) if sort is Sort.FILED else _key(Case, sort)
    return [(select(Case).join(related, related.c.case_id == Case.id).where(*where).ext(distinct_on(*key)), key)]


def conditions(subject: Subject, filters: Filters) -> tuple[list[Condition], list[Condition]]:
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
    found: Select[Any],
    key: Key,
    beside: list[Condition],
    sort: Sort,
    size: int,
    continued: bool,
    window: int,
) -> Select[Any]:
    of: type[Case] = Case
    if beside:
        newest = _cut(found, key, sort, window).subquery()
        of = aliased(Case, newest)
        found, key = select(of).where(*(one(of) for one in beside)), _key(of, sort)
    if continued:
        found = found.where(_beyond(key, sort))
    return _cut(found.with_only_columns(*(getattr(of, name) for name in SHOWN)), key, sort, size + 1)


def _merged(branches: list[Select[Any]], reach: Reach, sort: Sort, size: int) -> Select[Any]:
    """Without what lies in two branches; names are looked up for the page alone.

    Who is removed from a case is asked once, here. The database's own policy has taken the same rows out of every
    branch, so no page is short; without that policy one would be, and still show nothing it may not.
    """
    every = union_all(*(branch.subquery().select() for branch in branches)).subquery()
    key = _key(every.c, sort)
    rows = _cut(select(every).ext(distinct_on(*key)), key, sort, size + 1).subquery()
    shown = [rows.c[name] for name in SHOWN[:-3]]
    query = select(*shown, rows.c.offer_id.is_not(None), Place.name, Office.name)
    query = query.join(Place, Place.id == rows.c.place_id).join(Office, Office.id == rows.c.holder_office_id)
    return query.where(reach.not_excluded(rows.c.id)).order_by(*_order(_key(rows.c, sort), sort))


def _cut(query: Select[Any], key: Key, sort: Sort, number: int) -> Select[Any]:
    """The number stands in the text: the planner must know that it is small."""
    return query.order_by(*_order(key, sort)).limit(literal_column(str(number)))


def _key(of: Any, sort: Sort) -> Key:
    return (of.due_at, of.id) if sort is Sort.DUE else (of.filed_at, of.id)


def _order(key: Key, sort: Sort) -> Key:
    return key if sort is Sort.DUE else (key[0].desc(), key[1].desc())


def _beyond(key: Key, sort: Sort) -> ColumnElement[bool]:
    last = tuple_(MOMENT, LAST)
    return tuple_(*key) > last if sort is Sort.DUE else tuple_(*key) < last
