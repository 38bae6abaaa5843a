"""The money of a case as its page and the API read it: costs, findings, the settlement with its trace, the ledger."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from funding import decisions, fees, travel
from funding.answers import Payer
from funding.bill_reading import BillLine, bills_for
from funding.custody import holder_on
from funding.decided_view import DecidedView, decided_views
from funding.decisions import PayerDecision
from funding.fee_progress import Progress, progress_of
from funding.findings import Finding, findings_of
from funding.ledger import Account, LedgerEntry, entries_of
from funding.matter_marks import MatterMark
from funding.payer_view import PayerView, payer_view
from funding.positions import Position
from funding.settlement import GONE, newest
from funding.settlement_view import SettlementView, settlement_view
from funding.travel_requests import Trip, TripStatus, trips_of
from funding.words import Basis, Fault, Fee, Producer
from policies.actions import Action
from policies.gate import Permissions
from tenants.models import Person


class FindingView(Struct, frozen=True):
    """Labels are msgids; `unit_name` is a unit's name, never a person's."""

    basis: str
    reference: str
    found_by: str
    paper_id: UUID | None
    proof_id: UUID | None
    producer: str | None
    unit_name: str | None
    fault: str | None
    recorded_at: datetime


class CostView(Struct, frozen=True):
    """A fee of a third party, or a trip: `to` is the institution or the traveller."""

    title: str
    to: str
    amount_fen: int
    on: date
    status: str | None
    payer: PayerView
    progress: list[Progress] = []
    """Of a fee: what finance or a party has paid of it so far."""


class EntryView(Struct, frozen=True):
    account: str
    debit_fen: int
    credit_fen: int
    year: int
    payer: str | None
    payer_name: str | None
    voucher_no: str | None
    recorded_at: datetime


class Money(Struct, frozen=True):
    """`position` and `amount_fen` are the totals; the lists are empty for those who may see totals only."""

    position: str | None
    amount_fen: int | None
    findings: list[FindingView] = []
    costs: list[CostView] = []
    settlement: SettlementView | None = None
    """The one that stands; else the last that was returned, with its appeal."""
    ledger: list[EntryView] = []
    decided: list[DecidedView] = []
    """Every answer to "who pays", the newest first, with what had changed."""
    bills: tuple[BillLine, ...] = ()
    matters: list[MatterMark] = []
    """One dispute with another case; put in by the doors, which know the reader."""


async def money_of(
    session: AsyncSession,
    case_id: UUID,
    permissions: Permissions,
    tenant_id: int | None = None,
    *,
    billed: bool = True,
) -> Money | None:
    """None for those who may see no money at all; a former holder, of `tenant_id`, sees what it spent itself.

    `billed`: False when it is known already that the case has no bill.
    """
    allowed = permissions.actions
    if not allowed & {Action.CASE_READ_MONEY, Action.CASE_READ_TOTALS, Action.CASE_READ_OWN_COSTS}:
        return None
    case = await session.get_one(Case, case_id)
    if not allowed & {Action.CASE_READ_MONEY, Action.CASE_READ_TOTALS}:
        own = await _own_costs(session, case, tenant_id)
        return Money(None, None, costs=own) if own else None
    last = await newest(session, case_id)
    settlement = None if last is None or last.status in GONE else last
    position = Position(case.funding_position).label if case.funding_position else None
    amount = settlement.amount_fen if settlement else None
    if Action.CASE_READ_MONEY not in allowed:
        return Money(position, amount)
    decided = await decisions.history(session, case_id)
    return Money(
        position=position,
        amount_fen=amount,
        findings=await _findings(session, case_id),
        costs=await _costs(session, case, decisions.standing(decided)),
        settlement=None if last is None else await settlement_view(session, last),
        ledger=[_entry(entry) for entry in await entries_of(session, case_id)],
        decided=await decided_views(session, decided),
        bills=await bills_for(session, case) if billed else (),
    )


async def _findings(session: AsyncSession, case_id: UUID) -> list[FindingView]:
    rows = await findings_of(session, case_id)
    finders = await _names(session, [row.recorded_by for row in rows])
    return [_finding(row, finders[row.recorded_by]) for row in rows]


def _finding(row: Finding, finder: str) -> FindingView:
    return FindingView(
        basis=Basis(row.basis).label,
        reference=row.form.reference,
        found_by=finder,
        paper_id=row.paper_id,
        proof_id=row.proof_id,
        producer=Producer(row.producer).label if row.producer else None,
        unit_name=row.form.unit_name,
        fault=Fault(row.fault).label if row.fault else None,
        recorded_at=row.recorded_at,
    )


async def _costs(session: AsyncSession, case: Case, known: dict[UUID, PayerDecision]) -> list[CostView]:
    """Fees first, then trips, each with the answer on file or with what is still missing."""
    trips = await trips_of(session, case.id)
    names = await _names(session, [trip.person_id for trip in trips])
    costs = await fees.fees_of(session, case.id)
    told = await progress_of(session, case.id, costs)
    return [
        *[await _fee(session, case, fee, known, told) for fee in costs],
        *[await _trip(session, case, trip, names[trip.person_id], known) for trip in trips],
    ]


async def _own_costs(session: AsyncSession, case: Case, tenant_id: int | None) -> list[CostView]:
    """What was spent while that tenant held the case (费随案走: it stays with the one who spent it)."""
    known = await decisions.latest(session, case.id)
    paid = [
        one for one in await fees.fees_of(session, case.id) if await _held(session, case, one.incurred_on, tenant_id)
    ]
    trips = [one for one in await trips_of(session, case.id) if await _held(session, case, one.starts_on, tenant_id)]
    names = await _names(session, [trip.person_id for trip in trips])
    told = await progress_of(session, case.id, paid)
    return [
        *[await _fee(session, case, fee, known, told) for fee in paid],
        *[await _trip(session, case, trip, names[trip.person_id], known) for trip in trips],
    ]


async def _held(session: AsyncSession, case: Case, day: date, tenant_id: int | None) -> bool:
    return (await holder_on(session, case, day)).id == tenant_id


async def _fee(
    session: AsyncSession,
    case: Case,
    fee: fees.Fee,
    known: dict[UUID, PayerDecision],
    told: dict[UUID, list[Progress]],
) -> CostView:
    answer = None if fee.id in known else (await fees.answer_for(session, case, fee))[1]
    return CostView(
        title=Fee(fee.kind).label,
        to=fee.institution,
        amount_fen=fee.actual_fen,
        on=fee.incurred_on,
        status=None,
        payer=await payer_view(session, known.get(fee.id), answer),
        progress=told[fee.id],
    )


async def _trip(session: AsyncSession, case: Case, trip: Trip, name: str, known: dict[UUID, PayerDecision]) -> CostView:
    open_ = trip.status == TripStatus.APPROVED and trip.id not in known
    answer = (await travel.answer_for(session, case, trip))[1] if open_ else None
    return CostView(
        title=travel.Purpose(trip.serves).label,
        to=name,
        amount_fen=trip.standard_fen,
        on=trip.starts_on,
        status=TripStatus(trip.status).label,
        payer=await payer_view(session, known.get(trip.id), answer),
    )


def _entry(entry: LedgerEntry) -> EntryView:
    return EntryView(
        account=Account(entry.account).label,
        debit_fen=entry.debit_fen,
        credit_fen=entry.credit_fen,
        year=entry.year,
        payer=Payer(entry.payer).label if entry.payer else None,
        payer_name=entry.payer_name,
        voucher_no=entry.voucher_no,
        recorded_at=entry.recorded_at,
    )


async def _names(session: AsyncSession, people: Sequence[UUID]) -> dict[UUID, str]:
    rows = await session.execute(select(Person.id, Person.name).where(Person.id.in_(set(people))))
    return {person: name for person, name in rows}
