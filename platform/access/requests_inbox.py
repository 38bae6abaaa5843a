"""What waits for the tier above: requests to decide, grants that run, grants to review, and what was not justified."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from access.looks_models import Look
from access.requests_models import AccessMatter, AccessRequest, Finding, Verdict
from cases.models import Case
from foundation.errors import Forbidden
from foundation.store import instant
from policies import gate
from policies.actions import Action
from tenants import names
from tenants.subject import Subject
from tenants.tiers import Tier

SHOWN = 100
LAPSED_FOR = timedelta(days=30)
"""How long a request that nobody decided in time stays in sight."""


class LookUnder(Struct, frozen=True):
    """An hour in which the case was opened by who had been let in."""

    first_at: datetime
    last_at: datetime
    exits: int
    rule: str


class MatterView(Struct, frozen=True):
    request_id: UUID
    case_id: UUID
    case_number: str
    holder: str
    asker: str
    office: str
    purpose: str
    reason: str
    asked: list[str]
    wanted_until: datetime
    asked_at: datetime
    decide_by: datetime
    granted: list[str]
    ends_at: datetime | None
    review_by: datetime | None
    overdue: bool
    finding: str | None
    looks: list[LookUnder]


class Inbox(Struct, frozen=True):
    """`lapsed` were not decided in time; `unjustified` stay for everyone above the holder."""

    waiting: list[MatterView]
    running: list[MatterView]
    ended: list[MatterView]
    unjustified: list[MatterView]
    lapsed: list[MatterView]


Row = tuple[AccessMatter, AccessRequest, Case]


async def inbox(session: AsyncSession, subject: Subject) -> Inbox:
    """Of the cases below the subject's tenant; raises Forbidden for who reviews none."""
    if not gate.may(subject, Action.ACCESS_REVIEW):
        raise Forbidden
    now = instant(session)
    undecided, granted = AccessMatter.verdict.is_(None), AccessMatter.verdict == Verdict.GRANT.value
    lists = {
        "waiting": and_(undecided, AccessMatter.decide_by >= now),
        "running": and_(granted, AccessMatter.ends_at > now),
        "ended": and_(granted, AccessMatter.ends_at <= now, AccessMatter.reviewed_at.is_(None)),
        "unjustified": AccessMatter.finding == Finding.UNJUSTIFIED.value,
        "lapsed": and_(undecided, AccessMatter.decide_by < now, AccessMatter.decide_by > now - LAPSED_FOR),
    }
    return Inbox(**{name: await _views(session, subject, fits, now) for name, fits in lists.items()})


async def waiting_count(session: AsyncSession, subject: Subject) -> int:
    """For the desk: what is to be decided or reviewed; at most SHOWN of each."""
    if not gate.may(subject, Action.ACCESS_REVIEW):
        return 0
    now = instant(session)
    undecided = and_(AccessMatter.verdict.is_(None), AccessMatter.decide_by >= now)
    ended = and_(
        AccessMatter.verdict == Verdict.GRANT.value, AccessMatter.ends_at <= now, AccessMatter.reviewed_at.is_(None)
    )
    return len(await _rows(session, subject, or_(undecided, ended)))


async def _rows(session: AsyncSession, subject: Subject, fits: ColumnElement[bool]) -> Sequence[Row]:
    """Never one's own, and none of the cases that one's own tenant holds, unless it is the province."""
    own = [] if subject.tier == Tier.PROVINCE else [_held_below(subject)]
    query = (
        select(AccessMatter, AccessRequest, Case)
        .join(AccessRequest, AccessRequest.id == AccessMatter.request_id)
        .join(Case, Case.id == AccessMatter.case_id)
        .where(fits, or_(*gate.visible(subject, Action.ACCESS_REVIEW)), *own)
        .where(AccessMatter.person_id != subject.person_id)
        .order_by(AccessMatter.recorded_at.desc(), AccessMatter.request_id)
    )
    return [(matter, request, case) for matter, request, case in await session.execute(query.limit(SHOWN))]


def _held_below(subject: Subject) -> ColumnElement[bool]:
    below = {Tier.PREFECTURE: Case.county_id, Tier.COUNTY: Case.township_id}
    return below[Tier(subject.tier)].is_not(None)


async def _views(session: AsyncSession, subject: Subject, fits: ColumnElement[bool], now: datetime) -> list[MatterView]:
    rows = await _rows(session, subject, fits)
    people = await names.people(session, [matter.person_id for matter, _, _ in rows])
    offices = await names.offices(session, [office for matter, _, case in rows for office in _offices(matter, case)])
    looks = await _looks(session, [matter for matter, _, _ in rows if matter.ends_at])
    return [
        _view(row, people.get(row[0].person_id, ""), offices, looks.get(row[0].request_id, []), now) for row in rows
    ]


def _offices(matter: AccessMatter, case: Case) -> tuple[int, int]:
    return matter.office_id, case.holder_office_id


def _view(row: Row, asker: str, offices: Mapping[int, str], looks: list[LookUnder], now: datetime) -> MatterView:
    matter, request, case = row
    return MatterView(
        request_id=matter.request_id,
        case_id=case.id,
        case_number=case.case_no or case.registration_no,
        holder=offices.get(case.holder_office_id, ""),
        asker=asker,
        office=offices.get(matter.office_id, ""),
        purpose=matter.purpose,
        reason=request.reason,
        asked=list(request.groups),
        wanted_until=request.wanted_until,
        asked_at=matter.recorded_at,
        decide_by=matter.decide_by,
        granted=list(matter.groups or ()),
        ends_at=matter.ends_at,
        review_by=matter.review_by,
        overdue=matter.reviewed_at is None and matter.review_by is not None and matter.review_by < now,
        finding=matter.finding,
        looks=looks,
    )


async def _looks(session: AsyncSession, granted: Iterable[AccessMatter]) -> dict[UUID, list[LookUnder]]:
    """What each asker opened while the grant ran, by whatever relation: nobody hides behind another right."""
    found: dict[UUID, list[LookUnder]] = {}
    for matter in granted:
        query = select(Look).where(
            Look.case_id == matter.case_id,
            Look.person_id == matter.person_id,
            Look.last_at >= matter.decided_at,
            Look.first_at <= matter.ends_at,
        )
        rows = await session.scalars(query.order_by(Look.first_at).limit(SHOWN))
        found[matter.request_id] = [LookUnder(row.first_at, row.last_at, row.exits, row.rule) for row in rows]
    return found
