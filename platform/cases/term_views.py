"""The terms of a case as they are shown: the last day, the days left and how they are counted, who held it how long."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import term_history, timers
from cases.custody import CustodyMove
from cases.history import Event, Timer
from cases.models import Case
from cases.reckoning import days_left
from cases.term_settings import Setting, settings_of
from cases.term_share import custody, shares
from cases.terms import TERMS, Extender
from foundation.clock import local_date
from foundation.store import instant
from foundation.working_days import Calendar, calendar_of_place


class Share(Struct, frozen=True):
    """So many days of the term the office held the case, counted as the term is; office 0: before it came to us."""

    office_id: int
    days: int


class TimerView(Struct, frozen=True):
    """`days_left` counts in `counted` (calendar or working days), negative = so many too late; `provisional`: it hangs
    on the holidays of a year that nobody has announced yet."""

    kind: str
    title: str
    source: str
    due_at: datetime
    paused: bool
    done: bool
    remedy: bool
    started_at: datetime
    counted: str
    days_left: int
    due_soon: bool
    provisional: bool
    mediation: str
    extended_by: str
    extended_days: int
    paused_days: int
    shares: Sequence[Share] = ()

    @property
    def runs(self) -> bool:
        return not self.done and not self.paused


OF_ONE_PERSON = frozenset(
    {"relief_answer", "legal_aid_decision", "legal_aid_assignment", "legal_aid_objection", "legal_aid_first"}
)
"""Terms that tell of one person's hardship: the other parties of the case do not read them on their pages."""
OF_THE_HOUSE = frozenset({"archives_transfer", "breach_notice"})
"""Nothing a party waits for; of a leak each gets a notice of its own."""


async def timers_for_party(session: AsyncSession, case: Case) -> list[TimerView]:
    """What a petitioner's own page shows; what concerns one of them stands in that person's papers."""
    return [timer for timer in await timers_of(session, case) if timer.kind not in OF_ONE_PERSON | OF_THE_HOUSE]


async def timers_of(
    session: AsyncSession,
    case: Case,
    tenant_id: int | None = None,
    events: Sequence[Event] = (),
    moves: Sequence[CustodyMove] = (),
) -> list[TimerView]:
    """By last day; `tenant_id`: whose warning leads count. Shares only with the case's `events`, and by its `moves`,
    oldest first."""
    rows = (await session.scalars(select(Timer).where(Timer.case_id == case.id).order_by(Timer.due_at))).all()
    days_off = await calendar_of_place(session, case.place_id)
    settings = await settings_of(session, tenant_id)
    today = local_date(instant(session))
    held = _shares(case, events, moves, today, days_off)
    return [_view(row, today, days_off, settings, held) for row in rows]


Held = Mapping[tuple[str, date], Sequence[Share]]


def _shares(case: Case, events: Sequence[Event], moves: Sequence[CustodyMove], today: date, days_off: Calendar) -> Held:
    """By kind and the day it began."""
    holders = custody(events, moves, case.holder_office_id)
    return {
        (term.kind, term.began): [Share(office, days) for office, days in shares(term, holders, today, days_off)]
        for term in term_history.retold(events, days_off)
    }


def _view(row: Timer, today: date, days_off: Calendar, settings: Mapping[str, Setting], held: Held) -> TimerView:
    term, day = TERMS[row.kind], local_date(row.due_at)
    # A clock that stands shows what it had left when it stopped.
    left = days_left(term, local_date(row.paused_at) if row.paused_at else today, day, days_off)
    open_ = row.done_at is None and row.paused_at is None
    return TimerView(
        kind=row.kind,
        title=term.title,
        source=row.source,
        due_at=row.due_at,
        paused=row.paused_at is not None,
        done=row.done_at is not None,
        remedy=term.remedy,
        started_at=row.started_at,
        counted=term.counted.label,
        days_left=left,
        due_soon=open_ and is_soon(left, settings[row.kind].lead_days),
        provisional=timers.due_of(row, days_off).provisional,
        mediation=term.beside_mediation(left < 0),
        extended_by="" if term.extended_by is Extender.NOBODY else term.extended_by.label,
        extended_days=row.extended_days,
        paused_days=row.paused_days,
        shares=held.get((row.kind, local_date(row.started_at)), ()),
    )


def is_soon(left: int, lead: int) -> bool:
    """Within its warning lead, the last day included, and not over yet."""
    return 0 <= left <= lead
