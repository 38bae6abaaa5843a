"""A third party's fee as far as finance pays it: as its own cost, as an advance, or back to the party that advanced it.

六(四)2, 3. Everybody else pays the institution directly; that never comes through the fund.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Option
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.choice import Choice
from foundation.errors import Conflict, DomainError
from foundation.language import N_, translate
from foundation.model import Base
from funding import books, budgets, decisions
from funding.answers import Payer
from funding.decisions import PayerDecision
from funding.fees import Fee, fees_of
from funding.ledger import Account
from funding.words import Advancer
from funding.words import Fee as FeeKind
from tenants.subject import Subject


class PaymentKind(Choice):
    COST = "cost", N_("财政承担")
    ADVANCE = "advance", N_("财政垫付")
    REFUND = "refund", N_("财政退还当事人垫付的费用")


class PaymentState(Choice):
    APPROVED = "approved", N_("已审批，待支付")
    PAID = "paid", N_("已支付")
    SETTLED = "settled", N_("垫付已了结")


class FeePayment(Base):
    """One for each fee. An advance is settled when it is known who bears it: finance for good, or a bill goes out."""

    __tablename__ = "fee_payments"
    __table_args__ = (
        Index("ix_fee_payments_case", "case_id"),
        Index("uq_fee_payments_fee", "fee_id", unique=True),
        Index("ix_fee_payments_books", "tenant_id", "state", "recorded_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    fee_id: Mapped[UUID] = mapped_column(ForeignKey("fees.id"))
    kind: Mapped[str] = mapped_column(comment="code of PaymentKind")
    state: Mapped[str] = mapped_column(comment="code of PaymentState")
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="whose books")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    approved_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    paid_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    paid_at: Mapped[datetime | None]
    voucher_no: Mapped[str | None]
    recorded_at: Mapped[datetime]

    @property
    def source(self) -> str:
        return f"fee_payments:{self.id}"

    @property
    def account(self) -> Account:
        return Account.ADVANCE if self.kind == PaymentKind.ADVANCE else Account.FEE


class NoSuchFee(Conflict):
    code = "no_such_fee"
    message = N_("本案没有应由财政支付、处于这一环节的费用")


class FeeElsewhere(Conflict):
    code = "fee_elsewhere"
    message = N_("这笔费用由审批时的承办单位列支，由该单位的出纳支付")


class FeeReviewedElsewhere(Conflict):
    code = "fee_reviewed_elsewhere"
    message = N_("这笔费用发生时由另一单位承办，由该单位的审核人在“补助申报”中审核")


async def payments_of(session: AsyncSession, case_id: UUID) -> list[FeePayment]:
    query = select(FeePayment).where(FeePayment.case_id == case_id).order_by(FeePayment.recorded_at, FeePayment.id)
    return list(await session.scalars(query))


async def payments_in(session: AsyncSession, case_id: UUID, state: PaymentState) -> list[FeePayment]:
    return [payment for payment in await payments_of(session, case_id) if payment.state == state]


async def unapproved(session: AsyncSession, case: Case) -> dict[UUID, tuple[Fee, PayerDecision]]:
    """Fees that by the answer in force finance pays, and that nobody has approved yet."""
    answers = await decisions.latest(session, case.id)
    done = {payment.fee_id for payment in await payments_of(session, case.id)}
    return {
        fee.id: (fee, answers[fee.id])
        for fee in await fees_of(session, case.id)
        if fee.id in answers and fee.id not in done and answers[fee.id].payer == Payer.FINANCE
    }


def kind_of(fee: Fee, answer: PayerDecision) -> PaymentKind:
    """What a party has paid already goes back to it; an answer that may change is an advance."""
    if answer.refundable:
        return PaymentKind.ADVANCE
    advanced = fee.form.advancer is Advancer.PARTY and fee.paid_on is not None
    return PaymentKind.REFUND if advanced else PaymentKind.COST


async def unapproved_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    waiting = (await unapproved(session, case)).values()
    near = await budgets.near(session, {answer.budget_tenant_id for _, answer in waiting})
    return [
        Option(str(fee.id), f"{translate(FeeKind(fee.kind).label)} {fee.institution} {fee.actual_fen / 100:,.2f}")
        for fee, answer in waiting
        if answer.budget_tenant_id in near
    ]


async def approved_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    fees = {fee.id: fee for fee in await fees_of(session, case.id)}
    approved = await payments_in(session, case.id, PaymentState.APPROVED)
    return [
        Option(str(payment.id), f"{fees[payment.fee_id].institution} {payment.amount_fen / 100:,.2f}")
        for payment in await own_payments(session, subject, approved)
    ]


async def own_payments(session: AsyncSession, subject: Subject, payments: Sequence[FeePayment]) -> list[FeePayment]:
    """In the books of the subject's tenant, or of one that was merged into it."""
    heirs = await books.heirs(session, {payment.tenant_id for payment in payments})
    return [payment for payment in payments if heirs[payment.tenant_id] == subject.tenant_id]


BEARERS = Fact(
    "(select bool_or(d.budget_tenant_id is null or budget_near(coalesce(heir_of(d.budget_tenant_id),"
    " d.budget_tenant_id))) from fees f cross join lateral (select payer, budget_tenant_id from payer_decisions"
    " where about_id = f.id order by recorded_at desc, id desc limit 1) d where f.case_id = :case"
    f" and d.payer = '{Payer.FINANCE.value}' and not exists (select from fee_payments p where p.fee_id = f.id))"
)
"""Whether the budget of one that waits is within reach; nothing where none waits."""


@by_facts(BEARERS)
def finance_pays_fee(subject: Subject, case: Case, near: bool | None) -> DomainError | None:
    """Reviewed where it arose: a case that has gone on does not take it along (`gone_fee_reviews`)."""
    if near is None:
        return NoSuchFee()
    return None if near else FeeReviewedElsewhere()


BOOKS = Fact(
    "(select array_agg(distinct coalesce(heir_of(tenant_id), tenant_id)) from fee_payments"
    f" where case_id = :case and state = '{PaymentState.APPROVED.value}')"
)
"""Whose books the approved ones stand in."""


@by_facts(BOOKS)
def fee_approved(subject: Subject, case: Case, found: list[int] | None) -> DomainError | None:
    """Paid by the cashier of those books; a case that has gone on does not take the payment along (`gone_fees`)."""
    if not found:
        return NoSuchFee()
    return None if subject.tenant_id in found else FeeElsewhere()


@by_facts(Fact("exists (select from fees where case_id = :case and paid_on is not null)"))
def fee_paid(subject: Subject, case: Case, paid: bool) -> DomainError | None:
    return None if paid else NoSuchFee()


GUARDS = {"fee_paid": fee_paid, "finance_pays_fee": finance_pays_fee, "fee_approved": fee_approved}
OPTIONS = {"fees_of_finance": unapproved_options, "approved_fees": approved_options}
