"""What finance advanced, once it is known who bears it (B10): a cost of its own, or a bill to whoever is at fault.

And what a party advanced: refunded by finance through `pay_fee`, or by whoever is at fault, directly and with proof.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import BigInteger, ForeignKey, Index, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Act, Done, Option
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation import files
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from funding import decisions, ledger
from funding.answers import Payer
from funding.bill_raising import Debt, raise_one
from funding.bill_steps import told
from funding.decisions import PayerDecision
from funding.fee_payments import FeePayment, PaymentKind, PaymentState, payments_in
from funding.fees import Fee, fees_of
from funding.findings import in_force
from funding.ledger import Account, Booking
from funding.purposes import Ground, Purpose
from funding.words import Advancer, Fault
from policies.actions import Action
from tenants.subject import Subject


class FeeRefund(Base):
    """What whoever is at fault has paid back to the party that advanced a fee; it never went through the fund."""

    __tablename__ = "fee_refunds"
    __table_args__ = (Index("ix_fee_refunds_case", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    fee_id: Mapped[UUID] = mapped_column(ForeignKey("fees.id"))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    refunded_on: Mapped[date]
    proof_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class RefundForm(Struct, frozen=True, kw_only=True):
    fee_id: Annotated[UUID, Meta(title=N_("当事人垫付的费用"), extra={"options": "advanced_by_party"})]
    amount_fen: Annotated[int, Meta(title=N_("退还金额"), ge=1, extra={"widget": "money"})]
    refunded_on: Annotated[date, Meta(title=N_("退还日期"))]
    proof: Annotated[UUID, Meta(title=N_("退还凭据"), extra={"widget": "file"})]


REFUND = PaperKind("fee_refund", N_("垫付费用退还记录"), Group.MONEY, form=RefundForm)


async def follow(session: AsyncSession, subject: Subject, case: Case) -> None:
    """After a new answer: each advance that is no longer open becomes finance's cost or a bill."""
    advances = [
        one for one in await payments_in(session, case.id, PaymentState.PAID) if one.kind == PaymentKind.ADVANCE
    ]
    answers = await decisions.latest(session, case.id) if advances else {}
    for payment in advances:
        answer = answers.get(payment.fee_id)
        if answer is None or answer.payer is None or answer.refundable:
            continue
        if answer.payer == Payer.FINANCE:
            await bear(session, subject, case, payment)
        else:
            await raise_one(session, subject, case, await _debt(session, case, payment, answer))
        payment.state = PaymentState.SETTLED.value


async def bear(session: AsyncSession, subject: Subject, case: Case, payment: FeePayment) -> None:
    """What was advanced is finance's own cost; the budget has borne it since it was paid."""
    cost = Booking(
        case=case,
        debit=Account.FEE,
        credit=Account.ADVANCE,
        amount_fen=payment.amount_fen,
        tenant_id=payment.tenant_id,
        purpose=Purpose.FEES,
        ground=Ground.FEE,
        source=payment.source,
        payer=Payer.FINANCE.value,
    )
    await ledger.post(session, subject, [cost])


async def _debt(session: AsyncSession, case: Case, payment: FeePayment, answer: PayerDecision) -> Debt:
    """A unit is named; a person at fault is not."""
    found = (await in_force(session, case.id)).fault
    named = found is not None and found.fault != Fault.PERSON
    return Debt(
        ground=Ground.FEE,
        ground_id=payment.id,
        tenant_id=payment.tenant_id,
        amount_fen=payment.amount_fen,
        payer=answer.payer or Payer.FAULT_PARTY.value,
        bearer=answer.bearer or "",
        name=found.form.unit_name if found is not None and named else None,
        line=answer.line,
        clause=answer.clause,
    )


async def record_refund(session: AsyncSession, subject: Subject, case: Case, form: RefundForm) -> Done:
    fees = await refundable(session, case)
    if form.fee_id not in fees:
        raise invalid("fee_id", "not_a_choice", N_("请从所列项目中选择"))
    if form.amount_fen > fees[form.fee_id][1]:
        raise invalid("amount_fen", "too_much", N_("超过尚未退还的垫付金额"))
    if form.refunded_on > local_date(instant(session)):
        raise invalid("refunded_on", "in_future", N_("日期不能晚于今天"))
    await files.of_case(session, case.id, form.proof)
    session.add(
        FeeRefund(
            id=new_id(instant(session)),
            case_id=case.id,
            fee_id=form.fee_id,
            amount_fen=form.amount_fen,
            refunded_on=form.refunded_on,
            proof_id=form.proof,
            recorded_at=instant(session),
            recorded_by=subject.person_id,
        )
    )
    await issue(session, subject, case, REFUND, told(form, fee_id=fees[form.fee_id][0].institution))
    return Done(data={"amount_fen": form.amount_fen})


async def refundable(session: AsyncSession, case: Case) -> dict[UUID, tuple[Fee, int]]:
    """Fees that a party advanced and another than finance bears, with what has not come back yet, in fen."""
    answers = await decisions.latest(session, case.id)
    back = await refunded(session, case.id)
    open_ = {}
    for fee in await fees_of(session, case.id):
        answer, left = answers.get(fee.id), fee.actual_fen - back.get(fee.id, 0)
        advanced = fee.form.advancer is Advancer.PARTY and fee.paid_on is not None
        if advanced and left and answer is not None and _borne_by_another(answer):
            open_[fee.id] = (fee, left)
    return open_


async def refunded(session: AsyncSession, case_id: UUID) -> dict[UUID, int]:
    """By fee, what has come back to the party that advanced it, in fen."""
    query = select(FeeRefund.fee_id, func.sum(FeeRefund.amount_fen)).where(FeeRefund.case_id == case_id)
    return {fee: int(fen) for fee, fen in await session.execute(query.group_by(FeeRefund.fee_id))}


def _borne_by_another(answer: PayerDecision) -> bool:
    return answer.payer not in (None, Payer.FINANCE) and not answer.refundable


async def refund_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [
        Option(str(fee.id), f"{fee.institution} {left / 100:,.2f}")
        for fee, left in (await refundable(session, case)).values()
    ]


ACTS = (Act("record-refund", N_("登记垫付费用的退还"), Action.FEE_RECORD, RefundForm, record_refund, files=True),)
OPTIONS = {"advanced_by_party": refund_options}
PAPERS = (REFUND,)
