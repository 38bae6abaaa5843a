"""起步、巩固、转型: the phases of the plan with a tenant's own days (七, obligation 52), as data of the tenant."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation import audit
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import FieldError, InvalidInput, NotFound
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from oversight.document_reads import own_tenant
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject

ONE_YEAR = N_("各阶段都在同一年内，请核对方案原文的年份")
SAME_DAYS = N_("有的阶段起止日期完全相同，请核对方案原文的年份")


class PhaseName(Choice):
    START = "start", N_("起步推进")
    CONSOLIDATE = "consolidate", N_("巩固提升")
    TRANSFORM = "transform", N_("转型升级")


class PlanPhase(Base):
    """One phase of a tenant; a new set replaces the whole."""

    __tablename__ = "plan_phases"
    __table_args__ = (
        Index(
            "uq_plan_phases_standing", "tenant_id", "phase", unique=True, postgresql_where=text("replaced_at is null")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    phase: Mapped[str]
    since: Mapped[date]
    until: Mapped[date]
    focus: Mapped[str]
    measures: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    replaced_at: Mapped[datetime | None]


class PhaseRow(Struct, frozen=True, kw_only=True):
    phase: Annotated[PhaseName, Meta(title=N_("阶段"))]
    since: Annotated[date, Meta(title=N_("起"))]
    until: Annotated[date, Meta(title=N_("止"))]
    focus: Annotated[
        str, Meta(title=N_("重点"), min_length=2, max_length=1000, extra={"widget": "textarea", "lines": 2})
    ]
    measures: Annotated[
        str, Meta(title=N_("措施"), min_length=2, max_length=2000, extra={"widget": "textarea", "lines": 3})
    ]


class PhasesForm(Struct, frozen=True, kw_only=True):
    phases: Annotated[list[PhaseRow], Meta(title=N_("阶段"), min_length=1, max_length=3)]


class PhaseView(Struct, frozen=True):
    """`share`: percent of its days that are over; `now`: today lies in it."""

    phase: str
    since: date
    until: date
    focus: str
    measures: str
    share: int
    now: bool


class Phases(Struct, frozen=True):
    """`warnings`: msgids of what the tenant should compare with its source."""

    tenant_id: int
    phases: list[PhaseView]
    warnings: list[str]


async def set_phases(session: AsyncSession, subject: Subject, form: PhasesForm) -> Phases:
    """Of the own tenant, in place of those before. Raises Forbidden, InvalidInput at the phase's own field."""
    tenant_id = own_tenant(subject, Action.GOAL_SET)
    if faults := list(_faults(form.phases)):
        raise InvalidInput(*faults)
    now = instant(session)
    standing = (PlanPhase.tenant_id == tenant_id) & PlanPhase.replaced_at.is_(None)
    await session.execute(update(PlanPhase).where(standing).values(replaced_at=now))
    session.add_all(
        PlanPhase(
            id=new_id(now), tenant_id=tenant_id, phase=row.phase.value, since=row.since, until=row.until,
            focus=row.focus, measures=row.measures, recorded_at=now, recorded_by=subject.person_id,
        )
        for row in form.phases
    )  # fmt: skip
    await session.flush()
    entry = audit.Entry(subject.actor, subject.post_id, Action.GOAL_SET, "plan_phases", str(tenant_id))
    await audit.append(session, entry, tenant_id)
    return await phases_of(session, subject, tenant_id)


def _faults(rows: Sequence[PhaseRow]) -> Iterator[FieldError]:
    """Two phases with the very same days are the source's own word (county plan: all three in one year): no fault."""
    names = list(PhaseName)
    for number, row in enumerate(rows):
        if row.until < row.since:
            yield FieldError(f"phases.{number}.until", "too_small", N_("结束日期不能早于开始日期"))
        if any(other.phase is row.phase for other in rows[:number]):
            yield FieldError(f"phases.{number}.phase", "repeated", N_("同一阶段只能有一行"))
    in_order = sorted(enumerate(rows), key=lambda pair: names.index(pair[1].phase))
    for (_, before), (number, after) in pairwise(in_order):
        if after.since <= before.until and (after.since, after.until) != (before.since, before.until):
            yield FieldError(f"phases.{number}.since", "overlap", N_("与前一阶段的日期重叠或者先后颠倒"))


async def phases_of(session: AsyncSession, subject: Subject, tenant_id: int | None = None) -> Phases:
    """Of the own tenant, or of one above or below; raises Forbidden, NotFound."""
    gate.require_role(subject, Action.DOCUMENT_READ, Relation.NONE)
    tenant = await session.get(Tenant, tenant_id or subject.tenant_id)
    own = await session.get(Tenant, subject.tenant_id)
    if tenant is None or own is None or not _in_line(tenant, own):
        raise NotFound
    query = select(PlanPhase).where(PlanPhase.tenant_id == tenant.id, PlanPhase.replaced_at.is_(None))
    names = [one.value for one in PhaseName]
    rows = sorted(await session.scalars(query), key=lambda row: names.index(row.phase))
    today = local_date(instant(session))
    return Phases(tenant.id, [_view(row, today) for row in rows], list(_warnings(rows)))


def _in_line(one: Tenant, other: Tenant) -> bool:
    return one.id in _chain(other) or other.id in _chain(one)


def _chain(tenant: Tenant) -> tuple[int | None, ...]:
    return (tenant.province_id, tenant.prefecture_id, tenant.county_id, tenant.township_id)


def _view(row: PlanPhase, today: date) -> PhaseView:
    days = (row.until - row.since).days + 1
    over = min(max((today - row.since).days, 0), days)
    now = row.since <= today <= row.until
    return PhaseView(row.phase, row.since, row.until, row.focus, row.measures, over * 100 // days, now)


def _warnings(rows: Sequence[PlanPhase]) -> Iterator[str]:
    if len(rows) > 1 and len({day.year for row in rows for day in (row.since, row.until)}) == 1:
        yield ONE_YEAR
    if any((one.since, one.until) == (other.since, other.until) for one, other in pairwise(rows)):
        yield SAME_DAYS
