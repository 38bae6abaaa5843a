"""A trip in the books: promised when approved, incurred when begun, paid to the traveller, billed to who bears it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.clock import local_date
from foundation.store import instant
from funding import books, budgets, decisions, ledger, promises
from funding.answers import Payer
from funding.bill_raising import Debt, raise_one
from funding.decisions import PayerDecision
from funding.findings import in_force
from funding.ledger import Account, Booking, LedgerEntry
from funding.purposes import Ground, Purpose
from funding.reversals import Reason
from funding.travel_requests import Trip
from tenants.subject import Subject


def source_of(trip: Trip) -> str:
    return f"travel_requests:{trip.id}"


async def promise(session: AsyncSession, subject: Subject, case: Case, trip: Trip) -> None:
    """Approved, not begun: in the books of who pays; held from the line for travel when finance is known to."""
    answer = (await decisions.latest(session, case.id)).get(trip.id)
    tenant = await _books(session, trip, answer)
    await promises.make(
        session,
        subject,
        case=case,
        tenant_id=tenant,
        purpose=Purpose.TRAVEL,
        ground=Ground.TRIP,
        source=source_of(trip),
        fen=trip.standard_fen,
        person_id=trip.person_id,
    )
    if answer is not None and answer.payer == Payer.FINANCE:
        await _reserve(session, subject, case, trip, tenant)


async def promise_again(session: AsyncSession, subject: Subject, case: Case, trip: Trip) -> None:
    """The payment came back: what was incurred stays so, anything else is promised as before."""
    if await _payable_at(session, trip) is None:
        await promise(session, subject, case, trip)


async def drop(session: AsyncSession, subject: Subject, trip: Trip) -> None:
    """Nothing comes of it: refused, or the traveller turned out to be an official."""
    await promises.end(session, subject, source_of(trip), Reason.DROPPED)
    await budgets.release(session, subject, ground=Ground.TRIP, ground_id=trip.id)


async def move(session: AsyncSession, subject: Subject, case: Case, trip: Trip) -> None:
    """Not begun: promised by the new holder from now on, whose budget has still to say so."""
    await budgets.release(session, subject, ground=Ground.TRIP, ground_id=trip.id)
    await promises.move(session, subject, case, source_of(trip), await books.of_office(session, trip.office_id))


async def accrue(session: AsyncSession, subject: Subject, case: Case, trip: Trip) -> None:
    """Begun before the case went on: a cost of the one who gave it away, still to be paid by it."""
    promise = await promises.end(session, subject, source_of(trip), Reason.DONE)
    if promise is not None:
        cost = _booking(case, trip, Account.TRAVEL, Account.PAYABLE, promise.tenant_id, Payer.FINANCE.value)
        await ledger.post(session, subject, [cost])


async def pay(session: AsyncSession, subject: Subject, case: Case, trip: Trip, voucher_no: str) -> UUID:
    """The transaction that paid the traveller; whoever bears the trip is billed, or the year's budget carries it."""
    answer = (await decisions.latest(session, case.id)).get(trip.id)
    incurred = await _payable_at(session, trip)
    tenant = incurred or await _books(session, trip, answer)
    await promises.end(session, subject, source_of(trip), Reason.DONE)
    from_account = Account.PAYABLE if incurred else Account.TRAVEL
    payer = answer.payer if answer else None
    (paid,) = await ledger.post(
        session, subject, [_booking(case, trip, from_account, Account.CASH, tenant, payer, voucher_no)]
    )
    if answer is not None and answer.payer != Payer.FINANCE:
        await raise_one(session, subject, case, await _debt(session, case, trip, answer, tenant))
        await budgets.release(session, subject, ground=Ground.TRIP, ground_id=trip.id)
    elif not await budgets.spend(session, subject, ground=Ground.TRIP, ground_id=trip.id):
        await _reserve(session, subject, case, trip, tenant)
        await budgets.spend(session, subject, ground=Ground.TRIP, ground_id=trip.id)
    return paid


async def paying_tenants(session: AsyncSession, trips: Sequence[tuple[Trip, PayerDecision]]) -> dict[UUID, int]:
    """By trip, in whose books it is paid; in as many statements for many as for one."""
    incurred = await _payable(session, [trip for trip, _ in trips])
    offices = await books.of_offices(session, {trip.office_id for trip, _ in trips})
    named = {trip.id: answer.budget_tenant_id or offices[trip.office_id] for trip, answer in trips}
    heirs = await books.heirs(session, set(named.values()))
    return {trip.id: incurred.get(source_of(trip)) or heirs[named[trip.id]] for trip, _ in trips}


async def _payable_at(session: AsyncSession, trip: Trip) -> int | None:
    """In whose books it is incurred and unpaid."""
    return (await _payable(session, [trip])).get(source_of(trip))


async def _payable(session: AsyncSession, trips: Sequence[Trip]) -> dict[str, int]:
    """By source, the same of many."""
    left = func.sum(LedgerEntry.credit_fen - LedgerEntry.debit_fen)
    query = select(LedgerEntry.source, LedgerEntry.tenant_id).where(
        LedgerEntry.source.in_([source_of(trip) for trip in trips]), LedgerEntry.account == Account.PAYABLE
    )
    rows = await session.execute(query.group_by(LedgerEntry.source, LedgerEntry.tenant_id).having(left > 0))
    return {source: tenant for source, tenant in rows}


async def _books(session: AsyncSession, trip: Trip, answer: PayerDecision | None) -> int:
    """Of the tenant that the answer names, or of the trip's office; of whoever stands in its place today."""
    named = answer.budget_tenant_id if answer is not None else None
    tenant = named or await books.of_office(session, trip.office_id)
    return (await books.heirs(session, {tenant}))[tenant]


async def _reserve(session: AsyncSession, subject: Subject, case: Case, trip: Trip, tenant_id: int) -> None:
    await budgets.reserve(
        session,
        subject,
        tenant_id=tenant_id,
        year=local_date(instant(session)).year,
        purpose=Purpose.TRAVEL,
        fen=trip.standard_fen,
        ground=Ground.TRIP,
        ground_id=trip.id,
        case_id=case.id,
    )


async def _debt(session: AsyncSession, case: Case, trip: Trip, answer: PayerDecision, tenant_id: int) -> Debt:
    """A unit is named, a person never."""
    found = await in_force(session, case.id)
    finding = found.producer if answer.payer == Payer.PRODUCER else found.fault
    return Debt(
        ground=Ground.TRIP,
        ground_id=trip.id,
        tenant_id=tenant_id,
        amount_fen=trip.standard_fen,
        payer=answer.payer or Payer.NOBODY.value,
        bearer=answer.bearer or "",
        name=finding.form.unit_name if finding is not None else None,
        line=answer.line,
        clause=answer.clause,
    )


def _booking(
    case: Case,
    trip: Trip,
    debit: Account,
    credit: Account,
    tenant_id: int,
    payer: str | None,
    voucher_no: str | None = None,
) -> Booking:
    return Booking(
        case=case,
        debit=debit,
        credit=credit,
        amount_fen=trip.standard_fen,
        tenant_id=tenant_id,
        purpose=Purpose.TRAVEL,
        ground=Ground.TRIP,
        source=source_of(trip),
        payer=payer,
        person_id=trip.person_id if voucher_no else None,
        voucher_no=voucher_no,
    )
