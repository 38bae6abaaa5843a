"""Asking that a term stop or grow: done where the law lets it and by whom it names, refused by name everywhere else."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from cases.reckoning import LastDay
from cases.terms import TERMS, Extender
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_, translate
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

OWN_WAY = {
    "mediation": N_("调解期限只因鉴定停止计算：请办理“委托鉴定”；延长须双方同意：请办理“延长调解期限”"),
    "performance": N_("履行期限由当事人变更协议，不在这里延长"),
}
"""Terms whose stopping or growing is an act of its own, with its own proof."""


class PauseForm(Struct, frozen=True, kw_only=True):
    term: Annotated[str, Meta(title=N_("期限"), extra={"options": "running_terms"})]
    ground: Annotated[str, Meta(title=N_("停止计算的事由"), min_length=2, max_length=300)]


class ResumeForm(Struct, frozen=True, kw_only=True):
    term: Annotated[str, Meta(title=N_("期限"), extra={"options": "paused_terms"})]


class ExtendForm(Struct, frozen=True, kw_only=True):
    term: Annotated[str, Meta(title=N_("期限"), extra={"options": "running_terms"})]
    by: Annotated[Extender, Meta(title=N_("由谁延长"), description=N_("工作室不延长任何法定期限，只登记有权者的决定"))]
    days: Annotated[int, Meta(title=N_("延长天数"), ge=1, le=365)]
    decided_on: Annotated[date, Meta(title=N_("决定日期"))]
    number: Annotated[str, Meta(title=N_("延长决定的文号"), min_length=1, max_length=80)]
    told: Annotated[bool, Meta(title=N_("已告知信访人延长的理由"))] = False


class OwnWay(Conflict):
    code = "term_has_own_act"
    message = N_("%(way)s")


class NotRunning(Conflict):
    code = "term_not_running"
    message = N_("这项期限没有在计算")


class AlreadyOver(Conflict):
    code = "term_over_cannot_extend"
    message = N_("“%(term)s”已于 %(day)s 届满，届满后不能延长")


async def pause_term(session: AsyncSession, subject: Subject, case: Case, form: PauseForm) -> Done:
    """Today only 复核 during its hearing; the mediation clock stops by the appraisal's own act."""
    await _known(session, case, form.term)
    if not TERMS[form.term].pauses:
        raise timers.TermCannotPause
    _no_way_of_its_own(form.term)
    await timers.pause(session, case, form.term)
    return Done(data={"term": form.term}, audience="parties")


async def resume_term(session: AsyncSession, subject: Subject, case: Case, form: ResumeForm) -> Done:
    if not any(timer.paused_at for timer in await timers.running(session, case.id, form.term)):
        raise invalid("term", "not_a_choice", N_("请从所列项目中选择"))
    _no_way_of_its_own(form.term)
    await timers.resume(session, case, form.term)
    return Done(data={"term": form.term}, audience="parties")


async def extend_term(session: AsyncSession, subject: Subject, case: Case, form: ExtendForm) -> Done:
    """The head of the handling organ extends its sixty days by thirty at most (条例 34); recorded here, not decided."""
    await _known(session, case, form.term)
    term, today = TERMS[form.term], local_date(instant(session))
    if form.by is not term.extended_by or form.by is Extender.NOBODY:
        raise timers.TermCannotExtend(term=term.title, who=term.extended_by.label)
    _no_way_of_its_own(form.term)
    if form.decided_on > today:
        raise invalid("decided_on", "in_future", N_("日期不得晚于今天"))
    if not form.told:
        raise invalid("told", "required", N_("延长须告知信访人理由（信访工作条例第34条）"))
    for timer in await timers.running(session, case.id, form.term):
        if local_date(timer.due_at) < form.decided_on:
            raise AlreadyOver(term=term.title, day=str(local_date(timer.due_at)))
    await timers.extend(session, case, form.term, form.days, form.by)
    data = {"term": form.term, "by": form.by.value, "days": form.days, "number": form.number}
    return Done(data=data, audience="parties")


async def _known(session: AsyncSession, case: Case, kind: str) -> None:
    if kind not in TERMS:
        raise invalid("term", "not_a_choice", N_("请从所列项目中选择"))
    if not await timers.running(session, case.id, kind):
        raise NotRunning


def _no_way_of_its_own(kind: str) -> None:
    if kind in OWN_WAY:
        raise OwnWay(way=OWN_WAY[kind])


async def running_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return await _options(session, case, paused=False)


async def paused_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return await _options(session, case, paused=True)


async def _options(session: AsyncSession, case: Case, *, paused: bool) -> list[Option]:
    """One for each kind, with its last day."""
    rows = [row for row in await timers.running(session, case.id) if (row.paused_at is not None) is paused]
    days = {row.kind: LastDay(local_date(row.due_at)).day for row in reversed(rows)}
    return [Option(kind, f"{translate(TERMS[kind].title)} {day}") for kind, day in days.items()]


HEARING_PAUSED = Fact(
    "exists (select from timers where case_id = :case and kind <> 'mediation' and done_at is null"
    " and paused_at is not null)"
)


@by_facts(HEARING_PAUSED)
def term_paused(subject: Subject, case: Case, paused: bool) -> DomainError | None:
    return None if paused else NotRunning()


ACTS = (
    Act("pause-term", N_("申请停止计算期限"), Action.TIMER_PAUSE, PauseForm, pause_term),
    Act("resume-term", N_("恢复计算期限"), Action.TIMER_PAUSE, ResumeForm, resume_term),
    Act("extend-term", N_("登记期限的延长"), Action.TIMER_EXTEND, ExtendForm, extend_term),
)
GUARDS = {"term_paused": term_paused}
OPTIONS = {"running_terms": running_options, "paused_terms": paused_options}
