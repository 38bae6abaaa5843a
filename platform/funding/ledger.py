"""The ledger of the subsidy: double entry, append-only. The database refuses a transaction that does not balance.

Three ledgers never mix: nothing is charged for mediation, third parties' fees are paid elsewhere; this is the third.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import Case
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from tenants.subject import Subject


class Account(Choice):
    RECEIVABLE = "receivable", N_("应收付款人")
    SUBSIDY = "subsidy", N_("办案成本补助")
    TRAVEL = "travel", N_("出差补助")
    CASH = "cash", N_("专户资金")


class LedgerEntry(Base):
    """One side of a transaction. Corrected by a reversal and a new entry, never changed."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("debit_fen >= 0 and credit_fen >= 0 and (debit_fen = 0) <> (credit_fen = 0)", "one_side"),
        Index("ix_ledger_entries_case", "case_id"),
        Index("ix_ledger_entries_transaction", "transaction_id"),
        Index("ix_ledger_entries_tenant_year", "tenant_id", "year", "account"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    transaction_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    account: Mapped[str]
    debit_fen: Mapped[int] = mapped_column(BigInteger)
    credit_fen: Mapped[int] = mapped_column(BigInteger)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="whose books")
    year: Mapped[int] = mapped_column(SmallInteger)
    payer: Mapped[str | None] = mapped_column(comment="code of answers.Payer, where one is charged")
    payer_name: Mapped[str | None] = mapped_column(comment="a unit's name, never a person's")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), comment="who received")
    source: Mapped[str] = mapped_column(comment="table and row that made the entry")
    voucher_no: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class Booking(Struct, frozen=True, kw_only=True):
    """One amount from the account that gives (credit) to the account that takes (debit)."""

    debit: Account
    credit: Account
    amount_fen: int
    tenant_id: int
    source: str
    payer: str | None = None
    payer_name: str | None = None
    person_id: UUID | None = None
    voucher_no: str | None = None


async def post(session: AsyncSession, subject: Subject, case: Case, bookings: Iterable[Booking]) -> None:
    """Each booking is a transaction of its own; one of nothing leaves no trace."""
    for booking in bookings:
        if booking.amount_fen:
            session.add_all(sides(session, subject, case, booking))
    await session.flush()


def sides(session: AsyncSession, subject: Subject, case: Case, booking: Booking) -> tuple[LedgerEntry, LedgerEntry]:
    """The debit and the credit of one transaction."""
    now = instant(session)
    same = {
        "transaction_id": new_id(now),
        "case_id": case.id,
        "tenant_id": booking.tenant_id,
        "year": local_date(now).year,
        "payer": booking.payer,
        "payer_name": booking.payer_name,
        "person_id": booking.person_id,
        "source": booking.source,
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
