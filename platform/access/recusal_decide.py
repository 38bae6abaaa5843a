"""Deciding on a request: by who leads the case, never by who is concerned or on the team (persons, not posts)."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from access import recusal_people as people
from access.recusal import Ground, Recusal, RecusalState, requests_of
from access.recusal_leaving import answered, leave, sight_ends
from cases import hooks
from cases.catalogue import Act, Done, Option
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.choice import Choice
from foundation.errors import Forbidden, invalid
from foundation.language import N_, translate
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class Verdict(Choice):
    GRANT = "granted", N_("应当回避")
    REFUSE = "refused", N_("不予回避")


class DecisionForm(Struct, frozen=True, kw_only=True):
    recusal_id: Annotated[UUID, Meta(title=N_("回避申请"), extra={"options": "open_recusals"})]
    verdict: Annotated[Verdict, Meta(title=N_("决定"), description=N_("决定回避的，此人立即退出本案"))]
    reason: Annotated[
        str,
        Meta(
            title=N_("理由"),
            description=N_("申请人将看到理由"),
            min_length=2,
            max_length=500,
            extra={"widget": "textarea"},
        ),
    ]


class DecisionPaper(Struct, frozen=True, kw_only=True):
    """What the party gets: as it was on the day, whoever serves later."""

    person: Annotated[str, Meta(title=N_("被申请回避的人员"))]
    ground: Annotated[str, Meta(title=N_("回避事由"))]
    verdict: Annotated[str, Meta(title=N_("决定"))]
    reason: Annotated[str, Meta(title=N_("理由"))]
    remedy: Annotated[str, Meta(title=N_("权利告知"))]


DECISION = PaperKind("recusal_decision", N_("回避申请决定书"), Group.FINAL, form=DecisionPaper)
REMEDY = N_("不服本决定的，可以向上一级投诉；也可以要求更换调解员，或者随时退出调解，不影响其他权利")


class OwnRecusal(Forbidden):
    code = "own_recusal"
    message = N_("不能决定对本人的回避申请；由副主任、领导小组办公室或者人民调解委员会主任决定")


class DeciderOnTeam(Forbidden):
    code = "decider_on_team"
    message = N_("您是本案专调小组成员，不能决定回避申请；由未参与本案的负责人决定")


class LeaderDecides(Forbidden):
    code = "leader_decides"
    message = N_("承办单位有负责人可以决定，由其决定")


async def decide_recusal(session: AsyncSession, subject: Subject, case: Case, form: DecisionForm) -> Done:
    recusal = await _open(session, case, form.recusal_id)
    await _check_decider(session, subject, case, recusal)
    await _tell(session, subject, case, recusal, form)
    recusal.state, recusal.reason = form.verdict.value, form.reason
    recusal.decided_at, recusal.decided_by = instant(session), subject.person_id
    await answered(session, case)
    if form.verdict is Verdict.REFUSE:
        return Done(data={"verdict": form.verdict.value})
    left = await leave(session, subject, case, recusal.person_id)

    async def closing() -> None:
        await sight_ends(session, case, recusal, left)

    data = {"verdict": form.verdict.value, **left.facts}
    return Done(data=data, audience="parties", also_tenants=left.up.tenants, closing=closing)


async def _open(session: AsyncSession, case: Case, recusal_id: UUID) -> Recusal:
    for one in await requests_of(session, case.id):
        if one.id == recusal_id and one.state == RecusalState.OPEN.value:
            return one
    raise invalid("recusal_id", "not_a_choice", N_("请从所列项目中选择"))


async def _check_decider(session: AsyncSession, subject: Subject, case: Case, recusal: Recusal) -> None:
    """First who leads the case; the leading group's office or the committee's chair only where none of them may."""
    seated = {one.person_id for one in await hooks.serving(session, case)}
    if subject.person_id == recusal.person_id:
        raise OwnRecusal
    if subject.person_id in seated:
        raise DeciderOnTeam
    leaders = {one.person_id for one in await people.leaders_of(session, case)}
    if subject.person_id not in leaders and leaders - seated - {recusal.person_id}:
        raise LeaderDecides


async def _tell(session: AsyncSession, subject: Subject, case: Case, recusal: Recusal, form: DecisionForm) -> None:
    names = people.called(await people.parts_of(session, case))
    paper = DecisionPaper(
        person=names.get(recusal.person_id, ""),
        ground=Ground(recusal.ground).label,
        verdict=form.verdict.label,
        reason=form.reason,
        remedy=REMEDY,
    )
    await issue(session, subject, case, DECISION, paper, party_id=recusal.party_id)


async def open_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Each with person, ground and what the party said: what the decision is about."""
    names = people.called(await people.parts_of(session, case))
    found = [one for one in await requests_of(session, case.id) if one.state == RecusalState.OPEN.value]
    return [Option(str(one.id), _label(one, names.get(one.person_id, ""))) for one in found]


def _label(one: Recusal, name: str) -> str:
    return f"{name}：{translate(Ground(one.ground).label)}。{one.fact}"


ACTS = (
    Act(
        "decide-recusal",
        N_("决定回避申请"),
        Action.RECUSAL_DECIDE,
        DecisionForm,
        decide_recusal,
        while_frozen=True,  # who must leave leaves, also while others talk about custody
    ),
)
OPTIONS = {"open_recusals": open_options}
PAPERS = (DECISION,)
