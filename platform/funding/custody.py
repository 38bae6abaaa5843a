"""费随案走: what a case costs is borne by its holder of the day; commitments move on, incurred costs stay."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, CaseRelation
from cases.timeline import holder_tenant
from foundation.clock import local_date
from foundation.store import instant
from funding.travel_requests import Trip, TripStatus, trips_of
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject

MOVED = ("handover_offers:", "holder_disputes:")
"""What made the relation of a former holder: an offer that was accepted, or a superior's naming."""


async def holder_on(session: AsyncSession, case: Case, day: date) -> Tenant:
    """The tenant that held the case at the end of that day: the first that gave it away later, else the present one."""
    query = select(CaseRelation).where(
        CaseRelation.case_id == case.id,
        CaseRelation.relation.in_((Relation.SENT, Relation.COMPLAINED_OF)),
        or_(*(CaseRelation.source.startswith(source) for source in MOVED)),
    )
    for sent in await session.scalars(query.order_by(CaseRelation.since)):
        if local_date(sent.since) > day:
            return await session.get_one(Tenant, sent.tenant_id)
    return await session.get_one(Tenant, holder_tenant(case))


async def move(session: AsyncSession, subject: Subject, case: Case, from_office: int) -> None:
    """Trips not yet begun go to the new holder, whose own competent department must approve them again."""
    today = local_date(instant(session))
    for trip in await trips_of(session, case.id):
        if trip.office_id == from_office and _is_commitment(trip, today):
            trip.office_id = case.holder_office_id
            trip.status = TripStatus.REQUESTED.value
            trip.decided_by = trip.decided_at = None
    await session.flush()


def _is_commitment(trip: Trip, today: date) -> bool:
    return trip.status in (TripStatus.REQUESTED, TripStatus.APPROVED) and trip.starts_on > today
