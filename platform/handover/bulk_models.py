"""Many cases in one act: the batch as it was asked for, and one row for each case with what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base


class BatchKind(Choice):
    OFFER = "offer", N_("批量移交")
    REASSIGN = "reassign", N_("批量更换承办人")
    ACCEPT = "accept", N_("批量接收")
    RETURN = "return", N_("批量退回")
    WITHDRAW = "withdraw", N_("批量撤回移交")


class BatchState(Choice):
    RUNNING = "running", N_("办理中")
    DONE = "done", N_("已办完")
    CANCELLED = "cancelled", N_("已停止，其余未办")
    STOPPED = "stopped", N_("发起人已不在该岗位，其余未办")
    REORGANISED = "reorganised", N_("机构已撤并，其余未办；请在承接机构重新发起")


class ItemState(Choice):
    WAITING = "waiting", N_("待办")
    DONE = "done", N_("已办")
    REFUSED = "refused", N_("未能办理")
    NOT_FOUND = "not_found", N_("没有找到")
    CANCELLED = "cancelled", N_("未办（已停止）")


class Batch(Base):
    """Done on behalf of `person_id` in that post (and by that token), as long as both are in force."""

    __tablename__ = "bulk_batches"
    __table_args__ = (
        Index("ix_bulk_batches_office", "office_id", text("id desc")),
        Index("ix_bulk_batches_running", "person_id", postgresql_where=text("state = 'running'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    form: Mapped[dict[str, Any]] = mapped_column(comment="the act's own form, the same for every case")
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    token_id: Mapped[UUID | None] = mapped_column(ForeignKey("tokens.id"))
    total: Mapped[int]
    state: Mapped[str]
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class BatchItem(Base):
    """`asked` is the case's registration number; without a case that whoever asked sees, the number or id as given."""

    __tablename__ = "bulk_items"
    __table_args__ = (
        Index("uq_bulk_items_case", "batch_id", "case_id", unique=True),
        Index("ix_bulk_items_waiting", "batch_id", "ordinal", postgresql_where=text("state = 'waiting'")),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_batches.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asked: Mapped[str]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    state: Mapped[str]
    refusal: Mapped[dict[str, Any] | None] = mapped_column(comment="code, and msgids with their parameters")
    decided_at: Mapped[datetime | None]
