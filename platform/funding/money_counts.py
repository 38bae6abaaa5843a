"""Counters of money by tenant and month; triggers keep them (`migrations.counting_money`), and reports sum them."""

from datetime import date

from sqlalchemy import BigInteger, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class MoneyCount(Base):
    """In fen, as it stands, reversals taken off; and as it was entered, which is what the ledger's page sums. `payer`
    and `case_class` are empty where an entry has none."""

    __tablename__ = "money_counts"
    __table_args__ = (Index("ix_money_counts_month", "month"),)

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True, comment="its first day")
    account: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    payer: Mapped[str] = mapped_column(primary_key=True)
    case_class: Mapped[str] = mapped_column(primary_key=True, comment="of the case when it was booked")
    debit_fen: Mapped[int] = mapped_column(BigInteger)
    credit_fen: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[int] = mapped_column(BigInteger)
    entered_debit_fen: Mapped[int] = mapped_column(BigInteger, comment="as entered: reversals are not taken off")
    entered_credit_fen: Mapped[int] = mapped_column(BigInteger, comment="as entered: reversals are not taken off")


class UnitBalance(Base):
    """What a unit was charged by a tenant in a year, and what came in."""

    __tablename__ = "unit_balances"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    payer_name: Mapped[str] = mapped_column(primary_key=True, comment="a unit's name, never a person's")
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    charged_fen: Mapped[int] = mapped_column(BigInteger)
    received_fen: Mapped[int] = mapped_column(BigInteger)


class SettledCount(Base):
    """Cases whose settlement was paid in full in the month. `ending`: settled, refused or empty, as of the case."""

    __tablename__ = "settled_counts"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    case_class: Mapped[str] = mapped_column(primary_key=True)
    ending: Mapped[str] = mapped_column(primary_key=True)
    cases: Mapped[int]
