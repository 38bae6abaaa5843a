"""The timers that run by the terms of the law; whatever an act does to one is noted for the act's event."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.clock_notes import note
from cases.history import Timer
from cases.models import Case
from cases.reckoning import LastDay, end_of_day, last_day, needs_calendar
from cases.term_settings import length_of
from cases.terms import FREE_LENGTH, TERMS, Extender, Term
from foundation.clock import local_date
from foundation.errors import Conflict
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from foundation.working_days import Calendar, calendar_of_place

__all__ = ["TERMS", "Term", "end_of_day", "extend", "finish", "pause", "resume", "running", "start"]

NO_DAYS_OFF = Calendar({})
"""For terms that days off do not change."""


class TermCannotPause(Conflict):
    code = "term_cannot_pause"
    message = N_("法定期限不因调解中止，不能暂停")


class TermCannotExtend(Conflict):
    code = "term_cannot_extend"
    message = N_("“%(term)s”不能这样延长，只能由这一方延长：%(who)s")


class ExtensionTooLong(Conflict):
    code = "extension_too_long"
    message = N_("“%(term)s”一共最多延长 %(most)s 日")


async def start(
    session: AsyncSession, case: Case, kind: str, *, since: datetime | None = None, due: datetime | None = None
) -> Timer:
    """Begin a term now, or as of `since`; `due` where the parties or a notice set the day."""
    timer = await begun(session, case, kind, since=since, due=due)
    session.add(timer)
    await session.flush()
    await refresh(session, case)
    return timer


async def begun(
    session: AsyncSession, case: Case, kind: str, *, since: datetime | None = None, due: datetime | None = None
) -> Timer:
    """The row of `start`, for who writes several at once. A length of a tenant's own is kept as the day it led to."""
    ends = LastDay(local_date(due)) if due else await ends_on(session, case, kind, since or instant(session))
    came = since and local_date(since)
    set_day = ends.day if due or kind in FREE_LENGTH else None
    note(session, case.id, "start", kind, **{"from": came, "due": set_day})
    return timer_of(case.id, kind, instant(session), ends, since=since, agreed_on=set_day)


async def ends_on(session: AsyncSession, case: Case, kind: str, since: datetime) -> LastDay:
    """The last day of a term that begins at `since`, by the calendar of the place where the dispute is."""
    term = TERMS[kind]
    length = await length_of(session, case, kind) if kind in FREE_LENGTH else None
    return last_day(term, local_date(since), await calendar(session, case, term), length=length)


async def calendar(session: AsyncSession, case: Case, *terms: Term) -> Calendar:
    """Read only when days off change one of `terms`."""
    return await calendar_of_place(session, case.place_id) if any(map(needs_calendar, terms)) else NO_DAYS_OFF


def timer_of(
    case_id: UUID,
    kind: str,
    now: datetime,
    ends: LastDay,
    *,
    since: datetime | None = None,
    agreed_on: date | None = None,
) -> Timer:
    return Timer(
        id=new_id(now),
        case_id=case_id,
        kind=kind,
        source=TERMS[kind].source,
        started_at=since or now,
        due_at=ends.moment,
        agreed_on=agreed_on,
        paused_days=0,
        extended_days=0,
        recorded_at=now,
    )


async def running(session: AsyncSession, case_id: UUID, kind: str | None = None) -> Sequence[Timer]:
    query = select(Timer).where(Timer.case_id == case_id, Timer.done_at.is_(None)).order_by(Timer.due_at, Timer.id)
    return (await session.scalars(query if kind is None else query.where(Timer.kind == kind))).all()


async def finish(session: AsyncSession, case: Case, kind: str, *, last_days: frozenset[date] | None = None) -> None:
    """All running terms of the kind, or those alone that end on one of `last_days`."""
    for timer in await running(session, case.id, kind):
        day = local_date(timer.due_at)
        if last_days is None or day in last_days:
            timer.done_at = instant(session)
            note(session, case.id, "finish", kind, due=day)
    await refresh(session, case)


FOR_MEDIATION = ("mediation", "unit_signature", "registration_approval")
"""Nobody has to sign or to approve what nobody mediates any more."""


async def end_of_mediation(session: AsyncSession, case: Case) -> None:
    for kind in FOR_MEDIATION:
        await finish(session, case, kind)


async def pause(session: AsyncSession, case: Case, kind: str) -> None:
    """Only where the law lets it: mediation during an appraisal, 复核 during a hearing (domain.md 13.1-3)."""
    if not TERMS[kind].pauses:
        raise TermCannotPause
    for timer in await running(session, case.id, kind):
        if timer.paused_at is None:
            timer.paused_at = instant(session)
            note(session, case.id, "pause", kind)
    await refresh(session, case)


async def resume(session: AsyncSession, case: Case, kind: str) -> None:
    """The due day moves by the whole days that stood still: the law counts days."""
    today = local_date(instant(session))
    for timer in await running(session, case.id, kind):
        if timer.paused_at is not None:
            timer.paused_days += (today - local_date(timer.paused_at)).days
            timer.paused_at = None
            timer.due_at = await _moved(session, case, timer)
            note(session, case.id, "resume", kind)
    await refresh(session, case)


async def extend(session: AsyncSession, case: Case, kind: str, days: int, by: Extender = Extender.PARTIES) -> None:
    """By the one whom the law names, within what it allows in all; overseers extend only their own (13.1-2)."""
    term = TERMS[kind]
    if by is not term.extended_by or by is Extender.NOBODY:
        raise TermCannotExtend(term=term.title, who=term.extended_by.label)
    for timer in await running(session, case.id, kind):
        if term.extension and timer.extended_days + days > term.extension:
            raise ExtensionTooLong(term=term.title, most=term.extension)
        timer.extended_days += days
        timer.due_at = await _moved(session, case, timer)
        note(session, case.id, "extend", kind, days=days)
    await refresh(session, case)


async def _moved(session: AsyncSession, case: Case, timer: Timer) -> datetime:
    term = TERMS[timer.kind]
    return due_of(timer, await calendar(session, case, term)).moment


def due_of(timer: Timer, days_off: Calendar) -> LastDay:
    """From what the row itself says: its beginning or its agreed day, and the days added since."""
    term, more = TERMS[timer.kind], timer.paused_days + timer.extended_days
    if timer.agreed_on is not None:
        return last_day(TERMS["performance"], timer.agreed_on, days_off, more=more)
    return last_day(term, local_date(timer.started_at), days_off, more=more)


async def refresh(session: AsyncSession, case: Case) -> None:
    """The case's due date is its nearest running term that binds the workroom."""
    await session.flush()
    next_due = nearest(await running(session, case.id))
    case.due_at, case.due_kind = (next_due.due_at, next_due.kind) if next_due else (None, None)


def nearest(open_timers: Sequence[Timer]) -> Timer | None:
    """The first to run out of those that bind the workroom and are not paused."""
    ours = (timer for timer in open_timers if TERMS[timer.kind].ours and not timer.paused_at)
    return min(ours, key=lambda timer: (timer.due_at, timer.kind), default=None)


async def all_begun(session: AsyncSession, case: Case, since: Mapping[str, datetime | None]) -> list[Timer]:
    """One row for each kind, from its day (None = now)."""
    return [await begun(session, case, kind, since=day) for kind, day in since.items()]
