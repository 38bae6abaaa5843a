"""Looking for signals, in the worker, whenever a claim is made or signed, or its case marked as one dispute with
another: nobody waits for it, nothing is held up.

Over the whole province for one reason: a day of duty in one tenant may lie in a trip for another. A second delivery
finds the same and adds nothing; what was explained once is not asked again of the claim that replaced it.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cases.facts import Fact
from cases.hooks import Aftermath
from cases.models import Case
from foundation import outbox
from foundation.clock import local_date
from foundation.ids import new_id
from foundation.jobs import Message
from foundation.store import Scope, Store, instant
from funding import books
from funding.duty_days import COUNTS, PersonDay
from funding.settlement import Settlement, live
from funding.signal_checks import (
    check_ceiling,
    check_line,
    check_matter,
    check_signers,
    days_under,
    overlap,
    trips_over,
)
from funding.signal_likeness import check_dossiers
from funding.signals import ONCE, About, Answer, Found, Kind, Signal
from funding.travel_requests import Trip, TripStatus, trips_of
from tenants.models import Tenant
from tenants.tiers import Tier

NOBODY = UUID(int=0)
ACTS = frozenset({
    "propose-settlement", "review-settlement", "approve-settlement", "request-travel", "approve-travel",
    "link-same-matter",
})  # fmt: skip
ANY_CLAIM = Fact(
    "(exists (select from settlements where case_id = :case)"
    " or exists (select from travel_requests where case_id = :case))"
)

log = structlog.get_logger(__name__)


async def _publish(session: AsyncSession, subject: object, case: Case) -> None:
    await outbox.publish(session, "claim.changed", case=str(case.id))


aftermath = Aftermath(ACTS, ANY_CLAIM, _publish)


async def on_claim(store: Store, message: Message) -> None:
    """A settlement or a trip of a case was made or signed."""
    await _look(store, UUID(message.payload["case"]), _of_case)


async def on_duty(store: Store, message: Message) -> None:
    """Somebody signed in for a day of duty."""
    await _look(store, UUID(message.payload["day"]), _of_day)


Check = Callable[[AsyncSession, UUID], Awaitable[list[tuple[About, list[Found]]]]]


async def _look(store: Store, thing: UUID, check: Check) -> None:
    async with store.scoped(Scope(None, NOBODY)) as session:
        query = select(Tenant.id).where(Tenant.tier == Tier.PROVINCE, Tenant.valid_to.is_(None))
        province = (await session.scalars(query)).one()
    async with store.scoped(Scope(province, NOBODY)) as session:
        added = [await _add(session, about, found) for about, found in await check(session, thing)]
    log.info("signals", found=sum(added))


async def _of_case(session: AsyncSession, case_id: UUID) -> list[tuple[About, list[Found]]]:
    settlement = await live(session, case_id)
    checked = [] if settlement is None else [await _of_settlement(session, settlement)]
    for trip in await trips_of(session, case_id):
        if trip.status in (TripStatus.REQUESTED, TripStatus.APPROVED):
            checked += await _of_trip(session, trip)
    return checked


async def _of_settlement(session: AsyncSession, settlement: Settlement) -> tuple[About, list[Found]]:
    year = settlement.year or local_date(settlement.recorded_at).year
    about = About(Kind.SETTLEMENT, settlement.id, settlement.tenant_id, year, settlement.case_id)
    found = [
        *await check_dossiers(session, settlement, year),
        *await check_ceiling(session, settlement),
        *await check_signers(session, settlement),
        *await check_line(session, settlement),
        *await check_matter(session, settlement),
    ]
    return about, found


async def _of_day(session: AsyncSession, day_id: UUID) -> list[tuple[About, list[Found]]]:
    query = select(PersonDay).where(PersonDay.id == day_id, COUNTS)
    day = (await session.scalars(query)).one_or_none()
    if day is None:
        return []
    return [await _met(session, trip, day) for trip in await trips_over(session, day)]


async def _of_trip(session: AsyncSession, trip: Trip) -> list[tuple[About, list[Found]]]:
    return [await _met(session, trip, day) for day in await days_under(session, trip)]


async def _met(session: AsyncSession, trip: Trip, day: PersonDay) -> tuple[About, list[Found]]:
    """About whichever of the two was claimed later."""
    if day.recorded_at >= trip.recorded_at:
        about = About(Kind.DUTY, day.id, day.tenant_id, day.day.year)
        return about, [overlap(trip, day, Kind.TRIP, trip.id)]
    tenant = await books.of_office(session, trip.office_id)
    about = About(Kind.TRIP, trip.id, tenant, day.day.year, trip.case_id)
    return about, [overlap(trip, day, Kind.DUTY, day.id)]


async def _add(session: AsyncSession, about: About, found: list[Found]) -> int:
    """How many are new."""
    known = await _known(session, about)
    singles = {ground for ground, _ in known}
    new = [
        one
        for one in found
        if (one.ground.value, one.other_id) not in known and not (one.ground in ONCE and one.ground.value in singles)
    ]
    if new:
        rows = [_row(session, about, one) for one in new]
        await session.execute(insert(Signal).values(rows).on_conflict_do_nothing())
    return len(new)


async def _known(session: AsyncSession, about: About) -> set[tuple[str, UUID]]:
    """Of this claim, and what was explained of those before it in the same case."""
    mine = Signal.claim_id == about.id
    if about.kind is Kind.SETTLEMENT:
        kind = Signal.claim_kind == Kind.SETTLEMENT
        mine = or_(mine, and_(Signal.case_id == about.case_id, kind, Signal.answer == Answer.EXPLAINED))
    query = select(Signal.ground, Signal.other_id).where(mine)
    return {(ground, other) for ground, other in await session.execute(query)}


def _row(session: AsyncSession, about: About, found: Found) -> dict[str, object]:
    now = instant(session)
    return {
        "id": new_id(now),
        "tenant_id": about.tenant_id,
        "year": about.year,
        "ground": found.ground.value,
        "claim_kind": about.kind.value,
        "claim_id": about.id,
        "case_id": about.case_id,
        "other_kind": found.other_kind.value,
        "other_id": found.other_id,
        "figures": found.figures,
        "found_at": now,
    }
