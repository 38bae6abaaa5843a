"""What petitioners may always read of their own case (N4, N12; PIPL 45): which offices looked, in which capacity, whose
data was revealed to whom and why, and who was let in until when. Offices and posts, never the names of staff.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from access.looks_models import Look
from access.requests_models import AccessMatter, Verdict
from cases.models import Case
from cases.reveal import Reveal
from foundation.clock import local_date
from policies import gate
from policies.actions import Action
from tenants import names
from tenants.subject import Subject


class OfficeLook(Struct, frozen=True):
    """One office that opened the case in one capacity, with the days on which it did."""

    office: str
    role: str
    relation: str
    first_at: datetime
    last_at: datetime
    days: list[date]


class OwnReveal(Struct, frozen=True):
    office: str
    purpose: str
    at: datetime


class OwnGrant(Struct, frozen=True):
    """Sight that was granted beyond an office's own rights; `ends_at` lies in the past when it is over."""

    office: str
    purpose: str
    groups: list[str]
    granted_at: datetime
    ends_at: datetime


class Extract(Struct, frozen=True):
    """Everything since the registration."""

    registration_no: str
    since: datetime
    looks: list[OfficeLook]
    reveals: list[OwnReveal]
    grants: list[OwnGrant]


async def extract_of(session: AsyncSession, subject: Subject, case_id: UUID) -> Extract:
    """For a petitioner (or who acts for one): joint petitioners read each only their own reveals."""
    case: Case = await gate.fetch(session, subject, Action.ACCESS_LOG_READ, case_id)
    looks = (await session.execute(LOOKS.where(Look.case_id == case_id))).all()
    reveals = (
        await session.scalars(
            select(Reveal)
            .where(Reveal.case_id == case_id, Reveal.party_id == subject.person_id)
            .order_by(Reveal.recorded_at.desc())
        )
    ).all()
    grants = (await session.scalars(GRANTS.where(AccessMatter.case_id == case_id))).all()
    rows: list[Any] = [*looks, *reveals, *grants]
    offices = await names.offices(session, [row.office_id for row in rows])
    return Extract(
        case.registration_no,
        case.filed_at,
        _by_office(looks, offices),
        [OwnReveal(offices.get(one.office_id or 0, ""), one.purpose, one.recorded_at) for one in reveals],
        [grant for one in grants if (grant := _grant(one, offices)) is not None],
    )


LOOKS = select(Look.office_id, Look.role, Look.relation, Look.first_at, Look.last_at).order_by(Look.first_at.desc())
GRANTS = (
    select(AccessMatter).where(AccessMatter.verdict == Verdict.GRANT.value).order_by(AccessMatter.decided_at.desc())
)


def _by_office(rows: Iterable[Any], offices: Mapping[int, str]) -> list[OfficeLook]:
    """The last to look comes first."""
    grouped: dict[tuple[int | None, str, str], list[Any]] = {}
    for row in rows:
        grouped.setdefault((row.office_id, row.role, row.relation), []).append(row)
    return [
        OfficeLook(
            offices.get(office or 0, ""),
            role,
            relation,
            min(row.first_at for row in found),
            max(row.last_at for row in found),
            sorted({local_date(row.first_at) for row in found}),
        )
        for (office, role, relation), found in grouped.items()
    ]


def _grant(matter: AccessMatter, offices: Mapping[int, str]) -> OwnGrant | None:
    if matter.decided_at is None or matter.ends_at is None:
        return None
    groups = list(matter.groups or ())
    return OwnGrant(offices.get(matter.office_id, ""), matter.purpose, groups, matter.decided_at, matter.ends_at)
