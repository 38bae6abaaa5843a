"""Money in the cases that are played: every fen that was promised or spent before is where the rules want it after.

Each case has a trip that lies ahead, promised by whoever holds the case, and one that has begun, which stays with the
office that let it begin (费随案走). Amounts differ, so that none can stand in for another.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from cases.models import Case
from foundation.clock import SystemClock, local_date
from foundation.endpoints import Endpoints
from foundation.ids import new_id
from foundation.store import Store, instant
from funding.travel_requests import Trip, TripStatus
from tenants.models import Person

AHEAD, BEGUN = timedelta(days=300), timedelta(days=-1)
LEAST = 100_001
"""Fen of the first trip."""


class Kept(Struct, frozen=True):
    """A trip as it was given; `office_id`: where it stays, None = it goes with the case."""

    case_id: UUID
    fen: int
    office_id: int | None


Given = dict[UUID, Kept]


async def endow(endpoints: Endpoints, cases: Iterable[str]) -> Given:
    """Two trips for each case, in an owner's session: what they went through before plays no part."""
    store, given = Store(endpoints.owner, SystemClock(), pool_size=1), Given()
    try:
        async with store.anonymous() as session:
            today = local_date(instant(session))
            person = (await session.scalars(select(Person.id).order_by(Person.id).limit(1))).one()
            found = (await session.scalars(select(Case).where(Case.id.in_([UUID(one) for one in cases])))).all()
            for number, case in enumerate(found):
                for nth, off in enumerate((AHEAD, BEGUN)):
                    trip = Trip(
                        id=new_id(instant(session)), case_id=case.id, office_id=case.holder_office_id,
                        person_id=person, serves="B", purpose="实地调查", starts_on=today + off, ends_on=today + off,
                        standard_fen=LEAST + 2 * number + nth, status=TripStatus.APPROVED.value, requested_by=person,
                        recorded_at=instant(session),
                    )  # fmt: skip
                    session.add(trip)
                    given[trip.id] = Kept(case.id, trip.standard_fen, case.holder_office_id if off < AHEAD else None)
    finally:
        await store.close()
    return given


async def check_money(endpoints: Endpoints, given: Given) -> dict[str, int]:
    """By case and office: what is missing, what is too much, and what stands with the wrong office."""
    store = Store(endpoints.owner, SystemClock(), pool_size=1)
    try:
        async with store.anonymous() as session:
            query = select(Trip.id, Trip.case_id, Trip.office_id, Trip.standard_fen, Case.holder_office_id)
            cases = {kept.case_id for kept in given.values()}
            rows = await session.execute(query.join(Case, Case.id == Trip.case_id).where(Trip.case_id.in_(cases)))
            held, found, holders = {}, Counter[tuple[UUID, int, int]](), dict[UUID, int]()
            for trip, case, office, fen, holder in rows:
                held[trip], holders[case] = office, holder
                found[case, office, fen] += 1
    finally:
        await store.close()
    due = Counter((one.case_id, one.office_id or holders[one.case_id], one.fen) for one in given.values())
    return {
        "trips that are lost, or new": len(held.keys() ^ given.keys()),
        "fen that are not with the office of their case where they belong": sum(
            fen * number for (_, _, fen), number in ((due - found) + (found - due)).items()
        ),
    }
