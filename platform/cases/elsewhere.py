"""What happens outside the workroom and moves a clock: the organs' own steps, and what a person did or learned.

Recorded for information: none of it is decided here, and mediation stops none of it (N2; domain.md 4, 13.2).
"""

from datetime import date, datetime, time
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.models import Case
from cases.reckoning import last_day
from cases.terms import TERMS
from foundation.choice import Choice
from foundation.clock import SHANGHAI, local_date
from foundation.errors import Conflict, invalid
from foundation.language import N_
from foundation.store import instant
from foundation.working_days import calendar_of_place
from policies.actions import Action
from tenants.subject import Subject


class StepElsewhere(Choice):
    DISPOSED = "disposed", N_("信访部门已转送、交办或者告知")
    OBJECTED = "objected", N_("承办机关提出异议、退回")
    NOTIFIED = "notified", N_("承办机关已书面告知")
    REPLIED = "replied", N_("收到信访处理意见书")
    REVIEW_ASKED = "review_asked", N_("已请求复查")
    REVIEWED = "reviewed", N_("收到复查意见")
    REEXAMINATION_ASKED = "reexamination_asked", N_("已请求复核")
    REEXAMINED = "reexamined", N_("收到复核意见")
    AID_OBJECTED = "aid_objected", N_("对不予法律援助提出异议")
    AID_OBJECTION_DECIDED = "aid_objection_decided", N_("法律援助异议已有决定")
    KNEW_OF_ACT = "knew_of_act", N_("知道行政行为")
    KNEW_OF_LABOUR_WRONG = "knew_of_labour_wrong", N_("知道劳动权利被侵害")
    KNEW_OF_CIVIL_WRONG = "knew_of_civil_wrong", N_("知道民事权利被侵害以及义务人")
    LABOUR_CLAIMED = "labour_claimed", N_("就劳动权利向对方或者有关部门主张")
    CIVIL_CLAIMED = "civil_claimed", N_("就民事权利再次主张，或者对方同意履行")
    RECONSIDERATION_APPLIED = "reconsideration_applied", N_("已申请行政复议")
    ADMINISTRATIVE_SUED = "administrative_sued", N_("已提起行政诉讼")
    ARBITRATION_APPLIED = "arbitration_applied", N_("已申请劳动仲裁")
    CIVIL_SUED = "civil_sued", N_("已提起民事诉讼")
    EXECUTION_APPLIED = "execution_applied", N_("已申请强制执行")


class Effect(Struct, frozen=True):
    """`restarts`: an interrupted limitation, which begins anew on that day if it was not over (民法典 195)."""

    ends: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()


EFFECTS = {
    StepElsewhere.DISPOSED: Effect(("petition_disposition",), ("written_notice", "transfer_objection")),
    StepElsewhere.OBJECTED: Effect(("transfer_objection", "written_notice")),
    StepElsewhere.NOTIFIED: Effect(("written_notice", "transfer_objection")),
    StepElsewhere.REPLIED: Effect(("handling",), ("review_request",)),
    StepElsewhere.REVIEW_ASKED: Effect(("review_request",), ("review_decision",)),
    StepElsewhere.REVIEWED: Effect(("review_decision",), ("reexamination_request",)),
    StepElsewhere.REEXAMINATION_ASKED: Effect(("reexamination_request",), ("reexamination_decision",)),
    StepElsewhere.REEXAMINED: Effect(("reexamination_decision",)),
    StepElsewhere.AID_OBJECTED: Effect(starts=("legal_aid_objection",)),
    StepElsewhere.AID_OBJECTION_DECIDED: Effect(("legal_aid_objection",)),
    StepElsewhere.KNEW_OF_ACT: Effect(starts=("reconsideration", "administrative_suit")),
    StepElsewhere.KNEW_OF_LABOUR_WRONG: Effect(starts=("labour_arbitration",)),
    StepElsewhere.KNEW_OF_CIVIL_WRONG: Effect(starts=("civil_limitation",)),
    StepElsewhere.LABOUR_CLAIMED: Effect(restarts=("labour_arbitration",)),
    StepElsewhere.CIVIL_CLAIMED: Effect(restarts=("civil_limitation",)),
    StepElsewhere.RECONSIDERATION_APPLIED: Effect(("reconsideration",)),
    StepElsewhere.ADMINISTRATIVE_SUED: Effect(("administrative_suit",)),
    StepElsewhere.ARBITRATION_APPLIED: Effect(("labour_arbitration",)),
    StepElsewhere.CIVIL_SUED: Effect(("civil_limitation",)),
    StepElsewhere.EXECUTION_APPLIED: Effect(("execution",)),
}


class ElsewhereForm(Struct, frozen=True, kw_only=True):
    step: Annotated[StepElsewhere, Meta(title=N_("发生了什么"))]
    on_date: Annotated[date, Meta(title=N_("哪一天"), description=N_("期限自次日起计算"))]
    number: Annotated[str, Meta(title=N_("文号或者回执编号"), max_length=80)] | None = None


class TermRuns(Conflict):
    code = "term_runs"
    message = N_("“%(term)s”已经在计算，最后一日是 %(day)s")


class TermIsOver(Conflict):
    code = "term_is_over"
    message = N_("“%(term)s”已于 %(day)s 届满，届满后的主张不使其重新计算")


async def record_elsewhere(session: AsyncSession, subject: Subject, case: Case, form: ElsewhereForm) -> Done:
    if form.on_date > local_date(instant(session)):
        raise invalid("on_date", "in_future", N_("日期不得晚于今天"))
    effect = EFFECTS[form.step]
    for kind in effect.starts:
        await _must_not_run(session, case, kind)
    for kind in effect.restarts:
        await _must_not_be_over(session, case, kind, form.on_date)
    for kind in (*effect.ends, *effect.restarts):
        await timers.finish(session, case, kind)
    for kind in effect.starts:
        await timers.start(session, case, kind, since=_morning(await _begins(session, case, kind, form.on_date)))
    for kind in effect.restarts:
        await timers.start(session, case, kind, since=_morning(form.on_date))
    data = {"step": form.step.value, "on": str(form.on_date), "number": form.number or ""}
    return Done(data=data, audience="parties")


async def _begins(session: AsyncSession, case: Case, kind: str, known_on: date) -> date:
    """A civil limitation that ran when mediation was asked for began anew on that day."""
    asked_on = local_date(case.filed_at)
    if kind != "civil_limitation" or known_on > asked_on:
        return known_on
    days_off = await calendar_of_place(session, case.place_id)
    return asked_on if last_day(TERMS[kind], known_on, days_off).day >= asked_on else known_on


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


async def _must_not_run(session: AsyncSession, case: Case, kind: str) -> None:
    for timer in await timers.running(session, case.id, kind):
        raise TermRuns(term=TERMS[kind].title, day=str(local_date(timer.due_at)))


async def _must_not_be_over(session: AsyncSession, case: Case, kind: str, on: date) -> None:
    for timer in await timers.running(session, case.id, kind):
        if local_date(timer.due_at) < on:
            raise TermIsOver(term=TERMS[kind].title, day=str(local_date(timer.due_at)))


ACTS = (
    Act(
        "record-elsewhere",
        N_("登记其他程序的进展"),
        Action.CONSENT_RECORD,
        ElsewhereForm,
        record_elsewhere,
    ),
)
