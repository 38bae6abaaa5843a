"""A change of rates or of the province's choices in the making: drafted, previewed, approved by two, from a day on.

Its own tenant's people read it and write it; only the database puts it in force (0050, `approve_tariff`).
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base

OVERTAKEN = text("select tariff_overtaken(:change)")


class ChangeState(Choice):
    OPEN = "open", N_("起草中")
    APPROVED = "approved", N_("变更已批准")
    WITHDRAWN = "withdrawn", N_("已撤回")


class RateItem(msgspec.Struct, frozen=True, kw_only=True):
    """A rate from the effective day on; `ends`: from that day on there is none of this level."""

    key: str
    minimum_fen: int
    maximum_fen: int
    unit: str
    clause: str
    source: str
    ends: bool = False


class ChoiceItem(msgspec.Struct, frozen=True, kw_only=True):
    """A choice of the province in an open row; without `choice` the row is open again: ask."""

    row: str
    choice: str
    reason: str
    source: str


class Content(msgspec.Struct, frozen=True, kw_only=True):
    rates: tuple[RateItem, ...] = ()
    choices: tuple[ChoiceItem, ...] = ()


class TariffChange(Base):
    __tablename__ = "tariff_changes"
    __table_args__ = (Index("ix_tariff_changes_tenant", "tenant_id", "made_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="whose rates; the province's hold for all")
    title: Mapped[str] = mapped_column(comment="what is to change, and why")
    effective_on: Mapped[date]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(comment="open approved withdrawn")
    version: Mapped[int] = mapped_column(comment="counts its changes: what was seen must be what is approved")
    made_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    justice_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), comment="head of the justice side")
    justice_at: Mapped[datetime | None]
    petition_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), comment="head of the petition side")
    petition_at: Mapped[datetime | None]

    @property
    def items(self) -> Content:
        return msgspec.convert(self.content, Content)


class PreviewState(Choice):
    RUNNING = "running", N_("正在试算")
    DONE = "done", N_("试算完成")


class TariffPreview(Base):
    """What the last year would have cost; counted slice by slice: it may be watched, and goes on after a halt."""

    __tablename__ = "tariff_previews"
    __table_args__ = (UniqueConstraint("change_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("tariff_changes.id"))
    version: Mapped[int] = mapped_column(comment="of the change as it was counted")
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    since: Mapped[datetime] = mapped_column(comment="decided from this instant on")
    until: Mapped[datetime] = mapped_column(comment="up to this one")
    state: Mapped[str] = mapped_column(comment="running done")
    slice: Mapped[int] = mapped_column(Integer, comment="that comes next")
    at_tenant: Mapped[int | None] = mapped_column(comment="cursor: the tenant being counted")
    at_recorded: Mapped[datetime | None]
    at_id: Mapped[UUID | None]
    tenants_done: Mapped[int]
    tenants_all: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="counts and fen by place, cost and class")
    started_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


async def preview_of(session: AsyncSession, change: TariffChange) -> TariffPreview | None:
    """Of the change as it stands; an older version's preview says nothing."""
    query = select(TariffPreview).where(TariffPreview.change_id == change.id, TariffPreview.version == change.version)
    return (await session.scalars(query)).one_or_none()


async def overtaken(session: AsyncSession, change: TariffChange) -> bool:
    """Another change of the levels above, below or of this one came into force since its preview was begun."""
    return bool(await session.scalar(OVERTAKEN, {"change": change.id}))
