"""The terms of a case told again from its events alone, and compared with the rows: they must say the same."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.clock_notes import KEY
from cases.history import Event, Timer
from cases.models import Case
from cases.reckoning import last_day
from cases.terms import TERMS
from foundation.clock import local_date
from foundation.working_days import Calendar, calendar_of_place

FIRST = ("register", "import")
"""How a history may begin."""


class Told(Struct):
    """One term as the events tell it."""

    kind: str
    began: date
    agreed_on: date | None = None
    paused_on: date | None = None
    paused_days: int = 0
    extended_days: int = 0
    done_at: datetime | None = None
    stood: tuple[tuple[date, date], ...] = ()
    """When its clock stood still, from and to."""

    def last_day(self, days_off: Calendar) -> date:
        more = self.paused_days + self.extended_days
        if self.agreed_on is not None:
            return last_day(TERMS["performance"], self.agreed_on, days_off, more=more).day
        return last_day(TERMS[self.kind], self.began, days_off, more=more).day


class Difference(Struct, frozen=True):
    """A term that the events tell otherwise than its row; None = only one of the two has it."""

    kind: str
    told: str | None
    kept: str | None


def retold(events: Iterable[Event], days_off: Calendar) -> list[Told]:
    """Every term that the events name; events oldest first."""
    terms: list[Told] = []
    for event in events:
        for note in event.data.get(KEY, ()):
            _apply(terms, note, event.recorded_at, days_off)
    return terms


def _apply(terms: list[Told], note: Mapping[str, Any], at: datetime, days_off: Calendar) -> None:
    today, kind = local_date(at), note["kind"]
    if note["did"] == "start":
        terms.append(Told(kind, _day(note, "from") or today, agreed_on=_day(note, "due")))
        return
    running = [term for term in terms if term.kind == kind and term.done_at is None]
    for term in _meant(running, _day(note, "due"), days_off):
        _change(term, note, at, today)


def _meant(running: list[Told], due: date | None, days_off: Calendar) -> list[Told]:
    """Those that end on the day named; the only one there is also where its day was reckoned otherwise since."""
    named = [term for term in running if due is None or term.last_day(days_off) == due]
    return named or (running if len(running) == 1 else [])


def _change(term: Told, note: Mapping[str, Any], at: datetime, today: date) -> None:
    match note["did"]:
        case "finish":
            term.done_at = at
        case "pause":
            term.paused_on = today
        case "resume" if term.paused_on:
            term.paused_days += (today - term.paused_on).days
            term.stood = (*term.stood, (term.paused_on, today))
            term.paused_on = None
        case "extend":
            term.extended_days += note["days"]


def _day(note: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(note[name]) if name in note else None


async def events_of(session: AsyncSession, case: Case) -> Sequence[Event]:
    """All of a case, oldest first."""
    query = select(Event).where(Event.case_id == case.id).order_by(Event.recorded_at, Event.id)
    return (await session.scalars(query)).all()


async def differences(session: AsyncSession, case: Case) -> list[Difference] | None:
    """None where the case's history does not begin with its registration: nothing can be told from there."""
    events = await events_of(session, case)
    if not events or events[0].act not in FIRST:
        return None
    days_off = await calendar_of_place(session, case.place_id)
    rows = (await session.scalars(select(Timer).where(Timer.case_id == case.id))).all()
    told = sorted((term.kind, _told_in_words(term, days_off)) for term in retold(events, days_off))
    kept = sorted((row.kind, _kept_in_words(row)) for row in rows)
    only_told, only_kept = _without(told, kept), _without(kept, told)
    return [Difference(kind, text, None) for kind, text in only_told] + [
        Difference(kind, None, text) for kind, text in only_kept
    ]


def _told_in_words(term: Told, days_off: Calendar) -> str:
    return _words(term.began, term.last_day(days_off), term.paused_on, term.done_at)


def _kept_in_words(row: Timer) -> str:
    paused = local_date(row.paused_at) if row.paused_at else None
    return _words(local_date(row.started_at), local_date(row.due_at), paused, row.done_at)


def _words(began: date, ends: date, paused: date | None, done: datetime | None) -> str:
    return f"{began} → {ends}; paused {paused or '-'}; done {done.isoformat() if done else '-'}"


def _without(some: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is left of `some` when each of `others` has taken its like away."""
    left = list(some)
    for other in others:
        if other in left:
            left.remove(other)
    return left
