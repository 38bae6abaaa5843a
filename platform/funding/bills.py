"""Bills: what a payer that is not finance owes the fund, from the raising until it is paid or withdrawn.

A bill tells number, clause and amount, never who petitioned where. What is still owed stands in the ledger.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Guard
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.errors import Conflict, DomainError
from foundation.language import N_
from foundation.model import Base
from funding.ledger import Account, LedgerEntry
from tenants.subject import Subject


class BillState(Choice):
    WAITING = "waiting", N_("待书面承诺")
    OPEN = "open", N_("待付")
    DISPUTED = "disputed", N_("付款单位有异议")
    SETTLED = "settled", N_("已付清")
    WITHDRAWN = "withdrawn", N_("已撤销")


class StepKind(Choice):
    REMINDED = "reminded", N_("催缴")
    DISPUTED = "disputed", N_("提出异议")
    UPHELD = "upheld", N_("异议不成立")
    WITHDRAWN = "withdrawn", N_("异议成立，撤销账单")
    RECEIVED = "received", N_("到账")
    TAKEN_BACK = "taken_back", N_("到账冲正")


class Bill(Base):
    """One thing is billed once; a withdrawn bill stays as history."""

    __tablename__ = "bills"
    __table_args__ = (
        Index("ix_bills_case", "case_id"),
        Index("ix_bills_books", "tenant_id", "state", "due_on", "id"),
        Index("uq_bills_ground", "ground_id", unique=True, postgresql_where=text("state <> 'withdrawn'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="whose books")
    bill_no: Mapped[str] = mapped_column(unique=True)
    ground: Mapped[str] = mapped_column(comment="code of purposes.Ground")
    ground_id: Mapped[UUID] = mapped_column(comment="row of settlement_charges, travel_requests or fee_payments")
    payer: Mapped[str] = mapped_column(comment="code of answers.Payer")
    bearer: Mapped[str] = mapped_column(comment="code of answers.Bearer")
    name: Mapped[str | None] = mapped_column(comment="a unit's name, never a person's")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[str] = mapped_column(comment="row of the payer table")
    clause: Mapped[str]
    state: Mapped[str] = mapped_column(comment="code of BillState")
    transaction_id: Mapped[UUID | None] = mapped_column(comment="of the receivable; null while an undertaking lacks")
    due_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]

    @property
    def source(self) -> str:
        return f"bills:{self.id}"


class BillStep(Base):
    """What became of a bill, one row each; nothing of it waits for or changes the mediation."""

    __tablename__ = "bill_steps"
    __table_args__ = (Index("ix_bill_steps_case", "case_id"), Index("ix_bill_steps_bill", "bill_id", "recorded_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    bill_id: Mapped[UUID] = mapped_column(ForeignKey("bills.id"))
    kind: Mapped[str] = mapped_column(comment="code of StepKind")
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(Sealed("bill_steps.reason"))
    proof_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    voucher_no: Mapped[str | None]
    transaction_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class NoSuchBill(Conflict):
    code = "no_such_bill"
    message = N_("本案没有处于这一状态的账单")


async def bills_of(session: AsyncSession, case_id: UUID) -> list[Bill]:
    return list(await session.scalars(select(Bill).where(Bill.case_id == case_id).order_by(Bill.recorded_at, Bill.id)))


async def bills_in(session: AsyncSession, case_id: UUID, *states: BillState) -> list[Bill]:
    return [bill for bill in await bills_of(session, case_id) if bill.state in states]


async def bill_in(session: AsyncSession, case: Case, bill_id: UUID, *states: BillState) -> Bill:
    """The case's bill in one of the states, held until the transaction ends; else NoSuchBill."""
    query = select(Bill).where(Bill.id == bill_id, Bill.case_id == case.id, Bill.state.in_(states))
    bill = (await session.scalars(query.with_for_update())).one_or_none()
    if bill is None:
        raise NoSuchBill
    return bill


async def steps_of(session: AsyncSession, case_id: UUID) -> list[BillStep]:
    query = select(BillStep).where(BillStep.case_id == case_id).order_by(BillStep.recorded_at, BillStep.id)
    return list(await session.scalars(query))


async def owed(session: AsyncSession, sources: Collection[str]) -> dict[str, int]:
    """In fen, by source, as the ledger has it; a source with no entry is absent."""
    debt = func.sum(LedgerEntry.debit_fen - LedgerEntry.credit_fen)
    query = select(LedgerEntry.source, debt).where(
        LedgerEntry.source.in_(sources), LedgerEntry.account == Account.RECEIVABLE
    )
    return {source: int(fen) for source, fen in await session.execute(query.group_by(LedgerEntry.source))}


def standing_in(*states: BillState) -> Guard:
    """Met while a bill of the case is in one of the states."""

    @by_facts(STATES)
    def guard(subject: Subject, case: Case, found: list[str]) -> DomainError | None:
        return None if set(found) & {state.value for state in states} else NoSuchBill()

    return guard


STATES = Fact("array(select distinct state from bills where case_id = :case)")
GUARDS = {
    "bill_open": standing_in(BillState.OPEN),
    "bill_disputed": standing_in(BillState.DISPUTED),
    "bill_unpaid": standing_in(BillState.OPEN, BillState.DISPUTED),
}
