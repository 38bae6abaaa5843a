"""What was asked for about one case: what may be decided, taken back or reviewed now, and by whom."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from access.requests_errors import (
    AlreadyDecided,
    AlreadyEnded,
    AlreadyReviewed,
    NothingAsked,
    NotTierAbove,
    RequestLapsed,
    StillRuns,
)
from access.requests_models import AccessMatter, AccessPurpose
from cases.catalogue import Option, Options
from cases.facts import Fact, by_facts
from cases.models import Case
from cases.timeline import holder_tenant
from foundation import asked
from foundation.errors import DomainError
from foundation.language import translate
from foundation.store import instant
from tenants import names
from tenants.subject import Subject


async def matters_of(session: AsyncSession, case_id: UUID) -> Sequence[AccessMatter]:
    """Everything ever asked about a case, oldest first, for the line above it."""

    async def read() -> Sequence[AccessMatter]:
        query = select(AccessMatter).where(AccessMatter.case_id == case_id).order_by(AccessMatter.recorded_at)
        return (await session.scalars(query)).all()

    return await asked.once(session, ("access_matters", case_id), read)


class Asked(Struct, frozen=True):
    """What the guards must know of a matter."""

    verdict: str | None
    decide_by: datetime
    ends_at: datetime | None
    reviewed_at: datetime | None


def is_undecided(matter: AccessMatter | Asked, now: datetime) -> bool:
    return matter.verdict is None and now <= matter.decide_by


def is_running(matter: AccessMatter | Asked, now: datetime) -> bool:
    return matter.ends_at is not None and matter.ends_at > now


def is_ended(matter: AccessMatter | Asked, now: datetime) -> bool:
    return matter.ends_at is not None and matter.ends_at <= now and matter.reviewed_at is None


def decides_over(subject: Subject, case: Case) -> bool:
    """Whether the subject's tenant stands above the holder's, or both are the province."""
    return subject.tenant_id != holder_tenant(case) or case.prefecture_id is None


@by_facts()
def tier_above(subject: Subject, case: Case) -> DomainError | None:
    return None if decides_over(subject, case) else NotTierAbove()


ASKED = Fact("array(select row(verdict, decide_by, ends_at, reviewed_at) from access_matters where case_id = :case)")
NOW = Fact(":now")


@by_facts(ASKED, NOW)
def access_undecided(subject: Subject, case: Case, asked: Sequence[Any], now: datetime) -> DomainError | None:
    found = [matter for matter in _of(asked) if matter.verdict is None]
    if not found:
        return AlreadyDecided() if asked else NothingAsked()
    return None if any(is_undecided(matter, now) for matter in found) else RequestLapsed()


@by_facts(ASKED, NOW)
def access_granted(subject: Subject, case: Case, asked: Sequence[Any], now: datetime) -> DomainError | None:
    granted = [matter for matter in _of(asked) if matter.ends_at]
    if not granted:
        return NothingAsked()
    return None if any(is_running(matter, now) for matter in granted) else AlreadyEnded()


@by_facts(ASKED, NOW)
def access_ended(subject: Subject, case: Case, asked: Sequence[Any], now: datetime) -> DomainError | None:
    granted = [matter for matter in _of(asked) if matter.ends_at]
    if not granted:
        return NothingAsked()
    if any(is_ended(matter, now) for matter in granted):
        return None
    return StillRuns() if any(is_running(matter, now) for matter in granted) else AlreadyReviewed()


def _of(rows: Sequence[Any]) -> list[Asked]:
    return [Asked(*row) for row in rows]


def _options(fits: Callable[[AccessMatter, datetime], bool]) -> Options:
    """`person · office · purpose` of each matter that fits now."""

    async def read(session: AsyncSession, subject: Subject, case: Case) -> Sequence[Option]:
        now = instant(session)
        found = [matter for matter in await matters_of(session, case.id) if fits(matter, now)]
        people = await names.people(session, [matter.person_id for matter in found])
        offices = await names.offices(session, [matter.office_id for matter in found])
        return [
            Option(
                str(matter.request_id),
                f"{people.get(matter.person_id, '')} · {offices.get(matter.office_id, '')}"
                f" · {translate(AccessPurpose(matter.purpose).label)}",
            )
            for matter in found
        ]

    return read


GUARDS = {
    "tier_above": tier_above,
    "access_undecided": access_undecided,
    "access_granted": access_granted,
    "access_ended": access_ended,
}
OPTIONS = {
    "access_undecided": _options(is_undecided),
    "access_granted": _options(is_running),
    "access_ended": _options(is_ended),
}
