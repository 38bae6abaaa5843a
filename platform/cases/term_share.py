"""The holder's share of a term: how many of its days each office held the case, by the rows of its moves."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from cases.custody import CustodyMove
from cases.history import Event
from cases.term_history import Told
from cases.terms import TERMS, Unit
from foundation.clock import local_date
from foundation.working_days import Calendar

FROM_OUTSIDE = "import"
"""The event with which a case from another system begins here."""
OUTSIDE = 0
"""The number of no office: days before that event are counted against none of ours."""
ONE = timedelta(days=1)


def custody(events: Iterable[Event], moves: Sequence[CustodyMove], holder: int) -> list[tuple[date, int]]:
    """Since which day which office held it, oldest first, whatever moved it; `holder`: now, if it never moved."""
    first = moves[0].from_office_id if moves else holder
    came = [local_date(event.recorded_at) for event in events if event.act == FROM_OUTSIDE]
    began = [(date.min, OUTSIDE), (came[0], first)] if came else [(date.min, first)]
    return began + [(local_date(one.recorded_at), one.to_office_id) for one in moves]


def shares(term: Told, held: Sequence[tuple[date, int]], today: date, days_off: Calendar) -> list[tuple[int, int]]:
    """(office, days) in the order of holding; counted as the term is, without the days its clock stood still.

    The day it begins is not counted; a day on which the case moved is the receiver's.
    """
    ends = min(today, local_date(term.done_at)) if term.done_at else today
    working = TERMS[term.kind].unit is Unit.WORKING_DAY
    found: Counter[int] = Counter()
    day = term.began + ONE
    while day <= ends:
        if not _stands(term, day) and (not working or days_off.is_workday(day)):
            found[_holder(held, day)] += 1
        day += ONE
    return list(found.items())


def _stands(term: Told, day: date) -> bool:
    stood = any(first < day <= last for first, last in term.stood)
    return stood or (term.paused_on is not None and day > term.paused_on)


def _holder(held: Sequence[tuple[date, int]], day: date) -> int:
    return next(office for since, office in reversed(held) if since <= day)
