"""What a claim of money is compared with: other claims of the same books and year, its range, its class, the roster."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.class_history import ClassFinding
from cases.classes import MASS, CaseClass
from cases.models import Case
from cases.parties import Party
from funding.decisions import PayerDecision
from funding.duty_days import COUNTS, PersonDay
from funding.settlement import STANDS, Settlement
from funding.signals import ENOUGH, Found, Ground, Kind
from funding.travel_requests import Trip, TripStatus

SIGNERS = ("reviewed_by", "justice_by", "petition_by")
GOES = (TripStatus.REQUESTED, TripStatus.APPROVED, TripStatus.PAID)
MOST = 500
STOOD = STANDS.replace("status", "settlements.status")
"""Beside other tables that have a status too."""
BESIDE = text("select settlement_id, fen from paid_beside(:case)")
NEWEST = (Settlement.recorded_at.desc(), Settlement.id)


async def check_ceiling(session: AsyncSession, settlement: Settlement) -> list[Found]:
    """This claim and every earlier one of the same workroom and year took all that the range gives."""
    most = (await session.get_one(PayerDecision, settlement.decision_id)).maximum_fen
    if settlement.amount_fen != most:
        return []
    office = select(Case.holder_office_id).where(Case.id == settlement.case_id).scalar_subquery()
    query = (
        select(Settlement.id, Settlement.amount_fen == PayerDecision.maximum_fen)
        .join(PayerDecision, PayerDecision.id == Settlement.decision_id)
        .join(Case, Case.id == Settlement.case_id)
        .where(*_earlier(settlement), Case.holder_office_id == office)
        .where(PayerDecision.maximum_fen > PayerDecision.minimum_fen)
    )
    before = [(claim, full) for claim, full in await session.execute(query.order_by(*NEWEST).limit(MOST))]
    if len(before) + 1 < ENOUGH or not all(full for _, full in before):
        return []
    figures = {"amount_fen": settlement.amount_fen, "most_fen": most, "claims": len(before) + 1}
    return [Found(Ground.CEILING, Kind.SETTLEMENT, before[0][0], figures)]


async def check_signers(session: AsyncSession, settlement: Settlement) -> list[Found]:
    """One hand has signed every claim of this claimant in the year, though others sign there too."""
    for name in SIGNERS:
        signer, column = getattr(settlement, name), getattr(Settlement, name)
        if signer is None:
            continue
        theirs = select(Settlement.id, column).where(
            *_earlier(settlement), Settlement.proposed_by == settlement.proposed_by, column.is_not(None)
        )
        before = [(claim, by) for claim, by in await session.execute(theirs.order_by(*NEWEST).limit(MOST))]
        if len(before) + 1 < ENOUGH or any(by != signer for _, by in before):
            continue
        elsewhere = select(func.count()).select_from(Settlement).where(*_same_books(settlement), column != signer)
        if others := await session.scalar(elsewhere):
            figures = {"part": name, "claims": len(before) + 1, "others": others}
            return [Found(Ground.ONE_SIGNER, Kind.SETTLEMENT, before[0][0], figures)]
    return []


async def check_line(session: AsyncSession, settlement: Settlement) -> list[Found]:
    """A class that rests on ten persons, and exactly ten were counted: beside it, how many are on file."""
    if settlement.case_class != CaseClass.MASS:
        return []
    query = select(ClassFinding).where(ClassFinding.case_id == settlement.case_id, ClassFinding.to_class == "mass")
    finding = (await session.scalars(query.order_by(ClassFinding.recorded_at.desc()).limit(1))).one_or_none()
    if finding is None or finding.persons != MASS:
        return []
    on_file = (
        select(func.count())
        .select_from(Party)
        .where(Party.case_id == settlement.case_id, Party.side == "petitioner", Party.kind == "person")
    )
    figures = {"persons": finding.persons, "line": MASS, "on_file": await session.scalar(on_file)}
    return [Found(Ground.AT_THE_LINE, Kind.CLASS, finding.id, figures)]


async def check_matter(session: AsyncSession, settlement: Settlement) -> list[Found]:
    """Paid, and so was another of the same dispute, before anybody had put on file that it is one (一案一结)."""
    beside = await session.execute(BESIDE, {"case": settlement.case_id})
    return [
        Found(Ground.PAID_TWICE, Kind.SETTLEMENT, other, {"amount_fen": settlement.amount_fen, "other_fen": fen})
        for other, fen in beside
    ]


async def trips_over(session: AsyncSession, day: PersonDay) -> Sequence[Trip]:
    """Trips of the day's person, for whichever case, that the day lies in."""
    query = select(Trip).where(Trip.person_id == day.person_id, Trip.starts_on <= day.day, Trip.ends_on >= day.day)
    return (await session.scalars(query.where(Trip.status.in_(GOES)).order_by(Trip.id))).all()


async def days_under(session: AsyncSession, trip: Trip) -> Sequence[PersonDay]:
    """Days of duty of the traveller that the trip covers, in whichever tenant."""
    query = select(PersonDay).where(
        PersonDay.person_id == trip.person_id, PersonDay.day.between(trip.starts_on, trip.ends_on), COUNTS
    )
    return (await session.scalars(query.order_by(PersonDay.day, PersonDay.id))).all()


def overlap(trip: Trip, day: PersonDay, other_kind: Kind, other_id: UUID) -> Found:
    figures = {"day": day.day.isoformat(), "from": trip.starts_on.isoformat(), "to": trip.ends_on.isoformat()}
    return Found(Ground.TRAVEL, other_kind, other_id, figures)


def _same_books(settlement: Settlement) -> tuple[ColumnElement[bool] | TextClause, ...]:
    """Claims that stand, of the same tenant's books and the same year."""
    return (Settlement.tenant_id == settlement.tenant_id, Settlement.year == settlement.year, text(STOOD))


def _earlier(settlement: Settlement) -> tuple[ColumnElement[bool] | TextClause, ...]:
    return (*_same_books(settlement), Settlement.recorded_at < settlement.recorded_at)
