"""质量检查评分表: what an inspection looks at and how it is scored, as a tenant's own dated data."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import CheckConstraint, ForeignKey, Index, and_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation import audit
from foundation.clock import local_date
from foundation.errors import Forbidden, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from oversight.inspection_choices import InspectionItem
from policies import gate
from policies.actions import Action
from tenants.models import Tenant
from tenants.subject import Subject

MOST_POINTS = 100


class Checklist(Base):
    """In force from `since` until another of the tenant follows it."""

    __tablename__ = "checklists"
    __table_args__ = (
        Index("uq_checklists_standing", "tenant_id", unique=True, postgresql_where=text("until is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    title: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class ChecklistItem(Base):
    """`area`: what of an inspection it belongs to; `most`: points when nothing is wrong."""

    __tablename__ = "checklist_items"
    __table_args__ = (CheckConstraint(f"most between 1 and {MOST_POINTS}", "most"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    checklist_id: Mapped[UUID] = mapped_column(ForeignKey("checklists.id"), index=True)
    tenant_id: Mapped[int]
    position: Mapped[int]
    area: Mapped[str]
    text: Mapped[str]
    most: Mapped[int]


class ItemRow(Struct, frozen=True, kw_only=True):
    area: Annotated[InspectionItem, Meta(title=N_("检查内容"))]
    text: Annotated[str, Meta(title=N_("评分项目"), min_length=2, max_length=200)]
    most: Annotated[int, Meta(title=N_("满分"), ge=1, le=MOST_POINTS)]


class ChecklistForm(Struct, frozen=True, kw_only=True):
    title: Annotated[str, Meta(title=N_("评分表名称"), min_length=2, max_length=100)]
    items: Annotated[list[ItemRow], Meta(title=N_("评分项目"), min_length=1, max_length=40)]


class ItemView(Struct, frozen=True):
    id: UUID
    area: str
    text: str
    most: int


class ChecklistView(Struct, frozen=True):
    """`tenant_id`: whose it is; one above where the own tenant has none."""

    id: UUID
    tenant_id: int
    title: str
    since: date
    until: date | None
    items: list[ItemView]


async def set_checklist(session: AsyncSession, subject: Subject, form: ChecklistForm) -> ChecklistView:
    """From today on; the one before stays for what was scored by it. Raises Forbidden, InvalidInput."""
    if subject.tenant_id is None or not gate.may(subject, Action.QUALITY_INSPECT):
        raise Forbidden
    seen: set[str] = set()
    for number, row in enumerate(form.items):
        if row.text in seen:
            raise invalid(f"items.{number}.text", "repeated", N_("同一项目只能有一行"))
        seen.add(row.text)
    now, today = instant(session), local_date(instant(session))
    standing = and_(Checklist.tenant_id == subject.tenant_id, Checklist.until.is_(None))
    await session.execute(update(Checklist).where(standing).values(until=today))
    made = Checklist(
        id=new_id(now), tenant_id=subject.tenant_id, title=form.title, since=today, recorded_at=now,
        recorded_by=subject.person_id,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    session.add_all(
        ChecklistItem(
            id=new_id(now), checklist_id=made.id, tenant_id=made.tenant_id, position=number, area=row.area.value,
            text=row.text, most=row.most,
        )
        for number, row in enumerate(form.items)
    )  # fmt: skip
    await session.flush()
    entry = audit.Entry(subject.actor, subject.post_id, Action.QUALITY_INSPECT, "checklist", str(made.id))
    await audit.append(session, entry, made.tenant_id)
    return await _view(session, made)


async def checklist_for(session: AsyncSession, subject: Subject) -> ChecklistView | None:
    """The own tenant's, else the nearest above that has one."""
    standing = await in_force(session, subject)
    return await _view(session, standing[0]) if standing else None


async def standing_checklist(session: AsyncSession, subject: Subject) -> UUID | None:
    """Its id."""
    return next((one.id for one in await in_force(session, subject)), None)


async def in_force(session: AsyncSession, subject: Subject) -> Sequence[Checklist]:
    """Of the own tenant and of all above it, the nearest first."""
    own = await session.get(Tenant, subject.tenant_id)
    if own is None:
        return ()
    line = [one for one in (own.township_id, own.county_id, own.prefecture_id, own.province_id) if one is not None]
    query = select(Checklist).where(Checklist.tenant_id.in_(line), Checklist.until.is_(None))
    found = {one.tenant_id: one for one in await session.scalars(query)}
    return [found[one] for one in line if one in found]


async def _view(session: AsyncSession, row: Checklist) -> ChecklistView:
    items = await items_of(session, [row.id])
    shown = [ItemView(one.id, one.area, one.text, one.most) for one in items]
    return ChecklistView(row.id, row.tenant_id, row.title, row.since, row.until, shown)


async def items_of(session: AsyncSession, checklists: Sequence[UUID]) -> Sequence[ChecklistItem]:
    query = select(ChecklistItem).where(ChecklistItem.checklist_id.in_(checklists))
    return (await session.scalars(query.order_by(ChecklistItem.checklist_id, ChecklistItem.position))).all()
