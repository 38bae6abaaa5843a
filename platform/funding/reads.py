"""The money of a case as its page and the API read it: costs, findings, the settlement with its trace, the ledger."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from funding import decisions, fees, travel
from funding.answers import Answer, Bearer, FactsMissing, Payer, RuleMissing
from funding.custody import holder_on
from funding.decided_view import DecidedView, decided_views
from funding.decisions import PayerDecision
from funding.facts import FACT_NAMES
from funding.findings import Finding, findings_of
from funding.ledger import Account, LedgerEntry, entries_of
from funding.positions import Position
from funding.settlement import Settlement, SettlementCharge, charges_of, live, shares_of
from funding.trace import TraceLine
from funding.travel_requests import Trip, TripStatus, trips_of
from funding.words import Basis, Fault, Fee, Producer
from policies.actions import Action
from policies.gate import Permissions
from tenants.models import Person, Tenant


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


class PayerView(Struct, frozen=True):
    """Who pays; each line of `trace` renders itself in "zh" or "en". Without `payer`: `missing` says what is."""

    payer: str | None
    bearer: str | None = None
    line: str = ""
    clause: str = ""
    minimum_fen: int = 0
    maximum_fen: int = 0
    budget: str | None = None
    default_used: tuple[str, ...] = ()
    arrears: bool = False
    refundable: bool = False
    flag_province: bool = False
    to_third_party: bool = False
    missing: tuple[str, ...] = ()
    trace: tuple[TraceLine, ...] = ()


class CostView(Struct, frozen=True):
    """A fee of a third party, or a trip: `to` is the institution or the traveller."""

    title: str
    to: str
    amount_fen: int
    on: date
    status: str | None
    payer: PayerView


class ShareView(Struct, frozen=True):
    name: str
    amount_fen: int


class ChargeView(Struct, frozen=True):
    payer: str
    bearer: str
    name: str | None
    amount_fen: int
    line: str
    clause: str
    arrears: bool


class SignatureView(Struct, frozen=True):
    part: str
    name: str
    at: datetime


class SettlementView(Struct, frozen=True):
    position: str
    case_class: str
    class_clause: str | None
    amount_fen: int
    scores: dict[str, int]
    payer: PayerView
    shares: list[ShareView]
    charges: list[ChargeView]
    signatures: list[SignatureView]
    voucher_no: str | None


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
    ledger: list[EntryView] = []
    decided: list[DecidedView] = []
    """Every answer to "who pays", the newest first, with what had changed."""


async def money_of(
    session: AsyncSession, case_id: UUID, permissions: Permissions, tenant_id: int | None = None
) -> Money | None:
    """None for those who may see no money at all; a former holder, of `tenant_id`, sees what it spent itself."""
    allowed = permissions.actions
    if not allowed & {Action.CASE_READ_MONEY, Action.CASE_READ_TOTALS, Action.CASE_READ_OWN_COSTS}:
        return None
    case = await session.get_one(Case, case_id)
    if not allowed & {Action.CASE_READ_MONEY, Action.CASE_READ_TOTALS}:
        own = await _own_costs(session, case, tenant_id)
        return Money(None, None, costs=own) if own else None
    settlement = await live(session, case_id)
    position = Position(case.funding_position).label if case.funding_position else None
    amount = settlement.amount_fen if settlement else None
    if Action.CASE_READ_MONEY not in allowed:
        return Money(position, amount)
    return Money(
        position=position,
        amount_fen=amount,
        findings=await _findings(session, case_id),
        costs=await _costs(session, case),
        settlement=None if settlement is None else await _settlement(session, settlement),
        ledger=[_entry(entry) for entry in await entries_of(session, case_id)],
        decided=await decided_views(session, await decisions.history(session, case_id)),
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


async def _costs(session: AsyncSession, case: Case) -> list[CostView]:
    """Fees first, then trips, each with the answer on file or with what is still missing."""
    known = await decisions.latest(session, case.id)
    trips = await trips_of(session, case.id)
    names = await _names(session, [trip.person_id for trip in trips])
    return [
        *[await _fee(session, case, fee, known) for fee in await fees.fees_of(session, case.id)],
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
    return [
        *[await _fee(session, case, fee, known) for fee in paid],
        *[await _trip(session, case, trip, names[trip.person_id], known) for trip in trips],
    ]


async def _held(session: AsyncSession, case: Case, day: date, tenant_id: int | None) -> bool:
    return (await holder_on(session, case, day)).id == tenant_id


async def _fee(session: AsyncSession, case: Case, fee: fees.Fee, known: dict[UUID, PayerDecision]) -> CostView:
    answer = None if fee.id in known else (await fees.answer_for(session, case, fee))[1]
    return CostView(
        title=Fee(fee.kind).label,
        to=fee.institution,
        amount_fen=fee.actual_fen,
        on=fee.incurred_on,
        status=None,
        payer=await _payer(session, known.get(fee.id), answer),
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
        payer=await _payer(session, known.get(trip.id), answer),
    )


async def _settlement(session: AsyncSession, settlement: Settlement) -> SettlementView:
    decision = await session.get_one(PayerDecision, settlement.decision_id)
    shares = await shares_of(session, settlement.id)
    names = await _names(session, [share.person_id for share in shares] + [who for _, who, _ in _signed(settlement)])
    return SettlementView(
        position=Position(settlement.status).label,
        case_class=settlement.case_class,
        class_clause=settlement.class_clause,
        amount_fen=settlement.amount_fen,
        scores=settlement.scores,
        payer=await _payer(session, decision),
        shares=[ShareView(names[share.person_id], share.amount_fen) for share in shares],
        charges=[_charge(charge) for charge in await charges_of(session, settlement.id)],
        signatures=[SignatureView(part, names[who], at) for part, who, at in _signed(settlement)],
        voucher_no=settlement.voucher_no,
    )


def _signed(settlement: Settlement) -> list[tuple[str, UUID, datetime]]:
    """Who has acted so far, in order: (msgid of the step, person, when)."""
    signed = (
        (Position.PROPOSED, settlement.proposed_by, settlement.recorded_at),
        (Position.REVIEWED, settlement.reviewed_by, settlement.reviewed_at),
        (Position.APPROVED_JUSTICE, settlement.justice_by, settlement.justice_at),
        (Position.APPROVED_PETITION, settlement.petition_by, settlement.petition_at),
        (Position.PAID, settlement.paid_by, settlement.paid_at),
    )
    return [(position.label, who, at) for position, who, at in signed if who is not None and at is not None]


def _charge(charge: SettlementCharge) -> ChargeView:
    return ChargeView(
        payer=Payer(charge.payer).label,
        bearer=Bearer(charge.bearer).label,
        name=charge.name,
        amount_fen=charge.amount_fen,
        line=charge.line,
        clause=charge.clause,
        arrears=charge.arrears,
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


async def _payer(session: AsyncSession, row: PayerDecision | None, answer: Answer | None = None) -> PayerView:
    if row is None:
        return _undecided(answer)
    budget = None if row.budget_tenant_id is None else await session.get_one(Tenant, row.budget_tenant_id)
    return PayerView(
        payer=Payer(row.payer).label if row.payer else None,
        bearer=Bearer(row.bearer).label if row.bearer else None,
        line=row.line,
        clause=row.clause,
        minimum_fen=row.minimum_fen,
        maximum_fen=row.maximum_fen,
        budget=budget.name if budget else None,
        default_used=tuple(row.default_used),
        arrears=row.arrears,
        refundable=row.refundable,
        flag_province=row.flag_province,
        to_third_party=row.to_third_party,
        trace=tuple(row.lines),
    )


def _undecided(answer: Answer | None) -> PayerView:
    match answer:
        case FactsMissing(row=line, facts=facts, trace=trace):
            return PayerView(None, line=line, missing=tuple(FACT_NAMES[fact] for fact in facts), trace=trace)
        case RuleMissing(row=line, clause=clause, trace=trace):
            return PayerView(None, line=line, clause=clause, trace=trace)
        case _:
            return PayerView(None)


async def _names(session: AsyncSession, people: Sequence[UUID]) -> dict[UUID, str]:
    rows = await session.execute(select(Person.id, Person.name).where(Person.id.in_(set(people))))
    return {person: name for person, name in rows}
