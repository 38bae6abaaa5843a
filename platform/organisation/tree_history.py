"""The tree as it was: a version of a place, a tenant or an office for every day of its life, and what came after it.

The database writes the versions itself, whoever changes the tree (migration 0042, decision 0039). Days are half-open:
from `since` up to, not including, `until`; the present one has no end (`date.max`, in the database 'infinity').
"""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, String, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base
from organisation.tree_plans import TreePlan

NO_END = date.max
"""`until` of what is so today: never null, so that two comparisons say what was so on a day."""
EFFECTIVE = text("select set_config('app.effective', :day, true)")


class PlaceVersion(Base):
    __tablename__ = "place_versions"
    __table_args__ = (
        Index("ix_place_versions_code_mca", "code_mca"),
        Index("ix_place_versions_code_nbs", "code_nbs"),
        Index("ix_place_versions_name", "name"),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[date] = mapped_column(Date, primary_key=True)
    until: Mapped[date]
    tier: Mapped[str] = mapped_column(String(1))
    name: Mapped[str]
    kind: Mapped[str]
    code_mca: Mapped[str | None]
    code_nbs: Mapped[str | None]
    parent_id: Mapped[int | None]
    province_id: Mapped[int | None]
    prefecture_id: Mapped[int | None]
    county_id: Mapped[int | None]
    township_id: Mapped[int | None]


class TenantVersion(Base):
    __tablename__ = "tenant_versions"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[date] = mapped_column(Date, primary_key=True)
    until: Mapped[date]
    place_id: Mapped[int]
    tier: Mapped[str] = mapped_column(String(1))
    kind: Mapped[str]
    name: Mapped[str]
    county_code: Mapped[str | None]
    parent_id: Mapped[int | None]
    province_id: Mapped[int | None]
    prefecture_id: Mapped[int | None]
    county_id: Mapped[int | None]
    township_id: Mapped[int | None]


class OfficeVersion(Base):
    __tablename__ = "office_versions"

    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[date] = mapped_column(Date, primary_key=True)
    until: Mapped[date]
    tenant_id: Mapped[int]
    kind: Mapped[str]
    name: Mapped[str]
    committee_id: Mapped[int | None]
    committee_kind: Mapped[str | None]


class Came(Choice):
    """How the later came out of the earlier."""

    MERGED = "merged", N_("并入")
    SPLIT = "split", N_("析出")


class TreeSuccessor(Base):
    """`tenant_id` was merged into, or gave part of itself to, `successor_id`; the same for one office of each."""

    __tablename__ = "tree_successors"
    __table_args__ = (
        Index("ix_tree_successors_tenant", "tenant_id"),
        Index("ix_tree_successors_office", "office_id"),
        Index("ix_tree_successors_plan", "plan_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey(TreePlan.id))
    came: Mapped[str]
    since: Mapped[date]
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    successor_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), comment="null = the tenant itself")
    successor_office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))


async def changes_take_effect(session: AsyncSession, day: date) -> None:
    """Whatever this transaction changes in the tree from here on is so from that day."""
    await session.execute(EFFECTIVE, {"day": day.isoformat()})
