"""A unit disputes its bill: it has no account, so the workroom records it, and another person answers."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation import files
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import Conflict
from foundation.language import N_
from foundation.store import instant
from funding import advances, budgets, reversals
from funding.bill_raising import COST
from funding.bill_steps import add_step, told
from funding.bills import Bill, BillState, BillStep, StepKind, bill_in, owed
from funding.fee_payments import FeePayment
from funding.purposes import Ground
from funding.separation import keep_apart
from policies.actions import Action
from tenants.subject import Subject


class DisputeForm(Struct, frozen=True, kw_only=True):
    bill_id: Annotated[UUID, Meta(title=N_("账单"), extra={"options": "open_bills"})]
    reason: Annotated[str, Meta(title=N_("异议理由"), min_length=2, max_length=1000, extra={"widget": "textarea"})]
    proof: Annotated[UUID, Meta(title=N_("单位的书面异议"), extra={"widget": "file"})] | None = None


class Finding(Choice):
    UPHELD = "upheld", N_("异议不成立，账单有效")
    WITHDRAWN = "withdrawn", N_("异议成立，撤销账单，由财政承担")


class AnswerForm(Struct, frozen=True, kw_only=True):
    bill_id: Annotated[UUID, Meta(title=N_("有异议的账单"), extra={"options": "disputed_bills"})]
    finding: Annotated[Finding, Meta(title=N_("处理结果"))]
    reason: Annotated[str, Meta(title=N_("理由"), min_length=2, max_length=1000, extra={"widget": "textarea"})]


DISPUTE = PaperKind("bill_dispute", N_("账单异议记录"), Group.MONEY, form=DisputeForm)
ANSWER = PaperKind("bill_answer", N_("账单异议答复"), Group.MONEY, form=AnswerForm)


class PartlyPaid(Conflict):
    code = "partly_paid"
    message = N_("这张账单已有到账，请先冲正到账，再撤销账单")


async def record_dispute(session: AsyncSession, subject: Subject, case: Case, form: DisputeForm) -> Done:
    """Reminders stop until it is answered."""
    bill = await bill_in(session, case, form.bill_id, BillState.OPEN)
    if form.proof is not None:
        await files.of_case(session, case.id, form.proof)
    bill.state = BillState.DISPUTED.value
    await add_step(session, subject, bill, StepKind.DISPUTED, reason=form.reason, proof_id=form.proof)
    await issue(session, subject, case, DISPUTE, told(form, bill_id=bill.bill_no))
    return Done(data={"bill": bill.bill_no})


async def answer_dispute(session: AsyncSession, subject: Subject, case: Case, form: AnswerForm) -> Done:
    """By somebody else than who raised the bill or recorded the dispute. Withdrawn, the cost is finance's."""
    bill = await bill_in(session, case, form.bill_id, BillState.DISPUTED)
    keep_apart(subject, {bill.recorded_by: N_("账单开具人"), await _recorder(session, bill): N_("异议登记人")})
    if form.finding is Finding.UPHELD:
        bill.state = BillState.OPEN.value
        await add_step(session, subject, bill, StepKind.UPHELD, reason=form.reason)
    else:
        await _withdraw(session, subject, case, bill, form.reason)
    await issue(session, subject, case, ANSWER, told(form, bill_id=bill.bill_no))
    return Done(data={"bill": bill.bill_no, "finding": form.finding.value})


async def _withdraw(session: AsyncSession, subject: Subject, case: Case, bill: Bill, reason: str) -> None:
    """The receivable is taken back; the budget carries what it had relieved, unless it has paid it in advance."""
    if (await owed(session, [bill.source])).get(bill.source) != bill.amount_fen or bill.transaction_id is None:
        raise PartlyPaid
    taken_back = await reversals.reverse(session, subject, bill.transaction_id, reversals.Reason.PAYER)
    bill.state = BillState.WITHDRAWN.value
    await add_step(session, subject, bill, StepKind.WITHDRAWN, reason=reason, transaction_id=taken_back)
    ground = Ground(bill.ground)
    if ground is Ground.FEE:
        await advances.bear(session, subject, case, await session.get_one(FeePayment, bill.ground_id))
        return
    await budgets.reserve(
        session,
        subject,
        tenant_id=bill.tenant_id,
        year=local_date(instant(session)).year,
        purpose=COST[ground][1],
        fen=bill.amount_fen,
        ground=ground,
        ground_id=bill.id,
        case_id=bill.case_id,
    )
    await budgets.spend(session, subject, ground=ground, ground_id=bill.id)


async def _recorder(session: AsyncSession, bill: Bill) -> UUID | None:
    query = select(BillStep.recorded_by).where(BillStep.bill_id == bill.id, BillStep.kind == StepKind.DISPUTED)
    recorder: UUID | None = await session.scalar(query.order_by(BillStep.recorded_at.desc()).limit(1))
    return recorder


ACTS = (
    Act("record-bill-dispute", N_("登记账单异议"), Action.FEE_RECORD, DisputeForm, record_dispute, step=8, files=True),
    Act("answer-bill-dispute", N_("答复账单异议"), Action.FEE_REVIEW, AnswerForm, answer_dispute, step=8),
)
PAPERS = (DISPUTE, ANSWER)
