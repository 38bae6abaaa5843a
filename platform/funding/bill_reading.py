"""Receivables as pages and programs read them: the bills of one tenant's books, and what became of each."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.clock import SHANGHAI, local_date
from foundation.store import instant
from funding.answers import Bearer
from funding.bills import Bill, BillState, BillStep, StepKind, bills_of, owed
from funding.budget_readers import books_in_reach
from funding.purposes import Ground
from tenants.subject import Subject

MOST = 50


class BillsAsked(Struct, frozen=True, kw_only=True):
    """By default those of the own books that are not settled. `after`: the id of the last one seen."""

    tenant_id: int | None = None
    state: BillState | None = None
    after: UUID | None = None


class StepLine(Struct, frozen=True):
    kind: StepKind
    amount_fen: int | None
    recorded_at: datetime


class BillLine(Struct, frozen=True):
    """`source` opens its entries. `case_id` only where the reader's tenant has the case in sight; never a party."""

    id: UUID
    bill_no: str
    state: BillState
    name: str | None
    bearer: Bearer
    ground: Ground
    clause: str
    line: str
    amount_fen: int
    owed_fen: int
    due_on: date
    overdue: bool
    source: str
    year: int
    case_id: UUID | None
    case_no: str | None
    steps: tuple[StepLine, ...]


class BillPage(Struct, frozen=True):
    """In the order in which they fall due; `after` asks for the next, None = there are no more."""

    tenant_id: int
    name: str
    bills: tuple[BillLine, ...]
    after: UUID | None


async def bills_page(session: AsyncSession, subject: Subject, asked: BillsAsked, size: int = MOST) -> BillPage:
    """Raises Forbidden, NotFound."""
    tenant = await books_in_reach(session, subject, asked.tenant_id)
    states = [asked.state] if asked.state else [BillState.OPEN, BillState.DISPUTED, BillState.WAITING]
    query = (
        select(Bill, Case.id, Case.case_no, Case.registration_no)
        .outerjoin(Case, Case.id == Bill.case_id)
        .where(Bill.tenant_id == tenant.id, Bill.state.in_(states))
        .order_by(Bill.due_on, Bill.id)
    )
    if asked.after is not None and (last := await session.get(Bill, asked.after)) is not None:
        query = query.where(tuple_(Bill.due_on, Bill.id) > tuple_(last.due_on, last.id))
    rows = (await session.execute(query.limit(size + 1))).all()
    lines = await _lines(session, [(bill, case, case_no or number) for bill, case, case_no, number in rows[:size]])
    return BillPage(tenant.id, tenant.name, lines, lines[-1].id if len(rows) > size else None)


async def bills_for(session: AsyncSession, case: Case) -> tuple[BillLine, ...]:
    """All of one case, whatever became of them, in whosever books; to who may read its money."""
    number = case.case_no or case.registration_no
    return await _lines(session, [(bill, case.id, number) for bill in await bills_of(session, case.id)])


async def _lines(session: AsyncSession, rows: Sequence[tuple[Bill, UUID | None, str | None]]) -> tuple[BillLine, ...]:
    """With what is still owed by the books, and what became of each."""
    shown = [bill for bill, *_ in rows]
    debts = await owed(session, [bill.source for bill in shown])
    steps = await _steps(session, shown)
    today = local_date(instant(session))
    return tuple(
        _line(bill, case, number, debts.get(bill.source, 0), steps.get(bill.id, []), today)
        for bill, case, number in rows
    )


async def _steps(session: AsyncSession, bills: Sequence[Bill]) -> dict[UUID, list[StepLine]]:
    """What became of them, as far as the reader has the cases in sight."""
    query = select(BillStep).where(BillStep.bill_id.in_([bill.id for bill in bills]))
    found: dict[UUID, list[StepLine]] = {}
    for step in await session.scalars(query.order_by(BillStep.recorded_at, BillStep.id)):
        line = StepLine(StepKind(step.kind), step.amount_fen, step.recorded_at.astimezone(SHANGHAI))
        found.setdefault(step.bill_id, []).append(line)
    return found


def _line(
    bill: Bill, case_id: UUID | None, case_no: str | None, debt: int, steps: list[StepLine], today: date
) -> BillLine:
    return BillLine(
        id=bill.id,
        bill_no=bill.bill_no,
        state=BillState(bill.state),
        name=bill.name,
        bearer=Bearer(bill.bearer),
        ground=Ground(bill.ground),
        clause=bill.clause,
        line=bill.line,
        amount_fen=bill.amount_fen,
        owed_fen=debt,
        due_on=bill.due_on,
        overdue=bill.state == BillState.OPEN and bill.due_on < today,
        source=bill.source,
        year=local_date(bill.recorded_at).year,
        case_id=case_id,
        case_no=case_no,
        steps=tuple(steps),
    )
