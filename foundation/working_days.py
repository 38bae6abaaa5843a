"""Working days (工作日): holidays and make-up days as dated data, which a tenant may override for its own area.

A day without a row is a working day from Monday to Friday, and provisional: its year's notice is not in the table.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import Identity, Index, Integer, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation import direct
from foundation.model import Base

SATURDAY = 5
ONE = timedelta(days=1)
LONGEST_BREAK = 30
"""Days loaded beyond the weeks that a term needs: longer than any run of days off."""


class CalendarDay(Base):
    __tablename__ = "calendar_days"
    __table_args__ = (
        Index("uq_calendar_days_date_tenant_id", "date", "tenant_id", unique=True, postgresql_nulls_not_distinct=True),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    day: Mapped[date] = mapped_column("date")
    tenant_id: Mapped[int | None] = mapped_column(comment="null = the whole province")
    is_workday: Mapped[bool]
    name: Mapped[str] = mapped_column(default="")
    provisional: Mapped[bool] = mapped_column(default=False, comment="no notice of the State Council yet")


class Calendar(Struct, frozen=True):
    """The known days of one place; `years`: those whose notice is in the table."""

    days: Mapping[date, bool]
    years: frozenset[int] = frozenset()

    def is_workday(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < SATURDAY)

    def is_provisional(self, day: date) -> bool:
        """Nobody has announced that year's holidays yet."""
        return day.year not in self.years

    def add(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`; the day itself is not counted (民法典 201)."""
        day = start
        while count:
            day += ONE
            count -= self.is_workday(day)
        return day

    def before(self, end: date, count: int) -> date:
        """The last day from which `count` working days are left up to and with `end`."""
        day = end
        while count:
            count -= self.is_workday(day)
            day -= ONE
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` lies before."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def next_workday(self, day: date) -> date:
        """`day`, or the first working day after it: a term that ends on a day off ends then (民法典 203)."""
        while not self.is_workday(day):
            day += ONE
        return day


def add_months(start: date, count: int) -> date:
    """The same day `count` months later, or the last day of that month where it has no such day (民法典 202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


async def calendar_of_place(session: AsyncSession, place_id: int) -> Calendar:
    """All announced days of the place where a dispute is: there its courts and organs are. Read once a session."""
    calendars: dict[int, Calendar] = session.info.setdefault("calendars", {})
    if place_id not in calendars:
        calendars[place_id] = _calendar(await direct.fetch(session, OF_PLACE, place_id))
    return calendars[place_id]


async def calendars_of_places(session: AsyncSession, place_ids: Iterable[int]) -> Mapping[int, Calendar]:
    """Of many places at once: those that have no days of their own have one calendar."""
    calendars: dict[int, Calendar] = session.info.setdefault("calendars", {})
    asked = set(place_ids)
    alike: dict[str, int] = {}
    for place, own_days in await direct.fetch(session, OWN_DAYS, sorted(asked - calendars.keys())):
        first = alike.setdefault(own_days, place)
        calendars[place] = await calendar_of_place(session, first)
    return {place: calendars[place] for place in asked}


OWN_DAYS = """
with own as materialized (
    select t.place_id, t.id from tenants t where t.id in (select d.tenant_id from calendar_days d))
select p.id, array(select o.id from own o
    where o.place_id in (p.id, p.province_id, p.prefecture_id, p.county_id, p.township_id) order by 1)::text
from places p where p.id = any ($1)"""
"""Of each place, whose days reach it."""


def _calendar(rows: Iterable[Sequence[object]]) -> Calendar:
    """From (day, workday, provisional, depth), the province first: the nearest tenant's row decides."""
    days: dict[date, bool] = {}
    years: set[int] = set()
    for day, works, provisional, depth in rows:
        assert isinstance(day, date)  # of the table
        days[day] = bool(works)
        if depth == 0 and not provisional:
            years.add(day.year)
    return Calendar(days, frozenset(years))


OF_PLACE = """
select d.date, d.is_workday, d.provisional, coalesce(strpos('PFCT', t.tier), 0) as depth
from calendar_days d left join tenants t on t.id = d.tenant_id
where (d.tenant_id is null and (d.provisional or d.is_workday <> (extract(isodow from d.date) < 6)))
   or t.place_id in (select unnest(array[p.id, p.province_id, p.prefecture_id, p.county_id, p.township_id])
                     from places p where p.id = $1)
order by depth"""
"""What differs from Monday to Friday, and every row of a tenant. A year with a notice has such days."""


async def load_calendar(session: AsyncSession, first: date, last: date, tenants: Sequence[int] = ()) -> Calendar:
    """The calendar from `first` to `last`; `tenants` from the province down: the nearest one's row decides."""
    mine = or_(CalendarDay.tenant_id.is_(None), CalendarDay.tenant_id.in_(tenants))
    rows = await session.execute(
        select(CalendarDay.day, CalendarDay.tenant_id, CalendarDay.is_workday).where(
            CalendarDay.day.between(first, last), mine
        )
    )
    rank = {tenant: depth for depth, tenant in enumerate(tenants, start=1)}
    nearest_last = sorted(rows, key=lambda row: rank.get(row.tenant_id, 0))
    return Calendar({row.day: row.is_workday for row in nearest_last})


async def add_working_days(session: AsyncSession, start: date, count: int, tenants: Sequence[int] = ()) -> date:
    """The `count`-th working day after `start` in the calendar of `tenants` (province first)."""
    last = start + timedelta(days=count * 2 + LONGEST_BREAK)
    return (await load_calendar(session, start, last, tenants)).add(start, count)
