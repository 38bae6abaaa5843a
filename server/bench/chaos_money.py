"""Money in the cases that are played: every fen that was promised or spent before is where the rules want it after.

Each case has a trip that lies ahead, promised by whoever holds the case, and one that has begun, which stays with the
office that let it begin and is owed by it once the case is gone (费随案走). Amounts differ: none can stand in for
another.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import case as case_
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.custody import moves_of
from cases.models import Case
from foundation.clock import SystemClock, local_date
from foundation.endpoints import Endpoints
from foundation.ids import new_id
from foundation.store import Store, instant
from funding import books, promises
from funding.ledger import Account, LedgerEntry
from funding.purposes import Ground, Purpose
from funding.travel_requests import Trip, TripStatus
from funding.trip_costs import source_of
from tenants.models import Person
from tenants.subject import Subject

AHEAD, BEGUN = timedelta(days=300), timedelta(days=-1)
BOOKED = 5
"""Of so many cases one has its trips in the books too: who books waits for whoever books for the same tenant."""
LEAST = 100_001
"""Fen of the first trip."""


class Kept(Struct, frozen=True):
    """A trip as it was given; `office_id`: where it stays, None = it goes with the case; `booked`: promised too."""

    case_id: UUID
    fen: int
    office_id: int | None
    booked: bool


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
                    if number % BOOKED == 0:
                        await session.flush()
                        await _promise(session, case, trip)
                    stays = case.holder_office_id if off < AHEAD else None
                    given[trip.id] = Kept(case.id, trip.standard_fen, stays, number % BOOKED == 0)
    finally:
        await store.close()
    return given


async def _promise(session: AsyncSession, case: Case, trip: Trip) -> None:
    by = Subject(
        person_id=trip.requested_by, role="", tier="", tenant_id=None, office_id=None, office_kind=None, system="bench"
    )
    await promises.make(
        session,
        by,
        case=case,
        tenant_id=await books.of_holder(session, case),
        purpose=Purpose.TRAVEL,
        ground=Ground.TRIP,
        source=source_of(trip),
        fen=trip.standard_fen,
    )


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
            booked = await _booked(session, given)
            due_in = {trip: await _due(session, kept, holders[kept.case_id]) for trip, kept in given.items()}
    finally:
        await store.close()
    due = Counter((one.case_id, one.office_id or holders[one.case_id], one.fen) for one in given.values())
    return {
        "trips that are in other books than they belong, or not as promised or owed": sum(
            booked[trip] != stands for trip, stands in due_in.items()
        ),
        "trips that are lost, or new": len(held.keys() ^ given.keys()),
        "fen that are not with the office of their case where they belong": sum(
            fen * number for (_, _, fen), number in ((due - found) + (found - due)).items()
        ),
    }


Stands = dict[tuple[str, int], int]
"""By account and tenant: fen."""


async def _booked(session: AsyncSession, given: Given) -> dict[UUID, Stands]:
    """What is promised and owed for each trip, in whose books."""
    side, other = LedgerEntry.debit_fen, LedgerEntry.credit_fen
    left = func.sum(case_((LedgerEntry.account == Account.PAYABLE, other - side), else_=side - other))
    query = select(LedgerEntry.source, LedgerEntry.account, LedgerEntry.tenant_id, left).where(
        LedgerEntry.account.in_((Account.COMMITTED, Account.PAYABLE)), LedgerEntry.ground == Ground.TRIP
    )
    found: dict[UUID, Stands] = {trip: {} for trip in given}
    rows = await session.execute(query.group_by(LedgerEntry.source, LedgerEntry.account, LedgerEntry.tenant_id))
    for source, account, tenant, fen in rows:
        trip = UUID(source.partition(":")[2])
        if fen and trip in found:
            found[trip][account, tenant] = int(fen)
    return found


async def _due(session: AsyncSession, kept: Kept, holder: int) -> Stands:
    """What has begun is owed by who let it begin once the case has moved; anything else is the holder's promise."""
    if not kept.booked:
        return {}
    gone = kept.office_id is not None and bool(await moves_of(session, kept.case_id))
    office = kept.office_id if gone and kept.office_id is not None else holder
    account = Account.PAYABLE if gone else Account.COMMITTED
    return {(account.value, await books.of_office(session, office)): kept.fen}
