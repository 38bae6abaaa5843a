"""A person-day of duty as it stands on file: at most one counts for each person and day, in whichever tenants."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base
from funding.trace import TraceLine
from organisation.duty_attendance import DutyAttendance


class DayStatus(Choice):
    CLAIMED = "claimed", N_("已签到，待审核")
    UNDECIDED = "undecided", N_("待补充事实或者规则")
    APPROVED = "approved", N_("已审核")
    MERGED = "merged", N_("同日已计一人天")
    REFUSED = "refused", N_("不予支付")


COUNTS = text("status in ('claimed', 'undecided', 'approved')")


class PersonDay(Base):
    """Made by an attendance. `trace`: what the payer table answered last (E)."""

    __tablename__ = "duty_days"
    __table_args__ = (
        Index("uq_duty_days_person_day", "person_id", "day", unique=True, postgresql_where=COUNTS),
        Index("ix_duty_days_tenant", "tenant_id", "day"),
        Index("ix_duty_days_pay", "pay_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="of the station")
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), comment="the station")
    attendance_id: Mapped[UUID] = mapped_column(ForeignKey(DutyAttendance.id), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(comment="code of words.DutyDay")
    status: Mapped[str] = mapped_column(comment="code of DayStatus")
    fen: Mapped[int] = mapped_column(BigInteger, comment="0 unless something is payable")
    budget_tenant_id: Mapped[int | None] = mapped_column(comment="whose finance: FIN(t) of the station")
    line: Mapped[str] = mapped_column(comment="row of the payer table")
    refusal: Mapped[str | None] = mapped_column(comment="code of answers.Refusal")
    trace: Mapped[list[Any]] = mapped_column(JSONB)
    pay_id: Mapped[UUID | None] = mapped_column(ForeignKey("duty_pays.id"), comment="with which it is paid")
    recorded_at: Mapped[datetime]

    @property
    def lines(self) -> list[TraceLine]:
        """The trace, each line to be rendered in the reader's language."""
        return msgspec.convert(self.trace, list[TraceLine])


class PayStatus(Choice):
    APPROVED = "approved", N_("已审核，待支付")
    PAID = "paid", N_("已支付")
    RETURNED = "returned", N_("已退回重审")


class DutySheet(Base):
    """One approval of a month; what comes in later is approved by another."""

    __tablename__ = "duty_sheets"
    __table_args__ = (Index("ix_duty_sheets_tenant", "tenant_id", "month"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    month: Mapped[date] = mapped_column(comment="its first day")
    approved_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    approved_at: Mapped[datetime]


class DutyPay(Base):
    """All that one person gets by one sheet from one tenant's finance: the line of a bank's form."""

    __tablename__ = "duty_pays"
    __table_args__ = (Index("ix_duty_pays_tenant", "tenant_id", "status"), Index("ix_duty_pays_sheet", "sheet_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("duty_sheets.id"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="of the station")
    budget_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="whose books")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    days: Mapped[int]
    fen: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(comment="code of PayStatus")
    reason: Mapped[str | None] = mapped_column(comment="why it was returned, in words without a name")
    recorded_at: Mapped[datetime]
