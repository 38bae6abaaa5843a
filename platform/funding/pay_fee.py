"""Finance pays a third party's fee: approved by the reviewer, paid by the cashier, from the line for fees alone."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from funding import books, budgets, ledger, promises
from funding.answers import Payer
from funding.bill_steps import told
from funding.fee_payments import FeePayment, PaymentState, kind_of, unapproved
from funding.fees import Fee
from funding.ledger import Booking
from funding.purposes import Ground, Purpose
from funding.reversals import Reason
from funding.separation import keep_apart, keep_director_apart
from policies.actions import Action
from tenants.subject import Subject


class FeeApprovalForm(Struct, frozen=True, kw_only=True):
    fee_id: Annotated[UUID, Meta(title=N_("财政应付的费用"), extra={"options": "fees_of_finance"})]
    reason: Annotated[str, Meta(title=N_("审核意见"), min_length=2, max_length=500, extra={"widget": "textarea"})]


class FeePaymentForm(Struct, frozen=True, kw_only=True):
    payment_id: Annotated[UUID, Meta(title=N_("待支付的费用"), extra={"options": "approved_fees"})]
    voucher_no: Annotated[str, Meta(title=N_("付款凭证号"), min_length=1, max_length=60)]


APPROVAL = PaperKind("fee_approval", N_("财政支付第三方费用审核意见"), Group.MONEY, form=FeeApprovalForm)
PAYMENT = PaperKind("fee_payment", N_("财政支付第三方费用记录"), Group.MONEY, form=FeePaymentForm)


async def approve_fee(session: AsyncSession, subject: Subject, case: Case, form: FeeApprovalForm) -> Done:
    """The amount is the table's; the year's line for fees holds it from now on."""
    waiting = await unapproved(session, case)
    if form.fee_id not in waiting:
        raise invalid("fee_id", "not_a_choice", N_("请从所列项目中选择"))
    fee, answer = waiting[form.fee_id]
    keep_apart(subject, {fee.recorded_by: N_("费用登记人")})
    await keep_director_apart(session, subject, case)
    now = instant(session)
    payment = FeePayment(
        id=new_id(now),
        case_id=case.id,
        fee_id=fee.id,
        kind=kind_of(fee, answer).value,
        state=PaymentState.APPROVED.value,
        tenant_id=answer.budget_tenant_id or await books.of_holder(session, case),
        amount_fen=answer.maximum_fen,
        approved_by=subject.person_id,
        recorded_at=now,
    )
    session.add(payment)
    await issue(session, subject, case, APPROVAL, told(form, fee_id=fee.institution))
    await promises.make(
        session,
        subject,
        case=case,
        tenant_id=payment.tenant_id,
        purpose=Purpose.FEES,
        ground=Ground.FEE,
        source=payment.source,
        fen=payment.amount_fen,
    )
    await budgets.reserve(
        session,
        subject,
        tenant_id=payment.tenant_id,
        year=local_date(now).year,
        purpose=Purpose.FEES,
        fen=payment.amount_fen,
        ground=Ground.FEE,
        ground_id=payment.id,
        case_id=case.id,
    )
    return Done(data={"kind": payment.kind, "amount_fen": payment.amount_fen})


async def pay_fee(session: AsyncSession, subject: Subject, case: Case, form: FeePaymentForm) -> Done:
    query = select(FeePayment).where(FeePayment.id == form.payment_id, FeePayment.case_id == case.id)
    payment = (await session.scalars(query.with_for_update())).one_or_none()
    if payment is None or payment.state != PaymentState.APPROVED:
        raise invalid("payment_id", "not_a_choice", N_("请从所列项目中选择"))
    fee = await session.get_one(Fee, payment.fee_id)
    keep_apart(subject, {payment.approved_by: N_("费用审核人"), fee.recorded_by: N_("费用登记人")})
    await promises.end(session, subject, payment.source, Reason.DONE)
    await ledger.post(session, subject, [_booking(case, payment, form.voucher_no)])
    payment.state, payment.voucher_no = PaymentState.PAID.value, form.voucher_no
    payment.paid_by, payment.paid_at = subject.person_id, instant(session)
    await issue(session, subject, case, PAYMENT, told(form, payment_id=fee.institution))
    await budgets.spend(session, subject, ground=Ground.FEE, ground_id=payment.id)
    return Done(data={"kind": payment.kind, "amount_fen": payment.amount_fen})


def _booking(case: Case, payment: FeePayment, voucher_no: str) -> Booking:
    return Booking(
        case=case,
        debit=payment.account,
        credit=ledger.Account.CASH,
        amount_fen=payment.amount_fen,
        tenant_id=payment.tenant_id,
        purpose=Purpose.FEES,
        ground=Ground.FEE,
        source=payment.source,
        payer=Payer.FINANCE.value,
        voucher_no=voucher_no,
    )


ACTS = (
    Act("approve-fee", N_("审核财政支付的费用"), Action.FEE_REVIEW, FeeApprovalForm, approve_fee),
    Act("pay-fee", N_("支付第三方费用"), Action.SUBSIDY_PAY, FeePaymentForm, pay_fee),
)
PAPERS = (APPROVAL, PAYMENT)
