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
from funding.decisions import PayerDecision
from funding.fee_payments import (
    FeeElsewhere,
    FeePayment,
    FeeReviewedElsewhere,
    PaymentState,
    kind_of,
    own_payments,
    payments_in,
    unapproved,
)
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
    waiting = await unapproved(session, case)
    if form.fee_id not in waiting:
        raise invalid("fee_id", "not_a_choice", N_("请从所列项目中选择"))
    bearer = waiting[form.fee_id][1].budget_tenant_id
    if bearer not in await budgets.near(session, {bearer}):
        raise FeeReviewedElsewhere
    return await approve(session, subject, case, *waiting[form.fee_id], form)


async def approve(
    session: AsyncSession, subject: Subject, case: Case, fee: Fee, answer: PayerDecision, form: FeeApprovalForm
) -> Done:
    """The amount is the table's; the year's line for fees of whoever bears it holds it from now on."""
    keep_apart(subject, {fee.recorded_by: N_("费用登记人")})
    await keep_director_apart(session, subject, case)
    now = instant(session)
    payment = FeePayment(
        id=new_id(now),
        case_id=case.id,
        fee_id=fee.id,
        kind=kind_of(fee, answer).value,
        state=PaymentState.APPROVED.value,
        tenant_id=await _books(session, case, answer),
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


async def _books(session: AsyncSession, case: Case, answer: PayerDecision) -> int:
    """Of whom the answer names, or who took its place."""
    bearer = answer.budget_tenant_id or await books.of_holder(session, case)
    return (await books.heirs(session, {bearer}))[bearer]


async def pay_fee(session: AsyncSession, subject: Subject, case: Case, form: FeePaymentForm) -> Done:
    query = select(FeePayment).where(FeePayment.id == form.payment_id, FeePayment.case_id == case.id)
    payment = (await session.scalars(query.with_for_update())).one_or_none()
    if payment is None or payment.state != PaymentState.APPROVED:
        raise invalid("payment_id", "not_a_choice", N_("请从所列项目中选择"))
    if payment not in await own_payments(session, subject, [payment]):
        raise FeeElsewhere
    return await pay(session, subject, case, payment, form)


async def pay(session: AsyncSession, subject: Subject, case: Case, payment: FeePayment, form: FeePaymentForm) -> Done:
    """From the books that approved it, whoever holds the case by now."""
    fee = await session.get_one(Fee, payment.fee_id)
    keep_apart(subject, {payment.approved_by: N_("费用审核人"), fee.recorded_by: N_("费用登记人")})
    promise = await promises.end(session, subject, payment.source, Reason.DONE)
    debit = payment.account if promise is not None else ledger.Account.PAYABLE
    await ledger.post(session, subject, [_booking(case, payment, debit, ledger.Account.CASH, form.voucher_no)])
    payment.state, payment.voucher_no = PaymentState.PAID.value, form.voucher_no
    payment.paid_by, payment.paid_at = subject.person_id, instant(session)
    await issue(session, subject, case, PAYMENT, told(form, payment_id=fee.institution))
    await budgets.spend(session, subject, ground=Ground.FEE, ground_id=payment.id)
    return Done(data={"kind": payment.kind, "amount_fen": payment.amount_fen})


async def accrue(session: AsyncSession, subject: Subject, case: Case) -> None:
    """The case has gone on: a fee that was approved had arisen, so it stays a cost of those books, still to be paid."""
    holder = await books.of_holder(session, case)
    for payment in await payments_in(session, case.id, PaymentState.APPROVED):
        if payment.tenant_id != holder and await promises.end(session, subject, payment.source, Reason.DONE):
            cost = _booking(case, payment, payment.account, ledger.Account.PAYABLE)
            await ledger.post(session, subject, [cost])


def _booking(
    case: Case, payment: FeePayment, debit: ledger.Account, credit: ledger.Account, voucher_no: str | None = None
) -> Booking:
    return Booking(
        case=case,
        debit=debit,
        credit=credit,
        amount_fen=payment.amount_fen,
        tenant_id=payment.tenant_id,
        purpose=Purpose.FEES,
        ground=Ground.FEE,
        source=payment.source,
        payer=Payer.FINANCE.value,
        voucher_no=voucher_no,
    )


APPROVE = Act("approve-fee", N_("审核财政支付的费用"), Action.FEE_REVIEW, FeeApprovalForm, approve_fee)
PAY = Act("pay-fee", N_("支付第三方费用"), Action.SUBSIDY_PAY, FeePaymentForm, pay_fee)
ACTS = (APPROVE, PAY)
PAPERS = (APPROVAL, PAYMENT)
