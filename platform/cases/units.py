"""Units in a dispute: six fields, six decisions (domain.md 13.3). None is called simply "the unit concerned"."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases import hooks
from cases.catalogue import Act, Done
from cases.exclusion import take_away
from cases.facts import Fact, by_facts
from cases.models import Case
from cases.particulars import name_errors, unit_code_errors
from cases.timeline import holder_tenant
from foundation.choice import Choice
from foundation.errors import Conflict, DomainError, InvalidInput
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject


class UnitRole(Choice):
    """What the holder records. 责任主体, 过错方, 付款单位 are found in funding, on proof; 被检举单位 is never here."""

    VISITED = "visited", N_("被访单位（信访人所指）")
    COMPETENT = "competent", N_("有权处理机关")


class UnitKind(Choice):
    DEPARTMENT = "department", N_("机关部门")
    ENTERPRISE = "enterprise", N_("企业")
    UNIT = "unit", N_("事业单位或其他组织")
    COLLECTIVE = "collective", N_("村集体、村（居）民委员会")


class CaseUnit(Base):
    """One finding about one unit, with the paper it rests on. A newer row of the same role takes its place."""

    __tablename__ = "case_units"
    __table_args__ = (
        Index("ix_case_units_case", "case_id", "role"),
        Index(
            "ix_case_units_conflicts", "conflicts_tenant_id", postgresql_where=text("conflicts_tenant_id is not null")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    role: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    uscc: Mapped[str | None] = mapped_column(comment="统一社会信用代码")
    found_by: Mapped[str] = mapped_column(comment="the paper or decision that says so")
    decided_by: Mapped[str | None] = mapped_column(comment="who decided it; null = the office that recorded it")
    conflicts_tenant_id: Mapped[int | None] = mapped_column(comment="the tenant whose own organ this unit is")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class UnitForm(Struct, frozen=True, kw_only=True):
    role: Annotated[UnitRole, Meta(title=N_("作为"))]
    name: Annotated[str, Meta(title=N_("单位名称"), min_length=2, max_length=120)]
    kind: Annotated[UnitKind, Meta(title=N_("单位类别"))]
    uscc: Annotated[str, Meta(title=N_("统一社会信用代码"), max_length=30, extra={"compact": True})] | None = None
    found_by: Annotated[str, Meta(title=N_("认定依据"), description=N_("哪份文书或决定"), min_length=2, max_length=200)]
    decided_by: Annotated[str, Meta(title=N_("由谁认定"), description=N_("不填为登记人"), max_length=120)] | None = None
    own_organ: Annotated[
        bool, Meta(title=N_("是本级政府、司法行政机关、信访部门或本乡镇"), description=N_("是则须上提，不得自办"))
    ] = False


class HolderConflicted(Conflict):
    """Only where there is no tier above: elsewhere the case has gone up."""

    code = "holder_conflicted"
    message = N_("涉事单位是本级机关，又没有上一级可以上提：本案不得在此调解，只能不予受理、终止或者引导至其他途径")


async def record_unit(session: AsyncSession, subject: Subject, case: Case, form: UnitForm) -> Done:
    """A unit that is the holder's own organ sends the case up, and the whole tenant's sight ends (条例28(3))."""
    if errors := [*name_errors("name", form.name), *unit_code_errors("uscc", form.uscc)]:
        raise InvalidInput(*errors)
    unit = _unit(session, subject, case, form)
    session.add(unit)
    if form.role is UnitRole.VISITED:
        case.visited_unit = form.name
    data = {"role": form.role.value, **({"conflict": True} if form.own_organ else {})}
    if not form.own_organ:
        return Done(data=data)
    await session.flush()
    return await hand_up(session, subject, case, f"case_units:{unit.id}", data)


async def hand_up(session: AsyncSession, subject: Subject, case: Case, source: str, data: dict[str, Any]) -> Done:
    """The holder is concerned itself: the tier above takes over, and the holder's tenant sees the case no more."""
    up = await hooks.hand_up(session, subject, case, "conflict")
    if not up.tenants:
        return Done(data=data)

    async def sight_ends() -> None:
        await take_away(session, case, Relation.COMPLAINED_OF, tenant_id=holder_tenant(case), source=source)

    return Done(data=data, also_tenants=up.tenants, closing=sight_ends)


def _unit(session: AsyncSession, subject: Subject, case: Case, form: UnitForm) -> CaseUnit:
    now = instant(session)
    return CaseUnit(
        id=new_id(now),
        case_id=case.id,
        role=form.role.value,
        name=form.name,
        kind=form.kind.value,
        uscc=form.uscc and form.uscc.upper(),
        found_by=form.found_by,
        decided_by=form.decided_by,
        conflicts_tenant_id=holder_tenant(case) if form.own_organ else None,
        recorded_at=now,
        recorded_by=subject.person_id,
    )


async def units_of(session: AsyncSession, case_id: UUID) -> dict[str, CaseUnit]:
    """The finding in force for each role."""
    query = select(CaseUnit).where(CaseUnit.case_id == case_id).order_by(CaseUnit.recorded_at, CaseUnit.id)
    return {unit.role: unit for unit in await session.scalars(query)}


async def conflicted_tenants(session: AsyncSession, case_id: UUID) -> frozenset[int]:
    """Tenants whose own organ is a unit of this case: they must not hold it (decisions.md 3)."""
    query = select(CaseUnit.conflicts_tenant_id).where(CaseUnit.case_id == case_id)
    return frozenset(tenant for tenant in await session.scalars(query) if tenant is not None)


CONFLICT_FOUND = Fact("exists (select from case_units where case_id = :case and conflicts_tenant_id = :holder)")


@by_facts(CONFLICT_FOUND)
def holder_not_conflicted(subject: Subject, case: Case, conflicted: bool) -> DomainError | None:
    return HolderConflicted() if conflicted else None


GUARDS = {"holder_not_conflicted": holder_not_conflicted}
ACTS = (Act("record-unit", N_("登记涉事单位"), Action.CASE_ASSESS, UnitForm, record_unit, step=2),)
