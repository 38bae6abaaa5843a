"""One row for each thing that becomes of a bill."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.models import Case
from foundation.ids import new_id
from foundation.store import instant
from funding.bills import Bill, BillState, BillStep, StepKind, bills_in
from tenants.subject import Subject


async def add_step(
    session: AsyncSession,
    subject: Subject,
    bill: Bill,
    kind: StepKind,
    *,
    amount_fen: int | None = None,
    reason: str | None = None,
    proof_id: UUID | None = None,
    voucher_no: str | None = None,
    transaction_id: UUID | None = None,
) -> BillStep:
    now = instant(session)
    step = BillStep(
        id=new_id(now),
        case_id=bill.case_id,
        bill_id=bill.id,
        kind=kind.value,
        amount_fen=amount_fen,
        reason=reason,
        proof_id=proof_id,
        voucher_no=voucher_no,
        transaction_id=transaction_id,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(step)
    await session.flush()
    return step


def told(form: Struct, **words: str | None) -> dict[str, Any]:
    """A form as its paper tells it: words in the place of ids that mean nothing on paper."""
    content: dict[str, Any] = msgspec.to_builtins(form)
    return content | words


def label(bill: Bill) -> str:
    return f"{bill.bill_no} {bill.name or ''} {bill.amount_fen / 100:,.2f}".replace("  ", " ")


async def open_bills(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(str(bill.id), label(bill)) for bill in await bills_in(session, case.id, BillState.OPEN)]


async def disputed_bills(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(str(bill.id), label(bill)) for bill in await bills_in(session, case.id, BillState.DISPUTED)]


async def unpaid_bills(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    unpaid = await bills_in(session, case.id, BillState.OPEN, BillState.DISPUTED)
    return [Option(str(bill.id), label(bill)) for bill in unpaid]


OPTIONS = {"open_bills": open_bills, "disputed_bills": disputed_bills, "unpaid_bills": unpaid_bills}
