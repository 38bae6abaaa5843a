"""What is done about one day, and when: warned ahead, overdue, told one tier up and another. Without a database."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from foundation.clock import SHANGHAI, local_date
from foundation.working_days import Calendar
from oversight.deadline_rules import Rung

A_SECOND = timedelta(seconds=1)
"""A day ends with its last second."""


class Doing(StrEnum):
    NOTHING = "nothing"
    SOON = "soon"
    OVERDUE = "overdue"
    RUNG = "rung"


class Step(Struct, frozen=True):
    """`tiers_up`: of a rung."""

    at: datetime
    doing: Doing
    tiers_up: int = 0


def steps(due: datetime, lead: int, calendar: Calendar, rungs: Sequence[Rung], *, working: bool) -> tuple[Step, ...]:
    """In their order. `lead` days before: working days where the term is counted in them; 0 = no warning, but a step
    all the same, so that steps taken are counted alike when the lead changes."""
    day = local_date(due)
    ahead = calendar.before(day, lead) if working else day - timedelta(days=lead)
    warned = Step(_morning(ahead), Doing.SOON) if lead else Step(due, Doing.NOTHING)
    told = (Step(_morning(calendar.add(day, rung.days)), Doing.RUNG, rung.tiers_up) for rung in rungs)
    return (warned, Step(due + A_SECOND, Doing.OVERDUE), *told)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)


class Look(Struct, frozen=True):
    """What one look takes, how many steps are taken then, and when to look again (None = never)."""

    now: tuple[Step, ...]
    taken: int
    again: datetime | None

    def until(self, lead_until: date | None) -> "Look":
        """Looked again on the day from which the warning is given at another time, while none has been."""
        if lead_until is None or self.taken or self.again is None:
            return self
        return replace(self, again=min(self.again, _morning(lead_until)))


def look(planned: Sequence[Step], taken: int, now: datetime) -> Look:
    """All that has come since: a job that comes late does the same as one in time. It warns of nothing that is over."""
    come = [step for step in planned if step.at <= now]
    fresh = tuple(come[taken:])
    over = any(step.doing is Doing.OVERDUE for step in come)
    still = tuple(one for one in fresh if one.doing is not Doing.NOTHING and not (over and one.doing is Doing.SOON))
    reached = max(taken, len(come))
    return Look(still, reached, planned[reached].at if reached < len(planned) else None)
