"""What guards judge by: small questions about one case, put in SQL, all of them asked in one statement.

A guard that reads for itself costs every look at a case a round trip; one that names its facts costs none.
"""

import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.timeline import holder_tenant
from foundation import direct
from foundation.asked import once_each
from foundation.errors import DomainError
from foundation.store import instant
from tenants.subject import Subject


class Fact(Struct, frozen=True):
    """One value: an SQL expression of `:case`, `:now`, `:place` (of the dispute), `:desk` and `:holder` (the office and
    the tenant that hold the case) and of the subject's `:person`, `:office` and `:tenant`. Rows, without arrays in
    them, come as tuples: `array(select row(a, b) from …)`."""

    sql: str


Judge = Callable[..., DomainError | None]


class Judged(Struct, frozen=True, eq=False):
    """A guard that knows its facts and, of the subject, the case and them, says what is still missing."""

    facts: tuple[Fact, ...]
    judge: Judge

    async def __call__(self, session: AsyncSession, subject: Subject, case: Case) -> DomainError | None:
        return self.judge(subject, case, *await known(session, subject, case, self.facts))


def by_facts(*facts: Fact) -> Callable[[Judge], Judged]:
    """Make a guard of `judge(subject, case, *values)`; without facts it judges by the row of the case alone."""
    return lambda judge: Judged(facts, judge)


async def known(session: AsyncSession, subject: Subject, case: Case, facts: Collection[Fact]) -> Sequence[Any]:
    """Their values, in one statement; within `asked.unchanged` what was told is not asked again."""
    about = (case.id, subject.person_id, subject.office_id, subject.tenant_id)

    async def ask(questions: Sequence[Any]) -> Sequence[Any]:
        sql, names = _statement(tuple(fact for fact, *_ in questions))
        (values,) = await direct.fetch(session, sql, *(_VALUES[name](session, subject, case) for name in names))
        told: Sequence[Any] = values
        return told

    return await once_each(session, [(fact, *about) for fact in facts], ask)


@lru_cache(maxsize=1024)
def _statement(facts: tuple[Fact, ...]) -> tuple[str, tuple[str, ...]]:
    """Its text, and the names of its values in the order of $1, $2 …"""
    text = ", ".join(f"({fact.sql})" for fact in facts)
    names = tuple(dict.fromkeys(_NAMED.findall(text)))
    places = {name: f"${place}::{_TYPES[name]}" for place, name in enumerate(names, start=1)}
    return "select " + _NAMED.sub(lambda found: places[found[1]], text), names


_NAMED = re.compile(r"(?<!:):([a-z]+)\b")
_TYPES = {
    "case": "uuid",
    "now": "timestamptz",
    "place": "int",
    "desk": "int",
    "holder": "int",
    "person": "uuid",
    "office": "int",
    "tenant": "int",
}
_VALUES: dict[str, Callable[[AsyncSession, Subject, Case], Any]] = {
    "case": lambda session, subject, case: case.id,
    "now": lambda session, subject, case: instant(session),
    "place": lambda session, subject, case: case.place_id,
    "desk": lambda session, subject, case: case.holder_office_id,
    "holder": lambda session, subject, case: holder_tenant(case),
    "person": lambda session, subject, case: subject.person_id,
    "office": lambda session, subject, case: subject.office_id,
    "tenant": lambda session, subject, case: subject.tenant_id,
}
