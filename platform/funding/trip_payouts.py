"""Approved trips as a source of payouts: once they are over, or with their case's settlement; never to an official."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Select, and_, exists, false, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.custody import CustodyMove
from cases.models import Case
from dossiers.closing import PressureComplaint
from foundation.clock import local_date
from foundation.errors import DomainError
from foundation.language import N_
from foundation.store import instant
from funding import books, budgets, decisions, payouts, trip_costs
from funding.answers import Payer
from funding.decisions import PayerDecision
from funding.payouts import Fate, PaidOut, Payout, Waiting
from funding.purposes import Ground
from funding.recipients import was_official
from funding.refusals import RecipientOfficial
from funding.separation import keep_apart
from funding.travel_requests import Trip, TripStatus
from policies import gate
from policies.actions import Action
from tenants.subject import Subject

TRAVELLER, APPROVER = N_("出差人"), N_("出差审核人")
PAID = exists(
    select(PaidOut.id).where(PaidOut.ground == Ground.TRIP, PaidOut.ground_id == Trip.id, PaidOut.fate == Fate.PAID)
)
OFFICIAL = (
    "(select bool_or(is_official(travel_requests.person_id, cast(day as date)))"
    " from generate_series(travel_requests.starts_on, travel_requests.ends_on, interval '1 day') as day)"
)
"""On any day of the trip."""
HANDED_ON = exists(
    select(CustodyMove.case_id).where(CustodyMove.case_id == Trip.case_id, CustodyMove.from_office_id == Trip.office_id)
)
"""Incurred by an office that has given the case away since: its own cashier pays, without sight of the case."""


def _trips(session: AsyncSession, *where: ColumnElement[bool]) -> Select[Any]:
    """Approved and over, or begun and of a closed case: what lies ahead may still go to another holder (`custody`)."""
    today = local_date(instant(session))
    over = or_(Trip.ends_on < today, and_(Case.closed_at.is_not(None), Trip.starts_on <= today))
    columns = (Trip, func.pressure_open(Trip.case_id), literal_column(OFFICIAL, Boolean))
    query = select(*columns).join(Case, Case.id == Trip.case_id)
    return query.where(Trip.status == TripStatus.APPROVED, ~PAID, over, *where).order_by(Trip.ends_on, Trip.id)


async def _waiting(session: AsyncSession, subject: Subject) -> Sequence[Waiting]:
    if not gate.may(subject, Action.SUBSIDY_PAY):
        return ()
    seen = or_(false(), *gate.visible(subject, Action.SUBSIDY_PAY))
    return await _waits(session, _trips(session, books.keeps(subject.tenant_id, Trip.office_id), or_(seen, HANDED_ON)))


async def _find(session: AsyncSession, trip_id: UUID) -> Waiting | None:
    found = await _waits(session, _trips(session, Trip.id == trip_id))
    return found[0] if found else None


async def waiting_in(session: AsyncSession, case: Case) -> list[Waiting]:
    """Of the holder's own books: what a former holder has incurred is paid by it, wherever the case is by now."""
    own = books.keeps(await books.of_holder(session, case), Trip.office_id)
    return await _waits(session, _trips(session, Trip.case_id == case.id, own))


async def _waits(session: AsyncSession, query: Select[Any]) -> list[Waiting]:
    """What nobody can say yet who bears does not wait: its facts are missing, and the case's page says which."""
    rows = (await session.execute(query)).all()
    answers = await _answers(session, [trip.id for trip, *_ in rows])
    answered = [(trip, answers[trip.id]) for trip, *_ in rows if trip.id in answers]
    paying = await trip_costs.paying_tenants(session, answered) if answered else {}
    return [
        Waiting(_payout(trip, paying[trip.id]), _hindrance(pressed, official))
        for trip, pressed, official in rows
        if trip.id in answers
    ]


def _payout(trip: Trip, tenant_id: int) -> Payout:
    return Payout(
        ground=Ground.TRIP,
        ground_id=trip.id,
        person_id=trip.person_id,
        fen=trip.standard_fen,
        tenant_id=tenant_id,
        case_id=trip.case_id,
    )


async def _answers(session: AsyncSession, trips: Sequence[UUID]) -> dict[UUID, PayerDecision]:
    """Who bears each; an open answer is none."""
    query = select(PayerDecision).where(PayerDecision.about_id.in_(trips))
    rows = await session.scalars(query.order_by(PayerDecision.recorded_at, PayerDecision.id))
    return decisions.standing(rows)


def _hindrance(pressed: bool, official: bool) -> DomainError | None:
    if pressed:
        return PressureComplaint()
    return RecipientOfficial() if official else None


async def _book(session: AsyncSession, subject: Subject, payout: Payout, voucher: str) -> UUID:
    trip = await session.get_one(Trip, payout.ground_id, with_for_update=True)
    keep_apart(subject, {trip.person_id: TRAVELLER, trip.decided_by: APPROVER})
    transaction = await trip_costs.pay(session, subject, await session.get_one(Case, trip.case_id), trip, voucher)
    trip.status = TripStatus.PAID.value
    return transaction


async def _unbook(session: AsyncSession, subject: Subject, payout: Payout) -> None:
    trip = await session.get_one(Trip, payout.ground_id, with_for_update=True)
    trip.status = TripStatus.APPROVED.value
    answer = (await decisions.latest(session, trip.case_id)).get(trip.id)
    if answer is None or answer.payer == Payer.FINANCE:
        await budgets.give_back(session, subject, ground=Ground.TRIP, ground_id=trip.id, fen=payout.fen)
    await trip_costs.promise_again(session, subject, await session.get_one(Case, trip.case_id), trip)


async def _wrongly(session: AsyncSession, payout: Payout) -> int:
    trip = await session.get_one(Trip, payout.ground_id)
    return payout.fen if await was_official(session, trip.person_id, trip.starts_on, trip.ends_on) else 0


SOURCE = payouts.Source(ground=Ground.TRIP, waiting=_waiting, find=_find, book=_book, unbook=_unbook, wrongly=_wrongly)
