"""Working days (工作日): holidays and make-up days as dated data, which a tenant may override for its own area.

A day without a row is a working day from Monday to Friday, and provisional: its year's notice is not in the table.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import Identity, Index, Integer, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

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
    """The known days of one place."""

    days: Mapping[date, bool]

    def is_workday(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < SATURDAY)

    def add(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`; the day itself is not counted (民法典 201)."""
        day = start
        while count:
            day += ONE
            count -= self.is_workday(day)
        return day

    def next_workday(self, day: date) -> date:
        """`day`, or the first working day after it: a term that ends on a day off ends then (民法典 203)."""
        while not self.is_workday(day):
            day += ONE
        return day


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
