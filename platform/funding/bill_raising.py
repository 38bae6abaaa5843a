"""Raising a bill: a number, a paper that says no more than it must, and the receivable in the books."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import numbers
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.clock import local_date
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from funding import ledger, undertakings
from funding.answers import Bearer, Payer
from funding.bills import Bill, BillState, bills_in
from funding.ledger import Account, Booking
from funding.purposes import Ground, Purpose
from funding.settlement import Settlement, charges_of
from tenants.subject import Subject

DAYS_TO_PAY = 30
"""No source gives a term; a reminder is possible from its end on (decision 0049)."""
COST = {
    Ground.SETTLEMENT: (Account.SUBSIDY, Purpose.SUBSIDY),
    Ground.TRIP: (Account.TRAVEL, Purpose.TRAVEL),
    Ground.FEE: (Account.ADVANCE, Purpose.FEES),
}
"""Which account the bill relieves: what was spent, or what finance had advanced."""
NEVER_BILLED = (Payer.FINANCE, Payer.NOBODY)


class Debt(Struct, frozen=True, kw_only=True):
    """What is to be billed: an amount (fen) in a tenant's books, for a thing, to a payer by a row of the table."""

    ground: Ground
    ground_id: UUID
    tenant_id: int
    amount_fen: int
    payer: str
    bearer: str
    name: str | None
    line: str
    clause: str


class BillPaper(Struct, frozen=True, kw_only=True):
    """Number, clause and amount: nothing tells who petitioned where."""

    bill_no: Annotated[str, Meta(title=N_("账单号"))]
    name: Annotated[str, Meta(title=N_("付款单位"))] | None
    clause: Annotated[str, Meta(title=N_("依据条款"))]
    amount_fen: Annotated[int, Meta(title=N_("金额"), extra={"widget": "money"})]
    due_on: Annotated[date, Meta(title=N_("付款期限"))]


BILL = PaperKind("cost_bill", N_("办案成本账单"), Group.MONEY, form=BillPaper)


async def raise_for(session: AsyncSession, subject: Subject, case: Case, settlement: Settlement) -> list[Bill]:
    """A bill for each payer of the settlement that is not finance: finance's part is simply a cost in its books."""
    debts = [
        Debt(
            ground=Ground.SETTLEMENT,
            ground_id=charge.id,
            tenant_id=charge.budget_tenant_id or settlement.tenant_id,
            amount_fen=charge.amount_fen,
            payer=charge.payer,
            bearer=charge.bearer,
            name=charge.name,
            line=charge.line,
            clause=charge.clause,
        )
        for charge in await charges_of(session, settlement.id)
    ]
    raised = [await raise_one(session, subject, case, debt) for debt in debts]
    return [bill for bill in raised if bill is not None]


async def raise_one(session: AsyncSession, subject: Subject, case: Case, debt: Debt) -> Bill | None:
    """None where finance bears it, nothing is owed, or the thing is billed already."""
    if debt.payer in NEVER_BILLED or not debt.amount_fen or await _billed(session, debt.ground_id):
        return None
    now = instant(session)
    waits = debt.bearer == Bearer.ENTERPRISE and await undertakings.lacking(session, case.id, debt.name)
    bill = Bill(
        id=new_id(now),
        case_id=case.id,
        tenant_id=debt.tenant_id,
        bill_no=await _number(session, case),
        ground=debt.ground.value,
        ground_id=debt.ground_id,
        payer=debt.payer,
        bearer=debt.bearer,
        name=debt.name,
        amount_fen=debt.amount_fen,
        line=debt.line,
        clause=debt.clause,
        state=BillState.WAITING.value,
        due_on=local_date(now) + timedelta(days=DAYS_TO_PAY),
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(bill)
    await session.flush()
    if not waits:
        await send(session, subject, case, bill)
    return bill


async def send(session: AsyncSession, subject: Subject, case: Case, bill: Bill) -> None:
    """From now on it is owed."""
    today = local_date(instant(session))
    bill.state, bill.due_on = BillState.OPEN.value, today + timedelta(days=DAYS_TO_PAY)
    (bill.transaction_id,) = await ledger.post(session, subject, [owed(case, bill)])
    paper = BillPaper(
        bill_no=bill.bill_no, name=bill.name, clause=bill.clause, amount_fen=bill.amount_fen, due_on=bill.due_on
    )
    await issue(session, subject, case, BILL, paper)


async def send_waiting(session: AsyncSession, subject: Subject, case: Case) -> int:
    """Those whose undertaking is there by now."""
    sent = 0
    for bill in await bills_in(session, case.id, BillState.WAITING):
        if not await undertakings.lacking(session, case.id, bill.name):
            await send(session, subject, case, bill)
            sent += 1
    return sent


def owed(case: Case, bill: Bill) -> Booking:
    account, purpose = COST[Ground(bill.ground)]
    return Booking(
        case=case,
        debit=Account.RECEIVABLE,
        credit=account,
        amount_fen=bill.amount_fen,
        tenant_id=bill.tenant_id,
        purpose=purpose,
        ground=Ground(bill.ground),
        source=bill.source,
        payer=bill.payer,
        payer_name=bill.name,
    )


async def _billed(session: AsyncSession, ground_id: UUID) -> bool:
    query = select(Bill.id).where(Bill.ground_id == ground_id, Bill.state != BillState.WITHDRAWN).limit(1)
    return await session.scalar(query) is not None


async def _number(session: AsyncSession, case: Case) -> str:
    year, number = await numbers.next_number(session, "bill", case.holder_office_id)
    return bill_number(year, case.holder_office_id, number)


def bill_number(year: int, office_id: int, number: int) -> str:
    return f"账〔{year}〕{office_id}-{number:05d}号"


PAPERS = (BILL,)
