"""The arithmetic of terms, without a database: from the day it begins to its last day, and how many are left."""

from datetime import date, datetime, time, timedelta

from msgspec import Struct

from cases.terms import Term, Unit
from foundation.clock import SHANGHAI, local_date
from foundation.working_days import Calendar, add_months

END = time(23, 59, 59)


class LastDay(Struct, frozen=True):
    """`provisional`: it hangs on the holidays of a year that nobody has announced yet."""

    day: date
    provisional: bool = False

    @property
    def moment(self) -> datetime:
        """Its last instant in Yunnan: the law counts whole days."""
        return datetime.combine(self.day, END, SHANGHAI)


def end_of_day(moment: datetime, days: int) -> datetime:
    """The last instant of the day `days` after `moment`, by the calendar of Yunnan: the law counts whole days."""
    return LastDay(local_date(moment) + timedelta(days=days)).moment


def needs_calendar(term: Term) -> bool:
    """Whether days off change its last day at all."""
    return term.rolls or term.unit is Unit.WORKING_DAY


def last_day(term: Term, began: date, calendar: Calendar, *, length: int | None = None, more: int = 0) -> LastDay:
    """`length`: a tenant's own where the law names none; `more`: days of extension and of a stopped clock."""
    day = _counted(term.unit, began, term.length if length is None else length, calendar) + timedelta(days=more)
    if term.rolls:
        # The plain last day may lie in an unannounced year too: then no one can say whether it is a day off.
        return LastDay(calendar.next_workday(day), calendar.is_provisional(day))
    return LastDay(day, needs_calendar(term) and calendar.is_provisional(day))


def _counted(unit: Unit, began: date, length: int, calendar: Calendar) -> date:
    if unit is Unit.WORKING_DAY:
        return calendar.add(began, length)
    if unit is Unit.MONTH:
        return add_months(began, length)
    if unit is Unit.YEAR:
        return add_months(began, length * 12)
    return began + timedelta(days=length)


def days_left(term: Term, today: date, last: date, calendar: Calendar) -> int:
    """Working days for a term of working days, calendar days for all others; negative = so many too late."""
    return calendar.between(today, last) if term.unit is Unit.WORKING_DAY else (last - today).days
