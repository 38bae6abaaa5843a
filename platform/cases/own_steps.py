"""Steps of a tenant's own (二-6 改革创新): data of the operators' office, asked for before one of the moves.

A new step needs no new code: its row names the act that waits for it. A case follows the rows in force on the day of
its registration, of its holder's tenant and of those above.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Identity, Index, Integer, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Act, Done, Option
from cases.facts import Fact, Judged, by_facts, known
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class Before(Choice):
    """The acts that can wait for a step of one's own."""

    ACCEPTANCE = "accept-case", N_("受理之前")
    ENTRUSTMENT = "sign-entrustment", N_("签署委托书之前")
    OPINION = "issue-opinion", N_("提出处理意见之前")
    CLOSING = "close-case", N_("结案之前")
    ARCHIVING = "archive-dossier", N_("归档之前")


class OwnStep(Base):
    """One step that a tenant asks of its own offices and of those below. Never of a registration (N10)."""

    __tablename__ = "own_steps"

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    tenant_id: Mapped[int]
    name: Mapped[str]
    before_act: Mapped[str] = mapped_column(comment="codes of cases.own_steps.Before")
    basis: Mapped[str] = mapped_column(comment="which document asks for it")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class OwnStepRecord(Base):
    """It was done in this case; its words are the paper's."""

    __tablename__ = "own_step_records"
    __table_args__ = (UniqueConstraint("case_id", "own_step_id"), Index("ix_own_step_records_case", "case_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    own_step_id: Mapped[int] = mapped_column(ForeignKey("own_steps.id"))
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("papers.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class OwnStepForm(Struct, frozen=True, kw_only=True):
    own_step_id: Annotated[int, Meta(title=N_("环节"), extra={"options": "own_steps"})]
    done_on: Annotated[date, Meta(title=N_("办理日期"))]
    text: Annotated[str, Meta(title=N_("办理情况"), min_length=2, max_length=4000, extra={"widget": "textarea"})]


OWN_STEP = PaperKind("own_step", N_("本单位规定环节办理记录"), Group.OPINION, form=OwnStepForm)


class OwnStepMissing(Conflict):
    code = "own_step_missing"
    message = N_("本单位规定的环节还没有办理：%(title)s")


class NoOwnStep(Conflict):
    code = "no_own_step"
    message = N_("没有待办理的本单位规定环节")


WAITING = Fact("""array(
    select row(s.id, s.before_act, s.name)
    from own_steps s join tenants t on t.id = :holder join cases c on c.id = :case
    where s.tenant_id in (t.province_id, t.prefecture_id, t.county_id, t.township_id)
    and s.valid_from <= (c.filed_at at time zone 'Asia/Shanghai')::date
    and (s.valid_to is null or s.valid_to > (c.filed_at at time zone 'Asia/Shanghai')::date)
    and not exists (select from own_step_records r where r.case_id = c.id and r.own_step_id = s.id)
    order by s.id)""")
"""What the case still has before it: (id, act that waits, name)."""


async def record_own_step(session: AsyncSession, subject: Subject, case: Case, form: OwnStepForm) -> Done:
    if form.done_on > local_date(instant(session)):
        raise invalid("done_on", "in_future", N_("日期不得晚于今天"))
    titles = {str(option.value): option.label for option in await own_step_options(session, subject, case)}
    title = titles.get(str(form.own_step_id))
    if title is None:
        raise invalid("own_step_id", "not_a_choice", N_("请从所列项目中选择"))
    now = instant(session)
    content = msgspec.to_builtins(form) | {"own_step_id": title}
    paper = await issue(session, subject, case, OWN_STEP, content)
    session.add(
        OwnStepRecord(
            id=new_id(now),
            case_id=case.id,
            own_step_id=form.own_step_id,
            paper_id=paper.id,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
    )
    return Done(data={"own_step": form.own_step_id})


async def own_step_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    (waiting,) = await known(session, subject, case, (WAITING,))
    return [Option(str(number), title) for number, _, title in waiting]


@by_facts(WAITING)
def own_step_waiting(subject: Subject, case: Case, waiting: list[tuple[int, str, str]]) -> DomainError | None:
    return None if waiting else NoOwnStep()


def _before(act: str) -> Judged:
    @by_facts(WAITING)
    def done(subject: Subject, case: Case, waiting: list[tuple[int, str, str]]) -> DomainError | None:
        first = next((title for _, before, title in waiting if before == act), None)
        return OwnStepMissing(title=first) if first else None

    return done


ACTS = (Act("record-own-step", N_("办理本单位规定的环节"), Action.CASE_NOTE, OwnStepForm, record_own_step),)
GUARDS = {"own_step_waiting": own_step_waiting} | {
    f"own_steps_before_{each.name.lower()}": _before(each.value) for each in Before
}
OPTIONS = {"own_steps": own_step_options}
PAPERS = (OWN_STEP,)
