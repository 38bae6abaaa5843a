"""Money that a payer has paid in, in one or several parts; a mistaken receipt is taken back, never changed."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_
from funding import budgets, ledger, reversals
from funding.bill_raising import COST
from funding.bill_steps import add_step, told
from funding.bills import Bill, BillState, BillStep, NoSuchBill, StepKind, bill_in, owed, steps_of
from funding.ledger import Account, Booking
from funding.purposes import Ground
from funding.separation import keep_apart
from policies.actions import Action
from tenants.subject import Subject


class ReceiptForm(Struct, frozen=True, kw_only=True):
    bill_id: Annotated[UUID, Meta(title=N_("账单"), extra={"options": "unpaid_bills"})]
    amount_fen: Annotated[int, Meta(title=N_("到账金额"), ge=1, extra={"widget": "money"})]
    voucher_no: Annotated[str, Meta(title=N_("到账凭证号"), min_length=1, max_length=60)]


class TakeBackForm(Struct, frozen=True, kw_only=True):
    receipt_id: Annotated[UUID, Meta(title=N_("到账记录"), extra={"options": "receipts"})]
    reason: Annotated[str, Meta(title=N_("冲正理由"), min_length=2, max_length=500, extra={"widget": "textarea"})]


RECEIPT = PaperKind("bill_receipt", N_("账单到账记录"), Group.MONEY, form=ReceiptForm)
TAKEN_BACK = PaperKind("bill_receipt_reversal", N_("到账冲正记录"), Group.MONEY, form=TakeBackForm)


class AdvanceReturned(Conflict):
    code = "advance_returned"
    message = N_("垫付款已经全部收回并退还预算，不能再冲正到账")


async def record_receipt(session: AsyncSession, subject: Subject, case: Case, form: ReceiptForm) -> Done:
    """By the cashier; a dispute does not keep a unit from paying."""
    bill = await bill_in(session, case, form.bill_id, BillState.OPEN, BillState.DISPUTED)
    left = (await owed(session, [bill.source])).get(bill.source, 0)
    if form.amount_fen > left:
        raise invalid("amount_fen", "too_much", N_("超过尚欠金额 %(left)s 元"), left=f"{left / 100:.2f}")
    await receive(session, subject, case, bill, form.amount_fen, form.voucher_no)
    await issue(session, subject, case, RECEIPT, told(form, bill_id=bill.bill_no))
    return Done(data={"bill": bill.bill_no, "amount_fen": form.amount_fen})


async def receive(session: AsyncSession, subject: Subject, case: Case, bill: Bill, fen: int, voucher_no: str) -> None:
    """In the books and on the bill, which is settled when nothing is left."""
    ground = Ground(bill.ground)
    booking = Booking(
        case=case,
        debit=Account.CASH,
        credit=Account.RECEIVABLE,
        amount_fen=fen,
        tenant_id=bill.tenant_id,
        purpose=COST[ground][1],
        ground=ground,
        source=bill.source,
        payer=bill.payer,
        payer_name=bill.name,
        voucher_no=voucher_no,
    )
    (transaction,) = await ledger.post(session, subject, [booking])
    settled = not (await owed(session, [bill.source]))[bill.source]
    if settled:
        bill.state = BillState.SETTLED.value
    await add_step(
        session,
        subject,
        bill,
        StepKind.RECEIVED,
        amount_fen=fen,
        voucher_no=voucher_no,
        transaction_id=transaction,
    )
    if settled and ground is Ground.FEE:
        await budgets.give_back(session, subject, ground=ground, ground_id=bill.ground_id, fen=bill.amount_fen)


async def take_back_receipt(session: AsyncSession, subject: Subject, case: Case, form: TakeBackForm) -> Done:
    """By another person than who entered it: the reversal stands beside it, and the bill is open again."""
    step = await session.scalar(
        select(BillStep).where(BillStep.id == form.receipt_id, BillStep.kind == StepKind.RECEIVED)
    )
    if step is None or step.case_id != case.id or step.transaction_id is None:
        raise invalid("receipt_id", "not_a_choice", N_("请从所列项目中选择"))
    keep_apart(subject, {step.recorded_by: N_("到账登记人")})
    bill = await bill_in(session, case, step.bill_id, BillState.OPEN, BillState.DISPUTED, BillState.SETTLED)
    if bill.state == BillState.SETTLED and bill.ground == Ground.FEE:
        raise AdvanceReturned
    undone = await reversals.reverse(session, subject, step.transaction_id, reversals.Reason.AMOUNT)
    if bill.state == BillState.SETTLED:
        bill.state = BillState.OPEN.value
    fen = step.amount_fen
    kind = StepKind.TAKEN_BACK
    await add_step(session, subject, bill, kind, amount_fen=fen, reason=form.reason, transaction_id=undone)
    await issue(session, subject, case, TAKEN_BACK, told(form, receipt_id=step.voucher_no))
    return Done(data={"bill": bill.bill_no, "amount_fen": fen})


async def receipts(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Those that stand."""
    undone = await reversals.reversed_among(session, case.id)
    return [
        Option(str(step.id), f"{step.voucher_no} {(step.amount_fen or 0) / 100:,.2f}")
        for step in await steps_of(session, case.id)
        if step.kind == StepKind.RECEIVED and step.transaction_id not in undone
    ]


@by_facts(
    Fact(
        "exists (select from bill_steps s where s.case_id = :case and s.kind = 'received' and not exists ("
        "select from ledger_entries e where e.reverses = s.transaction_id))"
    )
)
def receipt_standing(subject: Subject, case: Case, stands: bool) -> DomainError | None:
    return None if stands else NoSuchBill()


ACTS = (
    Act("record-receipt", N_("登记到账"), Action.BATCH_RECONCILE, ReceiptForm, record_receipt, step=8),
    Act("take-back-receipt", N_("冲正到账"), Action.FEE_REVIEW, TakeBackForm, take_back_receipt, step=8),
)
GUARDS = {"receipt_standing": receipt_standing}
OPTIONS = {"receipts": receipts}
PAPERS = (RECEIPT, TAKEN_BACK)
