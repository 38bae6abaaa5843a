"""The ledger: double entry in integer fen, append-only. The database refuses a transaction that does not balance.

Three ledgers never mix: nothing is charged for mediation, third parties' fees are paid elsewhere; this is the third.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import Case
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from funding.purposes import Ground, Purpose
from tenants.models import Tenant
from tenants.subject import Subject


class Account(Choice):
    """COMMITTED and COMMITMENTS are a memorandum pair: promised, not yet incurred; they touch no other account."""

    RECEIVABLE = "receivable", N_("应收付款人")
    SUBSIDY = "subsidy", N_("办案成本补助")
    TRAVEL = "travel", N_("出差补助")
    DUTY = "duty", N_("值班补助")
    FEE = "fee", N_("财政承担的第三方费用")
    CASH = "cash", N_("专户资金")
    PAYABLE = "payable", N_("应付待发")
    ADVANCE = "advance", N_("垫付款")
    RECOVERABLE = "recoverable", N_("应追回款")
    COMMITTED = "committed", N_("已承诺")
    COMMITMENTS = "commitments", N_("承诺备查")
    BUDGET = "budget", N_("预算拨款")


class LedgerEntry(Base):
    """One side of a transaction. Corrected by a reversal and a new entry, never changed."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("debit_fen >= 0 and credit_fen >= 0 and (debit_fen = 0) <> (credit_fen = 0)", "one_side"),
        Index("ix_ledger_entries_case", "case_id"),
        Index("ix_ledger_entries_transaction", "transaction_id"),
        Index("ix_ledger_entries_account", "tenant_id", "year", "account", "transaction_id", "id"),
        Index("ix_ledger_entries_books", "tenant_id", "year", "transaction_id", "id"),
        Index("ix_ledger_entries_source", "source"),
        Index("ix_ledger_entries_report", "tenant_id", "account", "recorded_at", "id"),
        Index(
            "ix_ledger_entries_unit",
            "tenant_id",
            "payer_name",
            "recorded_at",
            "id",
            postgresql_where=text("account = 'receivable'"),
        ),
        Index(
            "uq_ledger_entries_reverses",
            "reverses",
            text("(debit_fen > 0)"),
            unique=True,
            postgresql_where=text("reverses is not null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    transaction_id: Mapped[UUID]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), comment="null: duty and budgets have none")
    account: Mapped[str]
    debit_fen: Mapped[int] = mapped_column(BigInteger)
    credit_fen: Mapped[int] = mapped_column(BigInteger)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="whose books")
    level: Mapped[str] = mapped_column(comment="tier of the books")
    year: Mapped[int] = mapped_column(SmallInteger)
    purpose: Mapped[str] = mapped_column(comment="code of purposes.Purpose")
    ground: Mapped[str] = mapped_column(comment="code of purposes.Ground: kind of what made the entry")
    source: Mapped[str] = mapped_column(comment="table and row that made the entry")
    payer: Mapped[str | None] = mapped_column(comment="code of answers.Payer, where one is charged")
    payer_name: Mapped[str | None] = mapped_column(comment="a unit's name, never a person's")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), comment="who received")
    voucher_no: Mapped[str | None]
    reverses: Mapped[UUID | None] = mapped_column(comment="the transaction that this one takes back, once")
    reason: Mapped[str | None] = mapped_column(comment="code of reversals.Reason")
    case_class: Mapped[str | None] = mapped_column(comment="of its case when it was booked")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class Booking(Struct, frozen=True, kw_only=True):
    """One amount from the account that gives (credit) to the account that takes (debit)."""

    case: Case | None = None
    debit: Account
    credit: Account
    amount_fen: int
    tenant_id: int
    purpose: Purpose
    ground: Ground
    source: str
    payer: str | None = None
    payer_name: str | None = None
    person_id: UUID | None = None
    voucher_no: str | None = None


async def post(session: AsyncSession, subject: Subject, bookings: Iterable[Booking]) -> list[UUID]:
    """Each booking is a transaction of its own, whose id comes back; one of nothing leaves no trace."""
    booked = [booking for booking in bookings if booking.amount_fen]
    pairs = [sides(session, subject, booking, await level_of(session, booking.tenant_id)) for booking in booked]
    for pair in pairs:
        session.add_all(pair)
    await session.flush()
    return [debit.transaction_id for debit, _ in pairs]


async def level_of(session: AsyncSession, tenant_id: int) -> str:
    return (await session.get_one(Tenant, tenant_id)).tier


def sides(session: AsyncSession, subject: Subject, booking: Booking, level: str) -> tuple[LedgerEntry, LedgerEntry]:
    """The debit and the credit of one transaction."""
    now = instant(session)
    same = {
        "transaction_id": new_id(now),
        "case_id": booking.case.id if booking.case else None,
        "case_class": booking.case.case_class if booking.case else None,
        "tenant_id": booking.tenant_id,
        "level": level,
        "year": local_date(now).year,
        "purpose": booking.purpose.value,
        "ground": booking.ground.value,
        "source": booking.source,
        "payer": booking.payer,
        "payer_name": booking.payer_name,
        "person_id": booking.person_id,
        "voucher_no": booking.voucher_no,
        "recorded_at": now,
        "recorded_by": subject.person_id,
    }
    fen = booking.amount_fen
    debit = LedgerEntry(id=new_id(now), account=booking.debit.value, debit_fen=fen, credit_fen=0, **same)
    credit = LedgerEntry(id=new_id(now), account=booking.credit.value, debit_fen=0, credit_fen=fen, **same)
    return debit, credit


async def entries_of(session: AsyncSession, case_id: UUID) -> list[LedgerEntry]:
    """In the order of booking, each transaction's debit before its credit."""
    order = (LedgerEntry.recorded_at, LedgerEntry.transaction_id, LedgerEntry.credit_fen)
    return list(await session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case_id).order_by(*order)))
