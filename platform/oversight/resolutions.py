"""What the leading group decides (六(一)1, obligation 29): who sits on it on a day, its minutes and resolutions."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Option
from cases.numbers import next_number
from foundation import audit
from foundation.cipher import Sealed
from foundation.clock import SHANGHAI, local_date
from foundation.errors import FieldError, Forbidden, InvalidInput
from foundation.ids import new_id
from foundation.language import N_, translate
from foundation.model import Base
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Person, Post
from tenants.roles import ROLE_NAMES
from tenants.subject import Subject
from tenants.tiers import OfficeKind

HEADS = {"lg_head_justice": N_("司法行政一方的组长"), "lg_head_petition": N_("信访一方的组长")}
"""六(一)1: the heads of the justice and the petition office lead the group together."""
NEWEST = 100


class Resolution(Base):
    """One meeting's decision; never changed, only followed by another."""

    __tablename__ = "resolutions"
    __table_args__ = (Index("ix_resolutions_tenant", "tenant_id", "held_on", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    held_on: Mapped[date]
    title: Mapped[str]
    minutes: Mapped[str] = mapped_column(Sealed("resolutions.minutes"))
    decision: Mapped[str] = mapped_column(Sealed("resolutions.decision"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class Attendant(Base):
    """Who was there, in which post."""

    __tablename__ = "resolution_attendants"

    resolution_id: Mapped[UUID] = mapped_column(ForeignKey("resolutions.id"), primary_key=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    tenant_id: Mapped[int]


class ResolutionForm(Struct, frozen=True, kw_only=True):
    held_on: Annotated[date, Meta(title=N_("开会日期"))]
    title: Annotated[str, Meta(title=N_("议题"), min_length=2, max_length=120)]
    attendants: Annotated[
        list[UUID],
        Meta(
            title=N_("出席成员"),
            description=N_("重大事项由两位组长共同主持"),
            min_length=1,
            max_length=50,
            extra={"options": "group_members"},
        ),
    ]
    minutes: Annotated[str, Meta(title=N_("会议记录"), min_length=2, max_length=20000, extra={"widget": "textarea"})]
    decision: Annotated[str, Meta(title=N_("决议"), min_length=2, max_length=8000, extra={"widget": "textarea"})]


class Sitting(Struct, frozen=True):
    """One member on a day; several posts of one person are several rows."""

    post_id: UUID
    person_id: UUID
    name: str
    role: str
    since: datetime
    until: datetime | None


class ResolutionView(Struct, frozen=True):
    id: UUID
    number: str
    held_on: date
    title: str
    minutes: str
    decision: str
    attendants: tuple[str, ...]


async def sitting(session: AsyncSession, subject: Subject, on: date) -> Sequence[Sitting]:
    """The leading group of the subject's own tenant as it sat at the end of that day, heads first; raises Forbidden."""
    gate.require_role(subject, Action.RESOLUTION_READ, Relation.NONE)
    moment = datetime.combine(on, time(23, 59, 59), SHANGHAI)
    query = (
        select(Post, Person.name)
        .join(Office, Office.id == Post.office_id)
        .join(Person, Person.id == Post.person_id)
        .where(
            Office.tenant_id == subject.tenant_id,
            Office.kind == OfficeKind.LEADING_GROUP,
            Post.since <= moment,
            or_(Post.until.is_(None), Post.until > moment),
        )
        .order_by(Post.since, Post.id)
    )
    rows = (await session.execute(query)).all()
    found = [
        Sitting(post.id, post.person_id, name, post.role, post.since, post.until)
        for post, name in rows
        if post.since is not None
    ]
    return sorted(found, key=lambda one: one.role not in HEADS)


async def member_options(session: AsyncSession, subject: Subject) -> list[Option]:
    """Who sits on it today."""
    today = local_date(instant(session))
    return [
        Option(str(one.post_id), f"{one.name} · {translate(ROLE_NAMES[one.role])}")
        for one in await sitting(session, subject, today)
    ]


async def record_resolution(session: AsyncSession, subject: Subject, form: ResolutionForm) -> ResolutionView:
    """Raises Forbidden for who does not sit at its head; InvalidInput for a day ahead, a stranger, an absent head."""
    gate.require_role(subject, Action.RESOLUTION_RECORD, Relation.GOVERNS)
    if subject.tenant_id is None or subject.office_id is None:
        raise Forbidden
    members = {one.post_id: one for one in await sitting(session, subject, form.held_on)}
    if faults := list(_faults(form, members, local_date(instant(session)))):
        raise InvalidInput(*faults)
    now = instant(session)
    year, number = await next_number(session, "resolution", subject.office_id)
    resolution = Resolution(
        id=new_id(now),
        tenant_id=subject.tenant_id,
        number=f"领〔{year}〕{subject.office_id:05d}-{number:04d}号",
        held_on=form.held_on,
        title=form.title,
        minutes=form.minutes,
        decision=form.decision,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(resolution)
    await session.flush()
    for post in dict.fromkeys(form.attendants):
        session.add(Attendant(resolution_id=resolution.id, post_id=post, tenant_id=subject.tenant_id))
    await session.flush()
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.RESOLUTION_RECORD, "resolution", str(resolution.id),
        detail={"number": resolution.number},
    )  # fmt: skip
    await audit.append(session, entry, subject.tenant_id)
    return _view(resolution, [members[post].name for post in dict.fromkeys(form.attendants)])


async def resolutions_of(session: AsyncSession, subject: Subject) -> Sequence[ResolutionView]:
    """The newest of the own tenant; raises Forbidden."""
    gate.require_role(subject, Action.RESOLUTION_READ, Relation.NONE)
    query = select(Resolution).where(Resolution.tenant_id == subject.tenant_id)
    rows = (await session.scalars(query.order_by(Resolution.held_on.desc(), Resolution.id.desc()).limit(NEWEST))).all()
    there = (
        select(Attendant.resolution_id, Person.name)
        .join(Post, Post.id == Attendant.post_id)
        .join(Person, Person.id == Post.person_id)
        .where(Attendant.resolution_id.in_([row.id for row in rows]))
        .order_by(Post.since, Post.id)
    )
    names: dict[UUID, list[str]] = {}
    for resolution, name in (await session.execute(there)).all():
        names.setdefault(resolution, []).append(name)
    return [_view(row, names.get(row.id, [])) for row in rows]


def _faults(form: ResolutionForm, members: dict[UUID, Sitting], today: date) -> list[FieldError]:
    found = []
    if form.held_on > today:
        found.append(FieldError("held_on", "in_future", N_("日期不得晚于今天")))
    found += [
        FieldError(f"attendants.{index}", "not_a_choice", N_("那一天不是领导小组成员"))
        for index, post in enumerate(form.attendants)
        if post not in members
    ]
    there = {members[post].role for post in form.attendants if post in members}
    persons = {members[post].person_id for post in form.attendants if post in members and members[post].role in HEADS}
    if there & HEADS.keys() != HEADS.keys() or len(persons) < len(HEADS):
        message = N_("司法行政和信访两位组长（两人）须都出席")
        found.append(FieldError("attendants", "heads_missing", message))
    return found


def _view(row: Resolution, names: list[str]) -> ResolutionView:
    return ResolutionView(row.id, row.number, row.held_on, row.title, row.minutes, row.decision, tuple(names))
