"""发现、处置、上报 (四(一), obligation 14) side by side: leads of the own tenant, and cases that somebody found.

Instants as they were recorded, unranked and without a target (N7); no party and no word of what was said.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.history import Event
from cases.interview import Interview
from cases.lead_reception import desk_of
from cases.leads import Lead
from cases.models import Case
from foundation.clock import SHANGHAI
from policies import gate
from policies.actions import Action
from tenants.models import Place
from tenants.subject import Subject

MOST = 200
"""Of the newest; the page says so when there are more."""
REPORTED = ("approve-registration", "offer-handover")
"""报备审批, and handing up to another tier."""

CaseFound = Row[Case, datetime | None, datetime, str, datetime]


class Found(Struct, frozen=True):
    """`lead`: nobody has applied yet. Instants in the zone of Yunnan."""

    id: UUID
    lead: bool
    number: str
    source: str
    place: str
    dispute_type: int
    status: str
    found_at: datetime
    handled_at: datetime | None
    reported_at: datetime | None


async def first_response(session: AsyncSession, subject: Subject) -> list[Found]:
    """The newest first; raises Forbidden."""
    tenant = desk_of(subject)
    leads = [_of_lead(row) for row in await session.execute(_leads(tenant))]
    cases = [_of_case(row) for row in await _cases(session, subject)]
    return sorted([*leads, *cases], key=lambda one: (one.found_at, one.id), reverse=True)[:MOST]


def _leads(tenant: int) -> Select[Lead, str]:
    query = select(Lead, Place.name).join(Place, Place.id == Lead.place_id).where(Lead.tenant_id == tenant)
    return query.order_by(Lead.found_at.desc(), Lead.id.desc()).limit(MOST)


async def _cases(session: AsyncSession, subject: Subject) -> list[CaseFound]:
    """Whose finding was written down at 接谈, of those that the rules show the subject."""
    reported = (
        select(func.min(Event.recorded_at))
        .where(Event.case_id == Case.id, Event.act.in_(REPORTED))
        .correlate(Case)
        .scalar_subquery()
    )
    rows: list[CaseFound] = []
    for branch in gate.visible(subject, Action.CASE_READ):
        query = (
            select(Case, Interview.found_at, Interview.held_at, Place.name, reported)
            .join(Interview, Interview.case_id == Case.id)
            .join(Place, Place.id == Case.place_id)
            .where(branch, Interview.found_at.is_not(None))
            .order_by(Case.filed_at.desc())
            .limit(MOST)
        )
        rows += (await session.execute(query)).all()
    return rows


def _of_lead(row: Row[Lead, str]) -> Found:
    lead, place = row
    return Found(
        id=lead.id,
        lead=True,
        number=lead.number,
        source=lead.platform,
        place=place,
        dispute_type=lead.dispute_type,
        status=lead.status,
        found_at=_local(lead.found_at),
        handled_at=lead.handled_at and _local(lead.handled_at),
        reported_at=lead.reported_at and _local(lead.reported_at),
    )


def _of_case(row: CaseFound) -> Found:
    case, found_at, held_at, place, reported_at = row
    assert found_at is not None  # asked for
    return Found(
        id=case.id,
        lead=False,
        number=case.registration_no,
        source="",
        place=place,
        dispute_type=case.dispute_type,
        status=case.state,
        found_at=_local(found_at),
        handled_at=_local(held_at),
        reported_at=reported_at and _local(reported_at),
    )


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)
