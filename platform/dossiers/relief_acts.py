"""check-relief, refer-relief, answer-relief: judicial relief first, other help where it is not open (五(七))."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.steps import State
from dossiers.parties import party_at
from dossiers.relief import (
    ORGANS,
    Answer,
    Hardship,
    ReliefCheck,
    ReliefKind,
    ReliefReferral,
    checks_of,
    conditions_of,
    unanswered,
)
from foundation.clock import SHANGHAI, local_date
from foundation.errors import Conflict, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

FOLLOW_UP = timedelta(days=30)
"""Until the desk is reminded, where nobody set another day: no law names one."""


class JudicialReliefNotOpen(Conflict):
    code = "judicial_relief_not_open"
    message = N_("经核查不属于涉法涉诉且依法难以解决的情形，不能引导申请国家司法救助，请引导其他社会救助")


class ReliefGuidance(Struct, frozen=True, kw_only=True):
    """What the person takes home."""

    kind: Annotated[ReliefKind, Meta(title=N_("救助类别"))]
    organ: Annotated[str, Meta(title=N_("受理机关"))]
    where: Annotated[str, Meta(title=N_("申请地点"))]
    conditions: Annotated[str, Meta(title=N_("一般条件（供参考）"))]
    decides: Annotated[str, Meta(title=N_("谁决定"))] = N_("由受理机关依法决定，调解组织只引导、跟踪，不审批、不发放")


GUIDANCE = PaperKind("relief_guidance", N_("救助引导告知书"), Group.STATEMENT, form=ReliefGuidance)


class HardshipRow(Struct, frozen=True, kw_only=True):
    party: Annotated[UUID, Meta(title=N_("困难当事人"), extra={"options": "petitioners"})]
    hardship: Annotated[Hardship, Meta(title=N_("困难情形"))]
    facts: Annotated[
        str,
        Meta(title=N_("困难事实与依据"), min_length=2, max_length=1000, extra={"widget": "textarea"}),
    ]
    wanted: Annotated[bool, Meta(title=N_("本人希望得到救助"))]
    litigation: Annotated[bool, Meta(title=N_("属于涉法涉诉"))] = False
    unsolvable: Annotated[bool, Meta(title=N_("诉求部分合理、依法难以解决"))] = False


class CheckForm(Struct, frozen=True, kw_only=True):
    hardships: Annotated[list[HardshipRow], Meta(title=N_("逐户核查"), max_length=200)] = []
    none_found: Annotated[bool, Meta(title=N_("经逐户核查，没有困难当事人"))] = False


class ReferForm(Struct, frozen=True, kw_only=True):
    check: Annotated[UUID, Meta(title=N_("困难当事人"), extra={"options": "relief_checks"})]
    kind: Annotated[ReliefKind, Meta(title=N_("救助类别"))]
    organ: Annotated[str, Meta(title=N_("受理机关"), min_length=2, max_length=120)]
    applied_on: Annotated[date, Meta(title=N_("本人申请日期"))]
    answer_by: (
        Annotated[date, Meta(title=N_("跟踪答复的日期"), description=N_("到期提醒承办人；不填为三十日后"))] | None
    ) = None


class AnswerForm(Struct, frozen=True, kw_only=True):
    referral: Annotated[UUID, Meta(title=N_("救助申请"), extra={"options": "unanswered_relief"})]
    answer: Annotated[Answer, Meta(title=N_("答复"))]
    answered_on: Annotated[date, Meta(title=N_("答复日期"))]
    note: Annotated[str, Meta(title=N_("说明"), max_length=400, extra={"widget": "textarea"})] | None = None


async def check_relief(session: AsyncSession, subject: Subject, case: Case, form: CheckForm) -> Done:
    """Judicial relief is open only for 涉法涉诉 matters that the law can hardly solve; the rest goes to other help."""
    if bool(form.hardships) == form.none_found:
        raise invalid("none_found", "contradiction", N_("请逐户列明困难当事人，或者写明经核查没有"))
    now = instant(session)
    for index, row in enumerate(form.hardships):
        await party_at(session, case, f"hardships.{index}.party", row.party)
        check = ReliefCheck(
            id=new_id(now),
            case_id=case.id,
            party_id=row.party,
            hardship=row.hardship.value,
            facts=row.facts,
            wanted=row.wanted,
            judicial=row.litigation and row.unsolvable,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
        session.add(check)
    wanted = sum(row.wanted for row in form.hardships)
    return Done(to=State.RELIEVED, data={"checked": len(form.hardships), "wanted": wanted})


async def refer_relief(session: AsyncSession, subject: Subject, case: Case, form: ReferForm) -> Done:
    check = next((check for check in await checks_of(session, case) if check.id == form.check), None)
    if check is None:
        raise invalid("check", "not_a_choice", N_("请从所列项目中选择"))
    if form.kind is ReliefKind.JUDICIAL and not check.judicial:
        raise JudicialReliefNotOpen
    now = instant(session)
    answer_by = _follow_up(form, local_date(now))
    referral = ReliefReferral(
        id=new_id(now),
        case_id=case.id,
        check_id=check.id,
        kind=form.kind.value,
        organ=form.organ,
        applied_on=form.applied_on,
        answer_by=answer_by,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(referral)
    await timers.start(session, case, "relief_answer", due=datetime.combine(answer_by, time(23, 59, 59), SHANGHAI))
    await _tell(session, subject, case, form, check.party_id)
    return Done(data={"kind": form.kind.value, "referral": str(referral.id)})


def _follow_up(form: ReferForm, today: date) -> date:
    """When the desk is reminded to ask for the answer."""
    if form.applied_on > today:
        raise invalid("applied_on", "in_future", N_("日期不得晚于今天"))
    if form.answer_by is not None and form.answer_by <= today:
        raise invalid("answer_by", "too_early", N_("跟踪答复的日期须在今天之后"))
    return form.answer_by or today + FOLLOW_UP


async def _tell(session: AsyncSession, subject: Subject, case: Case, form: ReferForm, party_id: UUID) -> None:
    """The person gets in writing where to apply, and who decides; nothing is granted here."""
    content = ReliefGuidance(
        kind=form.kind, organ=form.organ, where=ORGANS[form.kind], conditions=conditions_of(form.kind)
    )
    await issue(session, subject, case, GUIDANCE, content, party_id=party_id)


async def answer_relief(session: AsyncSession, subject: Subject, case: Case, form: AnswerForm) -> Done:
    waiting = {referral.id: referral for referral in await unanswered(session, case)}
    if form.referral not in waiting:
        raise invalid("referral", "not_a_choice", N_("请从所列项目中选择"))
    referral = waiting[form.referral]
    if form.answered_on < referral.applied_on:
        raise invalid("answered_on", "before_application", N_("答复日期不得早于申请日期"))
    if form.answered_on > local_date(instant(session)):
        raise invalid("answered_on", "in_future", N_("日期不得晚于今天"))
    referral.answer = form.answer.value
    referral.answered_on = form.answered_on
    referral.note = form.note
    await session.flush()
    await _remind_no_more(session, case)
    return Done(data={"answer": form.answer.value, "referral": str(referral.id)})


async def _remind_no_more(session: AsyncSession, case: Case) -> None:
    """A day's reminder ends when every application that was to be followed up on it has its answer."""
    waiting = {referral.answer_by for referral in await unanswered(session, case)}
    running = {local_date(timer.due_at) for timer in await timers.running(session, case.id, "relief_answer")}
    await timers.finish(session, case, "relief_answer", last_days=frozenset(running - waiting))


ACTS = (
    Act("check-relief", N_("核查救助"), Action.RELIEF_REFER, CheckForm, check_relief, step=7),
    Act("refer-relief", N_("引导申请救助"), Action.RELIEF_REFER, ReferForm, refer_relief, step=7),
    Act("answer-relief", N_("登记救助答复"), Action.RELIEF_REFER, AnswerForm, answer_relief, step=7),
)
