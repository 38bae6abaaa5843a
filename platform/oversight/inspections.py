"""质量检查: an office above looks into one case for a term. It opens the facts to that office and ends by itself."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ARRAY, ForeignKey, Index, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases import relations
from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from cases.timers import end_of_day
from foundation.cipher import Sealed
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, Forbidden, invalid
from foundation.ids import new_id
from foundation.language import N_, in_brackets, translate
from foundation.model import Base
from foundation.store import instant
from oversight.checklists import standing_checklist
from oversight.draws import draw_of
from oversight.inspection_choices import InspectionItem, InspectionReason
from oversight.notes import reads
from oversight.opened import OPENED
from policies.actions import Action
from policies.gate import Permissions
from policies.relations import Relation
from tenants.subject import Subject

LONGEST_DAYS = 30
BY_DRAW = "jb_guide"
"""The justice bureau inspects closed cases that were drawn by rule, never one that somebody picked (rule 38)."""


class Inspection(Base):
    """Between the inspecting office and the holder; others see in the timeline that there was one."""

    __tablename__ = "inspections"
    __table_args__ = (Index("ix_inspections_office", "office_id", "ends_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    reason: Mapped[str]
    items: Mapped[list[str]] = mapped_column(ARRAY(String))
    draw_id: Mapped[UUID | None] = mapped_column(ForeignKey("inspection_draws.id"), comment="drawn by rule")
    checklist_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("checklists.id"), comment="by which it is scored, whatever follows; null = none was in force"
    )
    ends_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    findings: Mapped[str | None] = mapped_column(Sealed("inspections.findings"))


class InspectionForm(Struct, frozen=True, kw_only=True):
    reason: Annotated[InspectionReason, Meta(title=N_("检查理由"))]
    items: Annotated[list[InspectionItem], Meta(title=N_("检查内容"), min_length=1, max_length=5)]
    ends_on: Annotated[date, Meta(title=N_("检查截止日"), description=N_("最长30日，到期自动结束"))]


class FindingsForm(Struct, frozen=True, kw_only=True):
    inspection_id: Annotated[UUID, Meta(title=N_("检查"), extra={"options": "own_inspections"})]
    findings: Annotated[str, Meta(title=N_("检查结论"), min_length=2, max_length=4000, extra={"widget": "textarea"})]


class NotDrawn(Forbidden):
    code = "not_drawn"
    message = N_("只能检查按规则抽取的已结案件，不能自行挑选")


class NoInspection(Conflict):
    code = "no_inspection"
    message = N_("您的单位在本案没有未结束的检查")


async def open_inspection(session: AsyncSession, subject: Subject, case: Case, form: InspectionForm) -> Done:
    now = instant(session)
    if subject.office_id is None or subject.tenant_id is None:
        raise Forbidden
    if not 0 <= (form.ends_on - local_date(now)).days <= LONGEST_DAYS:
        raise invalid("ends_on", "out_of_range", N_("截止日须在今天起30日内"))
    sampled = subject.role == BY_DRAW or form.reason is InspectionReason.SAMPLE
    draw = await draw_of(session, subject.office_id, case.id) if sampled else None
    if subject.role == BY_DRAW and (draw is None or case.closed_at is None):
        raise NotDrawn
    checklist = draw.checklist_id if draw else await standing_checklist(session, subject)
    inspection = Inspection(
        id=new_id(now),
        case_id=case.id,
        tenant_id=subject.tenant_id,
        office_id=subject.office_id,
        reason=form.reason.value,
        items=[item.value for item in dict.fromkeys(form.items)],
        draw_id=draw.id if draw else None,
        checklist_id=checklist,
        ends_at=end_of_day(now, (form.ends_on - local_date(now)).days),
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(inspection)
    await session.flush()
    await relations.grant(
        session,
        case,
        Relation.SUPERVISES,
        tenant_id=subject.tenant_id,
        office_id=subject.office_id,
        until=inspection.ends_at,
        actions=OPENED,
        source=_source(inspection),
    )
    return Done(data={"reason": inspection.reason, "items": inspection.items, "ends_on": str(form.ends_on)})


async def close_inspection(session: AsyncSession, subject: Subject, case: Case, form: FindingsForm) -> Done:
    """With findings; the office's sight of the facts ends with it. Also after the term has run out."""
    own = {one.id: one for one in await own_open(session, subject, case)}
    inspection = own.get(form.inspection_id)
    if inspection is None:
        raise invalid("inspection_id", "not_a_choice", N_("请从所列项目中选择"))
    inspection.findings = form.findings
    inspection.closed_at, inspection.closed_by = instant(session), subject.person_id

    async def sight_gone() -> None:
        await relations.end(session, case, Relation.SUPERVISES, source=_source(inspection))

    return Done(data={"reason": inspection.reason}, closing=sight_gone)


def _source(inspection: Inspection) -> str:
    return f"inspections:{inspection.id}"


async def inspections_of(session: AsyncSession, case_id: UUID) -> Sequence[Inspection]:
    """Those of the reader's own tenant, and for the holder all: row-level security cuts the rest."""
    query = select(Inspection).where(Inspection.case_id == case_id).order_by(Inspection.recorded_at)
    return (await session.scalars(query)).all()


async def inspections_for(
    session: AsyncSession, subject: Subject, case_id: UUID, permissions: Permissions
) -> Sequence[Inspection]:
    """As far as the reader may see them: the inspecting office's own, and to the holder's people all."""
    found = await inspections_of(session, case_id)
    return [one for one in found if reads(subject, permissions, one.office_id)]


async def own_open(session: AsyncSession, subject: Subject, case: Case) -> Sequence[Inspection]:
    """Those of the subject's office that nobody has closed with findings."""
    found = await inspections_of(session, case.id)
    return [one for one in found if one.office_id == subject.office_id and one.closed_at is None]


@by_facts(Fact("exists (select from inspections where case_id = :case and office_id = :office and closed_at is null)"))
def inspection_standing(subject: Subject, case: Case, standing: bool) -> DomainError | None:
    return None if standing else NoInspection()


async def own_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [
        Option(str(one.id), translate(InspectionReason(one.reason).label) + in_brackets(local_date(one.recorded_at)))
        for one in await own_open(session, subject, case)
    ]


ACTS = (
    Act("open-inspection", N_("开展检查"), Action.QUALITY_INSPECT, InspectionForm, open_inspection, writes=False),
    Act("close-inspection", N_("结束检查"), Action.QUALITY_INSPECT, FindingsForm, close_inspection, writes=False),
)
GUARDS = {"inspection_standing": inspection_standing}
OPTIONS = {"own_inspections": own_options}
