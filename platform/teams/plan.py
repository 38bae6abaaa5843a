"""The plan (一案一策): every version is a paper of its own; the newest is in force."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.errors import Conflict, DomainError
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams import seats
from teams.acceptance import TeamMissing
from teams.models import Plan
from tenants.subject import Subject


class PlanForm(Struct, frozen=True, kw_only=True):
    dispute: Annotated[str, Meta(title=N_("争议焦点"), min_length=2, max_length=4000, extra={"widget": "textarea"})]
    measures: Annotated[
        str, Meta(title=N_("化解措施与分工"), min_length=2, max_length=4000, extra={"widget": "textarea"})
    ]
    evidence_needed: (
        Annotated[str, Meta(title=N_("拟调取的证据和拟作的鉴定"), max_length=2000, extra={"widget": "textarea"})] | None
    ) = None
    care: (
        Annotated[
            str,
            Meta(
                title=N_("需要照顾的情况"),
                description=N_("语言、行动、时间等便利"),
                max_length=1000,
                extra={"widget": "textarea"},
            ),
        ]
        | None
    ) = None
    aim_on: Annotated[date, Meta(title=N_("计划完成日期"))] | None = None


PLAN_PAPER = PaperKind("plan", N_("化解方案"), Group.OPINION, form=PlanForm)


class PlanMissing(Conflict):
    code = "plan_missing"
    message = N_("还没有写化解方案（一案一策）")


async def write_plan(session: AsyncSession, subject: Subject, case: Case, form: PlanForm) -> Done:
    team = await seats.active_team(session, case.id)
    if team is None:
        raise TeamMissing
    version = await _versions(session, case) + 1
    paper = await issue(session, subject, case, PLAN_PAPER, form)
    now = instant(session)
    session.add(
        Plan(
            id=new_id(now),
            case_id=case.id,
            team_id=team.id,
            version=version,
            paper_id=paper.id,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
    )
    await session.flush()
    return Done(data={"version": version})


async def _versions(session: AsyncSession, case: Case) -> int:
    """How many there are; the case's row is locked, so nobody writes one beside us."""
    return (await session.scalar(select(func.count()).where(Plan.case_id == case.id))) or 0


@by_facts(Fact("exists (select from plans where case_id = :case)"))
def plan_written(subject: Subject, case: Case, written: bool) -> DomainError | None:
    return None if written else PlanMissing()


ACTS = (Act("write-plan", N_("制定化解方案"), Action.PLAN_WRITE, PlanForm, write_plan, step=4),)
GUARDS = {"plan_written": plan_written}
PAPERS = (PLAN_PAPER,)
