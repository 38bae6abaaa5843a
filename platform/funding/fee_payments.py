"""A third party's fee as far as finance pays it: as its own cost, as an advance, or back to the party that advanced it.

六(四)2, 3. Everybody else pays the institution directly; that never comes through the fund.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Guard, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.choice import Choice
from foundation.errors import Conflict, DomainError
from foundation.language import N_, translate
from foundation.model import Base
from funding import decisions
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
    return [
        Option(str(fee.id), f"{translate(FeeKind(fee.kind).label)} {fee.institution} {fee.actual_fen / 100:,.2f}")
        for fee, _ in (await unapproved(session, case)).values()
    ]


async def approved_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    fees = {fee.id: fee for fee in await fees_of(session, case.id)}
    return [
        Option(str(payment.id), f"{fees[payment.fee_id].institution} {payment.amount_fen / 100:,.2f}")
        for payment in await payments_in(session, case.id, PaymentState.APPROVED)
    ]


@by_facts(
    Fact(
        "exists (select from fees f where f.case_id = :case and not exists (select from fee_payments p"
        " where p.fee_id = f.id) and (select d.payer from payer_decisions d where d.about_id = f.id"
        " order by d.recorded_at desc, d.id desc limit 1) = 'finance')"
    )
)
def finance_pays_fee(subject: Subject, case: Case, waits: bool) -> DomainError | None:
    return None if waits else NoSuchFee()


def payment_in(state: PaymentState) -> Guard:
    @by_facts(Fact(f"exists (select from fee_payments where case_id = :case and state = '{state.value}')"))
    def guard(subject: Subject, case: Case, found: bool) -> DomainError | None:
        return None if found else NoSuchFee()

    return guard


@by_facts(Fact("exists (select from fees where case_id = :case and paid_on is not null)"))
def fee_paid(subject: Subject, case: Case, paid: bool) -> DomainError | None:
    return None if paid else NoSuchFee()


GUARDS = {"fee_paid": fee_paid, "finance_pays_fee": finance_pays_fee, "fee_approved": payment_in(PaymentState.APPROVED)}
OPTIONS = {"fees_of_finance": unapproved_options, "approved_fees": approved_options}
