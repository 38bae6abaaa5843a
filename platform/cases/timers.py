"""Legal terms as dated data with their source (domain.md 4 and 13.2), and the timers that run by them."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.history import Timer
from cases.models import Case
from foundation.clock import SHANGHAI, local_date
from foundation.errors import Conflict
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant


class Term(Struct, frozen=True):
    """`days` are calendar days. `ours` terms drive the case's due date; the others are shown, never waited for."""

    kind: str
    title: str
    days: int
    source: str
    ours: bool = False
    pausable: bool = False
    remedy: bool = False
    """Part of the remedy clock: mediation does not stop it (人民调解法 3(3))."""


TERMS = {
    term.kind: term
    for term in (
        Term("petition_notice", N_("信访部门登记转送或告知（信访一侧）"), 15, N_("信访工作条例第22、23条")),
        Term("mediation", N_("调解期限"), 30, N_("人民调解工作若干规定第33条"), ours=True, pausable=True),
        Term("recusal", N_("答复回避申请"), 3, N_("民事诉讼法第50条（参照）"), ours=True),
        Term("confirmation", N_("共同申请司法确认"), 30, N_("人民调解法第33条"), remedy=True),
        Term("performance", N_("协议履行"), 0, N_("人民调解法第31条"), ours=True),
        Term("reconsideration", N_("申请行政复议"), 60, N_("行政复议法第20条"), remedy=True),
        Term("administrative_suit", N_("提起行政诉讼"), 180, N_("行政诉讼法第46条"), remedy=True),
        Term("labour_arbitration", N_("申请劳动仲裁"), 365, N_("劳动争议调解仲裁法第27条"), remedy=True),
        Term("civil_limitation", N_("民事诉讼时效"), 1095, N_("民法典第188条"), remedy=True),
    )
}


class TermCannotPause(Conflict):
    code = "term_cannot_pause"
    message = N_("法定期限不因调解中止，不能暂停")


def end_of_day(moment: datetime, days: int) -> datetime:
    """The last instant of the day `days` after `moment`, by the calendar of Yunnan: the law counts whole days."""
    last = local_date(moment) + timedelta(days=days)
    return datetime.combine(last, time(23, 59, 59), SHANGHAI)


async def start(
    session: AsyncSession, case: Case, kind: str, *, since: datetime | None = None, due: datetime | None = None
) -> Timer:
    """Begin a term now, or as of `since`; `due` where the parties or a notice set the day."""
    timer = timer_of(case.id, kind, instant(session), since=since, due=due)
    session.add(timer)
    await session.flush()
    await refresh(session, case)
    return timer


def timer_of(
    case_id: UUID, kind: str, now: datetime, *, since: datetime | None = None, due: datetime | None = None
) -> Timer:
    """The row of `start`, for who writes several at once."""
    term, began = TERMS[kind], since or now
    return Timer(
        id=new_id(now),
        case_id=case_id,
        kind=kind,
        source=term.source,
        started_at=began,
        due_at=due or end_of_day(began, term.days),
        recorded_at=now,
    )


async def running(session: AsyncSession, case_id: UUID, kind: str | None = None) -> Sequence[Timer]:
    query = select(Timer).where(Timer.case_id == case_id, Timer.done_at.is_(None)).order_by(Timer.due_at)
    return (await session.scalars(query if kind is None else query.where(Timer.kind == kind))).all()


async def finish(session: AsyncSession, case: Case, kind: str) -> None:
    for timer in await running(session, case.id, kind):
        timer.done_at = instant(session)
    await refresh(session, case)


async def pause(session: AsyncSession, case: Case, kind: str) -> None:
    """Only the mediation clock stops (appraisal): domain.md 13.1-3."""
    if not TERMS[kind].pausable:
        raise TermCannotPause
    for timer in await running(session, case.id, kind):
        timer.paused_at = timer.paused_at or instant(session)
    await refresh(session, case)


async def resume(session: AsyncSession, case: Case, kind: str) -> None:
    """The due day moves by the whole days that stood still: the law counts days."""
    today = local_date(instant(session))
    for timer in await running(session, case.id, kind):
        if timer.paused_at is not None:
            timer.due_at += today - local_date(timer.paused_at)
            timer.paused_at = None
    await refresh(session, case)


async def extend(session: AsyncSession, case: Case, kind: str, days: int) -> None:
    for timer in await running(session, case.id, kind):
        timer.due_at += timedelta(days=days)
    await refresh(session, case)


async def refresh(session: AsyncSession, case: Case) -> None:
    """The case's due date is its nearest running term that binds the workroom."""
    await session.flush()
    case.due_at = nearest(await running(session, case.id))


def nearest(open_timers: Sequence[Timer]) -> datetime | None:
    """When the first of those that bind the workroom and are not paused runs out."""
    ours = (timer.due_at for timer in open_timers if TERMS[timer.kind].ours and not timer.paused_at)
    return min(ours, default=None)
