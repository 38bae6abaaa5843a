"""抽样: which closed cases are inspected is drawn by rule: a period, a class, a number and a seed, never a name (38).

Whoever knows the seed can draw again and finds the same cases.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from hashlib import sha256
from secrets import token_hex
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ARRAY, ForeignKey, Uuid, any_, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Option
from cases.classes import CaseClass
from cases.models import Case
from foundation import audit
from foundation.clock import SHANGHAI, local_date
from foundation.errors import Conflict, Forbidden, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from oversight.checklists import in_force, standing_checklist
from oversight.paging import seen
from policies import gate
from policies.actions import Action
from tenants import names
from tenants.subject import Subject

MOST = 50
LONGEST_PERIOD = 366


class InspectionDraw(Base):
    """One draw with all that repeats it."""

    __tablename__ = "inspection_draws"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    since: Mapped[date]
    until: Mapped[date]
    case_class: Mapped[str | None] = mapped_column(comment="null = of every class")
    size: Mapped[int]
    seed: Mapped[str]
    eligible: Mapped[int] = mapped_column(comment="how many closed cases it was drawn from")
    case_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    checklist_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("checklists.id"), comment="by which all of it is scored; null = none was in force"
    )
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


ORDER = (InspectionDraw.recorded_at, InspectionDraw.id)


class DrawForm(Struct, frozen=True, kw_only=True):
    since: Annotated[date, Meta(title=N_("结案日期自"))]
    until: Annotated[date, Meta(title=N_("结案日期至"))]
    case_class: Annotated[CaseClass, Meta(title=N_("案件等级"), description=N_("不选为全部等级"))] | None = None
    size: Annotated[int, Meta(title=N_("抽取件数"), ge=1, le=MOST)]
    checklist_id: (
        Annotated[
            UUID,
            Meta(
                title=N_("评分表"),
                description=N_("抽到的案件都按它评分；不选为本级现行的，本级没有的用上级的"),
                extra={"options": "checklists_in_force"},
            ),
        ]
        | None
    ) = None


class NothingToDraw(Conflict):
    code = "nothing_to_draw"
    message = N_("所选期间没有可抽取的已结案件")


async def draw(session: AsyncSession, subject: Subject, form: DrawForm) -> InspectionDraw:
    """Draw among the closed cases that the subject may inspect. The seed is the program's, not the drawer's."""
    if subject.office_id is None or subject.tenant_id is None:
        raise Forbidden
    _check(form, local_date(instant(session)))
    checklist = await _checklist(session, subject, form)
    eligible = await _eligible(session, subject, form)
    if not eligible:
        raise NothingToDraw
    now, seed = instant(session), token_hex(8)
    drawn = InspectionDraw(
        id=new_id(now),
        tenant_id=subject.tenant_id,
        office_id=subject.office_id,
        since=form.since,
        until=form.until,
        case_class=form.case_class.value if form.case_class else None,
        size=form.size,
        seed=seed,
        eligible=len(eligible),
        case_ids=sample(seed, eligible, form.size),
        checklist_id=checklist,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(drawn)
    detail = {"seed": seed, "eligible": len(eligible), "drawn": len(drawn.case_ids)}
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.QUALITY_INSPECT, "inspection_draw", str(drawn.id), detail=detail
    )
    await audit.append(session, entry, subject.tenant_id)
    return drawn


def sample(seed: str, eligible: Sequence[UUID], size: int) -> list[UUID]:
    """The cases whose digests with the seed come first: the same for the same seed, whatever their order."""
    return sorted(eligible, key=lambda one: sha256(f"{seed}:{one}".encode()).digest())[:size]


def _check(form: DrawForm, today: date) -> None:
    if form.until < form.since:
        raise invalid("until", "too_small", N_("结束日期不能早于开始日期"))
    if form.until > today:
        raise invalid("until", "in_future", N_("日期不得晚于今天"))
    if (form.until - form.since).days > LONGEST_PERIOD:
        raise invalid("since", "out_of_range", N_("期间最长一年"))


async def _checklist(session: AsyncSession, subject: Subject, form: DrawForm) -> UUID | None:
    """The chosen one, else the nearest; raises InvalidInput where what was chosen is not in force here."""
    if form.checklist_id is None:
        return await standing_checklist(session, subject)
    if form.checklist_id not in {one.id for one in await in_force(session, subject)}:
        raise invalid("checklist_id", "not_a_choice", N_("请从所列项目中选择"))
    return form.checklist_id


async def checklist_options(session: AsyncSession, subject: Subject) -> list[Option]:
    """The nearest first, with whose each is."""
    standing = await in_force(session, subject)
    whose = await names.tenants(session, [one.tenant_id for one in standing])
    return [Option(str(one.id), f"{one.title} · {whose[one.tenant_id]}") for one in standing]


async def _eligible(session: AsyncSession, subject: Subject, form: DrawForm) -> list[UUID]:
    branches = gate.visible(subject, Action.QUALITY_INSPECT)
    if not branches:
        raise Forbidden
    begin, end = (
        datetime.combine(day, clock, SHANGHAI) for day, clock in ((form.since, time.min), (form.until, time.max))
    )
    query = select(Case.id).where(or_(*branches), Case.closed_at.between(begin, end))
    if form.case_class is not None:
        query = query.where(Case.case_class == form.case_class.value)
    return list(await session.scalars(query))


async def draws_of(session: AsyncSession, subject: Subject, after: UUID | None, most: int) -> Sequence[InspectionDraw]:
    """The office's own draws, newest first. Raises InvalidInput at `after` for one that the reader does not see."""
    query = select(InspectionDraw).where(InspectionDraw.office_id == subject.office_id)
    if after is not None:
        last = await seen(session, InspectionDraw, after)
        query = query.where(tuple_(*ORDER) < tuple_(last.recorded_at, last.id))
    return (await session.scalars(query.order_by(*(column.desc() for column in ORDER)).limit(most))).all()


async def draw_of(session: AsyncSession, office_id: int, case_id: UUID) -> InspectionDraw | None:
    """The office's newest draw that has this case in it."""
    query = select(InspectionDraw).where(
        InspectionDraw.office_id == office_id, literal(case_id) == any_(InspectionDraw.case_ids)
    )
    found: InspectionDraw | None = await session.scalar(query.order_by(InspectionDraw.recorded_at.desc()).limit(1))
    return found
