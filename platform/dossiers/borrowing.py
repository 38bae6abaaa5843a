"""借阅登记 (五(八)): each loan of a dossier, and each return of one, as a row that nobody alters or removes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base

LONGEST = 30
"""Days of one loan; who needs it longer returns it and borrows it again. Ours: no law names a number."""


class Manner(Choice):
    ON_THE_SPOT = "on_the_spot", N_("现场查阅")
    TAKEN_OUT = "taken_out", N_("借出")
    COPIED = "copied", N_("复制")


class Reader(Choice):
    """Who reads it: of the house, or another body, which needs the keeper's consent (档案法实施条例 34(2))."""

    OWN = "own", N_("本机构人员")
    OTHER = "other", N_("其他单位、个人")


class Condition(Choice):
    INTACT = "intact", N_("完好，页数相符")
    DAMAGED = "damaged", N_("有损坏")
    INCOMPLETE = "incomplete", N_("有缺页")


class Borrowing(Base):
    """One loan."""

    __tablename__ = "borrowings"
    __table_args__ = (UniqueConstraint("case_id", "ordinal"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    reader: Mapped[str] = mapped_column(comment="codes of dossiers.borrowing.Reader")
    borrower: Mapped[str] = mapped_column(Sealed("borrowings.borrower"), comment="the person's name")
    unit: Mapped[str] = mapped_column(comment="the body or office that the borrower comes from")
    letter_no: Mapped[str | None] = mapped_column(comment="of that body's letter")
    purpose: Mapped[str] = mapped_column(Sealed("borrowings.purpose"))
    manner: Mapped[str] = mapped_column(comment="codes of dossiers.borrowing.Manner")
    due_on: Mapped[date]
    consented_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), comment="who answers for the keeper")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class BorrowingReturn(Base):
    """The end of one loan."""

    __tablename__ = "borrowing_returns"
    __table_args__ = (UniqueConstraint("borrowing_id"), Index("ix_borrowing_returns_case", "case_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    borrowing_id: Mapped[UUID] = mapped_column(ForeignKey("borrowings.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    condition: Mapped[str] = mapped_column(comment="codes of dossiers.borrowing.Condition")
    note: Mapped[str | None] = mapped_column(Sealed("borrowing_returns.note"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
