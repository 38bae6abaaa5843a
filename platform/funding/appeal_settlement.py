"""Appealing against a review or a return, and the answer of a head who has signed nothing of it."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.errors import Conflict, DomainError, Forbidden, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from funding import claiming
from funding.appeals import Appeal, AppealGround, AppealOutcome, NoAppeal, open_appeal
from funding.positions import Position
from funding.recipients import work_on
from funding.separation import DutiesNotSeparate, keep_apart, keep_director_apart
from funding.settlement import APPEALED, UNDER_APPROVAL, Settlement, advance, first_claim, newest, parts_of
from funding.sign_settlement import JUSTICE, PETITION
from policies.actions import Action
from tenants.subject import Subject

APPEALABLE = (*UNDER_APPROVAL, Position.RETURNED)
REASON = N_("不写姓名、证件号、电话、住址")


class AppealForm(Struct, frozen=True, kw_only=True):
    ground: Annotated[AppealGround, Meta(title=N_("申诉事项"))]
    reason: Annotated[
        str,
        Meta(title=N_("申诉理由"), description=REASON, min_length=2, max_length=2000, extra={"widget": "textarea"}),
    ]


class AppealAnswerForm(Struct, frozen=True, kw_only=True):
    outcome: Annotated[AppealOutcome, Meta(title=N_("复核意见"))]
    reason: Annotated[
        str,
        Meta(title=N_("复核理由"), description=REASON, min_length=2, max_length=2000, extra={"widget": "textarea"}),
    ]


APPEAL = PaperKind("settlement_appeal", N_("结算申诉书"), Group.MONEY, form=AppealForm)
ANSWER = PaperKind("settlement_appeal_answer", N_("结算申诉复核意见"), Group.MONEY, form=AppealAnswerForm)


class NotAppealable(Conflict):
    code = "not_appealable"
    message = N_("没有可以申诉的结算意见，或者已经申诉过一次")


async def appeal_settlement(session: AsyncSession, subject: Subject, case: Case, form: AppealForm) -> Done:
    """By whoever has worked on the case, an earlier holder's team included as long as they see it."""
    if subject.person_id not in {work.person_id for work in await work_on(session, case)} | await _proposers(
        session, case
    ):
        raise Forbidden
    settlement = await _appealable(session, case)
    now = instant(session)
    session.add(
        Appeal(
            id=new_id(now),
            case_id=case.id,
            settlement_id=settlement.id,
            ground=form.ground.value,
            reason=form.reason,
            appealed_by=subject.person_id,
            recorded_at=now,
        )
    )
    await issue(session, subject, case, APPEAL, form)
    return Done(data={"ground": form.ground.value})


async def answer_appeal(session: AsyncSession, subject: Subject, case: Case, form: AppealAnswerForm) -> Done:
    """Upheld, restored as it was proposed, or given back to the team: each with its reason."""
    appeal = await open_appeal(session, case.id)
    if subject.role not in (JUSTICE, PETITION):
        raise Forbidden
    if appeal is None:
        raise NoAppeal
    settlement = await session.get_one(Settlement, appeal.settlement_id)
    await _keep_neutral(session, subject, case, settlement, appeal)
    appeal.outcome, appeal.answer = form.outcome.value, form.reason
    appeal.answered_by, appeal.answered_at = subject.person_id, instant(session)
    if form.outcome is AppealOutcome.RESTORED:
        settlement = await _restored(session, subject, case, settlement)
    elif form.outcome is AppealOutcome.RETURNED and settlement.status != Position.RETURNED:
        settlement.returned_by = subject.person_id
        advance(case, settlement, Position.RETURNED)
    await issue(session, subject, case, ANSWER, form)
    return Done(data={"outcome": form.outcome.value, "position": settlement.status})


async def _keep_neutral(
    session: AsyncSession, subject: Subject, case: Case, settlement: Settlement, appeal: Appeal
) -> None:
    """Who has had any part in the claim or the verdict does not judge the appeal; whoever had signed what the other
    head then returned has spoken for the claim, and may."""
    parts = await parts_of(session, settlement)
    if settlement.status == Position.RETURNED:
        parts = {who: part for who, part in parts.items() if who not in (settlement.justice_by, settlement.petition_by)}
    keep_apart(subject, parts)
    keep_apart(subject, {appeal.appealed_by: N_("申诉人"), settlement.returned_by: N_("退回人")})
    if subject.person_id in {work.person_id for work in await work_on(session, case)}:
        raise DutiesNotSeparate(part=N_("专调小组成员"))
    await keep_director_apart(session, subject, case)


async def _restored(session: AsyncSession, subject: Subject, case: Case, settlement: Settlement) -> Settlement:
    """The claim as first proposed, reviewed by the same person; both heads sign it anew."""
    adjusted = settlement.status != Position.RETURNED
    first = await first_claim(session, settlement)
    if adjusted and first.amount_fen == settlement.amount_fen and first.scores == settlement.scores:
        raise invalid("outcome", "nothing_to_restore", N_("评分没有调整过，没有可恢复的申报"))
    claim = await claiming.claim_of(session, first, claiming.scores_of(first), "")
    made = await claiming.make(session, subject, case, claim, proposed_by=settlement.proposed_by, replaces=settlement)
    made.settlement.reviewed_by, made.settlement.reviewed_at = settlement.reviewed_by, settlement.reviewed_at
    advance(case, made.settlement, Position.REVIEWED)
    return made.settlement


async def _appealable(session: AsyncSession, case: Case) -> Settlement:
    settlement = await newest(session, case.id)
    if settlement is None or settlement.status not in APPEALABLE:
        raise NotAppealable
    return settlement


async def _proposers(session: AsyncSession, case: Case) -> set[object]:
    return set(await session.scalars(select(Settlement.proposed_by).where(Settlement.case_id == case.id)))


NEWEST = Fact(
    "(select case when not exists (select from settlement_appeals a where a.settlement_id = s.id) then status end"
    " from settlements s where case_id = :case order by recorded_at desc limit 1)"
)
"""Where the newest settlement stands, unless it was appealed against already."""


@by_facts(NEWEST)
def settlement_appealable(subject: Subject, case: Case, newest: str | None) -> DomainError | None:
    return None if newest in APPEALABLE else NotAppealable()


@by_facts(APPEALED)
def appeal_standing(subject: Subject, case: Case, appealed: bool) -> DomainError | None:
    return None if appealed else NoAppeal()


ACTS = (
    Act("appeal-settlement", N_("对结算意见提出申诉"), Action.SUBSIDY_APPEAL, AppealForm, appeal_settlement, step=8),
    Act("answer-appeal", N_("复核结算申诉"), Action.SUBSIDY_APPROVE, AppealAnswerForm, answer_appeal, step=8),
)
GUARDS = {"settlement_appealable": settlement_appealable, "appeal_standing": appeal_standing}
PAPERS = (APPEAL, ANSWER)
