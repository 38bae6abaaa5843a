"""费随案走: what a case costs is borne by its holder of the day; commitments move on, incurred costs stay."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from cases.custody import moves_of
from cases.facts import Fact
from cases.hooks import Follows, Moved
from cases.models import Case
from cases.timeline import holder_tenant
from foundation.clock import local_date
from foundation.store import instant
from funding import books, trip_costs
from funding.travel_requests import Trip, TripStatus, trips_of
from tenants.models import Tenant
from tenants.subject import Subject

OPEN = (TripStatus.REQUESTED, TripStatus.APPROVED)


async def holder_on(session: AsyncSession, case: Case, day: date) -> Tenant:
    """The tenant that held the case at the end of that day: the first that gave it away later, else the present one."""
    later = (move.from_tenant_id for move in await moves_of(session, case.id) if local_date(move.recorded_at) > day)
    return await session.get_one(Tenant, next(later, holder_tenant(case)))


async def move(session: AsyncSession, subject: Subject, case: Case, moved: Moved) -> None:
    """Trips not yet begun go to the new holder, whose own competent department must approve them again; what had begun
    is a cost of the one who gave the case away."""
    await books.enter(session, case, {moved.from_office, case.holder_office_id})
    today = local_date(instant(session))
    for trip in await trips_of(session, case.id):
        if trip.office_id == moved.from_office and trip.status in OPEN:
            if trip.starts_on > today:
                await _go_on(session, subject, case, trip)
            elif trip.status == TripStatus.APPROVED:
                await trip_costs.accrue(session, subject, case, trip)
    await session.flush()


async def _go_on(session: AsyncSession, subject: Subject, case: Case, trip: Trip) -> None:
    trip.office_id = case.holder_office_id
    trip.status = TripStatus.REQUESTED.value
    trip.decided_by = trip.decided_at = None
    await trip_costs.move(session, subject, case, trip)


follows = Follows(
    Fact("""exists (select from travel_requests where case_id = :case)
        or exists (select from ledger_entries where case_id = :case)"""),
    move,
)
"""Before anything else that books (`deciding.follows`)."""
