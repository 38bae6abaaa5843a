"""领导包案 (信访工作条例 18(2), obligations 35, 42, 60): a leader of one tier is in charge of one case, for a term.

The leader reads, records receptions and guides, through the relation `leads` (rule 37): no right over team, opinion,
class, amount or dates comes with it (N9).
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases import class_follows, relations
from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from cases.steps import OPEN, State
from cases.timers import end_of_day
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, Forbidden, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from oversight import telling
from oversight.notice_kinds import NoticeKind
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Person, Post
from tenants.subject import Subject
from tenants.tiers import Tier

LEADER = "leader_in_charge"
LONGEST_DAYS = 366
"""A term; it may be prolonged, each time with a reason."""


class EndReason(Choice):
    SETTLED = "settled", N_("纠纷已化解")
    REPLACED = "replaced", N_("更换包案领导")
    CANCELLED = "cancelled", N_("撤销包案")
    MOVED = "moved", N_("案件已移出本级")


class LeaderCharge(Base):
    """`ended_at` null = stands; past `until` it is overdue and opens nothing any more."""

    __tablename__ = "leader_charges"
    __table_args__ = (
        Index("ix_leader_charges_case", "case_id", "recorded_at"),
        Index(
            "ix_leader_charges_standing", "case_id", "tenant_id", unique=True, postgresql_where=text("ended_at is null")
        ),
        Index("ix_leader_charges_tenant", "tenant_id", "recorded_at"),
        Index(
            "ix_leader_charges_until", "until", postgresql_where=text("ended_at is null and overdue_told_at is null")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), comment="the leader, an official")
    tenant_id: Mapped[int] = mapped_column(
        ForeignKey("tenants.id"), comment="whose leader; put in charge by its office"
    )
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), comment="the leading group's, that put in charge")
    tier: Mapped[str]
    basis: Mapped[str] = mapped_column(comment="the order or list that says so, with its number")
    since: Mapped[datetime]
    until: Mapped[datetime]
    prolonged: Mapped[int]
    overdue_told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    end_reason: Mapped[str | None]
    end_note: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]

    @property
    def source(self) -> str:
        """Of the relation that it makes."""
        return f"leader_charges:{self.id}"


class ChargeForm(Struct, frozen=True, kw_only=True):
    person_id: Annotated[
        UUID, Meta(title=N_("包案领导"), description=N_("只列本级领导"), extra={"options": "own_leaders"})
    ]
    basis: Annotated[
        str,
        Meta(
            title=N_("依据的文件和文号"), description=N_("写文书名称和文号，不写个人情况"), min_length=2, max_length=120
        ),
    ]
    until: Annotated[date, Meta(title=N_("包案期限"), description=N_("最长一年，可以延长"))]


class ProlongForm(Struct, frozen=True, kw_only=True):
    until: Annotated[date, Meta(title=N_("延长至"))]
    reason: Annotated[str, Meta(title=N_("延长理由"), description=N_("不写个人情况"), min_length=2, max_length=300)]


class EndForm(Struct, frozen=True, kw_only=True):
    reason: Annotated[EndReason, Meta(title=N_("结束包案的理由"))]
    note: Annotated[str, Meta(title=N_("说明"), description=N_("不写个人情况"), max_length=300)] | None = None


class ChargeStanding(Conflict):
    code = "charge_standing"
    message = N_("本级已有领导包案，请先结束")


class NoCharge(Conflict):
    code = "no_charge"
    message = N_("本级没有领导包案")


async def charge_leader(session: AsyncSession, subject: Subject, case: Case, form: ChargeForm) -> Done:
    """The leader's sight begins with it and ends with the term; a leader of the province makes the class follow."""
    if subject.tenant_id is None or subject.office_id is None or subject.tier is None:
        raise Forbidden
    if str(form.person_id) not in {one.value for one in await own_leaders(session, subject, case)}:
        raise invalid("person_id", "not_a_choice", N_("请从所列项目中选择"))
    if subject.tier == Tier.PROVINCE and not any(letter.isdigit() for letter in form.basis):
        raise invalid("basis", "no_number", N_("须写明登记号或文号"))
    now = instant(session)
    charge = LeaderCharge(
        id=new_id(now),
        case_id=case.id,
        person_id=form.person_id,
        tenant_id=subject.tenant_id,
        office_id=subject.office_id,
        tier=subject.tier,
        basis=form.basis,
        since=now,
        until=_until(now, form.until),
        prolonged=0,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(charge)
    await session.flush()
    await _opens(session, case, charge)
    if subject.tier == Tier.PROVINCE and await class_follows.taken(session, subject, case, form.basis):
        await _class_waits(session, case, charge)
    cause = f"{charge.source}:begun"
    await telling.tell(
        session, NoticeKind.LEADER_CHARGED, cause,
        case_id=case.id, offices=[case.holder_office_id], persons=[charge.person_id],
    )  # fmt: skip
    return Done(data={"tier": charge.tier, "until": str(form.until)}, audience="parties")


async def prolong_charge(session: AsyncSession, subject: Subject, case: Case, form: ProlongForm) -> Done:
    """A longer term, also after the old one has run out."""
    charge, now = await _own(session, subject, case), instant(session)
    until = _until(now, form.until)
    if until <= charge.until:
        raise invalid("until", "not_later", N_("须晚于现在的期限"))
    await relations.end(session, case, Relation.LEADS, source=charge.source)
    charge.until, charge.overdue_told_at = until, None
    charge.prolonged += 1
    await _opens(session, case, charge)
    return Done(data={"tier": charge.tier, "until": str(form.until), "reason": form.reason})


async def end_charge(session: AsyncSession, subject: Subject, case: Case, form: EndForm) -> Done:
    charge = await _own(session, subject, case)
    await close(session, case, charge, form.reason, by=subject.person_id, note=form.note)
    still = form.reason is EndReason.SETTLED or State(case.state) not in OPEN
    if charge.tier == Tier.PROVINCE and not still and await class_follows.left(session, subject, case):
        await _class_waits(session, case, charge)
    return Done(data={"tier": charge.tier, "reason": form.reason.value}, audience="parties")


async def close(
    session: AsyncSession, case: Case, charge: LeaderCharge, reason: EndReason, *, by: UUID, note: str | None = None
) -> None:
    """The charge ends, and the leader's sight with it."""
    charge.ended_at, charge.ended_by = instant(session), by
    charge.end_reason, charge.end_note = reason.value, note
    await relations.end(session, case, Relation.LEADS, source=charge.source)


async def _class_waits(session: AsyncSession, case: Case, charge: LeaderCharge) -> None:
    """The holder hears that a change of the class waits for a second person."""
    cause = f"{charge.source}:class:{'left' if charge.ended_at else 'taken'}"
    await telling.tell(session, NoticeKind.CLASS_PROPOSED, cause, case_id=case.id, offices=[case.holder_office_id])


def _until(now: datetime, day: date) -> datetime:
    """The last instant of that day."""
    days = (day - local_date(now)).days
    if not 0 < days <= LONGEST_DAYS:
        raise invalid("until", "out_of_range", N_("期限须在明天起一年内"))
    return end_of_day(now, days)


async def _opens(session: AsyncSession, case: Case, charge: LeaderCharge) -> None:
    await relations.grant(
        session, case, Relation.LEADS, person_id=charge.person_id, until=charge.until, source=charge.source
    )


async def _own(session: AsyncSession, subject: Subject, case: Case) -> LeaderCharge:
    """The standing one of the subject's tier; raises NoCharge."""
    query = select(LeaderCharge).where(
        LeaderCharge.case_id == case.id, LeaderCharge.tenant_id == subject.tenant_id, LeaderCharge.ended_at.is_(None)
    )
    found: LeaderCharge | None = await session.scalar(query)
    if found is None:
        raise NoCharge
    return found


async def own_leaders(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Who has the post today in the subject's own tenant: no office names a leader of another."""
    now = instant(session)
    query = (
        select(Person.id, Person.name, Office.name)
        .join(Post, Post.person_id == Person.id)
        .join(Office, Office.id == Post.office_id)
        .where(
            Post.role == LEADER,
            Office.tenant_id == subject.tenant_id,
            Post.since <= now,
            or_(Post.until.is_(None), Post.until > now),
        )
        .order_by(Post.since, Post.id)
    )
    return [Option(str(one), f"{name} · {office}") for one, name, office in (await session.execute(query)).all()]


OWN = Fact("""exists (select from leader_charges
    where case_id = :case and tenant_id = :tenant and ended_at is null)""")


@by_facts(OWN)
def no_own_charge(subject: Subject, case: Case, standing: bool) -> DomainError | None:
    return ChargeStanding() if standing else None


@by_facts(OWN)
def own_charge(subject: Subject, case: Case, standing: bool) -> DomainError | None:
    return None if standing else NoCharge()


ACTS = (
    Act("charge-leader", N_("指定领导包案"), Action.LEADER_CHARGE, ChargeForm, charge_leader, writes=False),
    Act("prolong-charge", N_("延长包案期限"), Action.LEADER_CHARGE, ProlongForm, prolong_charge, writes=False),
    Act("end-charge", N_("结束包案"), Action.LEADER_CHARGE, EndForm, end_charge, writes=False),
)
GUARDS = {"no_own_charge": no_own_charge, "own_charge": own_charge}
OPTIONS = {"own_leaders": own_leaders}
