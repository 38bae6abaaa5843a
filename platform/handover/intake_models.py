"""Files of cases in progress on their way in: kept sealed, and no longer than a day or until they are in."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base


class IntakeState(Choice):
    UPLOADED = "uploaded", N_("已上传，待对应")
    CHECKED = "checked", N_("已试运行")
    CONFIRMED = "confirmed", N_("正在接入")
    IMPORTED = "imported", N_("已接入")
    DROPPED = "dropped", N_("已放弃，内容已删除")
    EXPIRED = "expired", N_("超过24小时未接入，内容已删除")


class Intake(Base):
    """One file, or one call of the API. What it holds of persons is sealed; it goes once in, dropped or a day old.

    A file that is not in yet is its own office's alone.
    """

    __tablename__ = "intakes"
    __table_args__ = (Index("ix_intakes_office", "office_id", "recorded_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), comment="who uploaded it")
    post_id: Mapped[UUID | None] = mapped_column(comment="in which post")
    mapped_by: Mapped[UUID | None] = mapped_column(comment="who last said what its columns are; null = the uploader")
    confirmed_by: Mapped[UUID | None] = mapped_column(comment="for whom it comes in")
    confirmed_post: Mapped[UUID | None] = mapped_column(comment="in which post")
    state: Mapped[str]
    system: Mapped[str] = mapped_column(comment="the system that it comes from, by name")
    sender: Mapped[str] = mapped_column(comment="the unit that hands over, by name")
    sent_on: Mapped[date]
    receipt_no: Mapped[str | None] = mapped_column(comment="number of the list that both sides signed")
    kind: Mapped[str] = mapped_column(comment="csv | xlsx | json")
    lines: Mapped[int] = mapped_column(comment="of the file, without its header")
    name: Mapped[str | None] = mapped_column(Sealed("intakes.name"), comment="of the file")
    content: Mapped[dict[str, Any] | None] = mapped_column(
        Sealed("intakes.content"), deferred=True, comment="what was read of it, as text; null = gone"
    )
    mapping: Mapped[dict[str, Any] | None] = mapped_column(Sealed("intakes.mapping"), deferred=True)
    report: Mapped[dict[str, Any] | None] = mapped_column(
        Sealed("intakes.report"), deferred=True, comment="of the dry run"
    )
    cases: Mapped[int | None] = mapped_column(comment="how many came in")
    recorded_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    imported_at: Mapped[datetime | None]


class IntakeMapping(Base):
    """An office's own way to read the files of one system, kept for the next file."""

    __tablename__ = "intake_mappings"
    __table_args__ = (UniqueConstraint("office_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    name: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(Sealed("intake_mappings.content"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
