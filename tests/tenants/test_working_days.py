"""Working days: the notice's days off and make-up days, a tenant's own holidays, and years without a notice."""

from datetime import date

import pytest
from sqlalchemy import text

from foundation.ids import new_id
from foundation.store import Scope, Store
from foundation.working_days import Calendar, add_working_days, load_calendar
from tests.conftest import NOON


async def test_five_working_days_over_the_national_holiday(store: Store) -> None:
    async with store.anonymous() as session:
        assert await add_working_days(session, date(2026, 9, 30), 5) == date(2026, 10, 13)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # a Saturday made up for
        (date(2026, 2, 17), False),  # a Tuesday of the Spring Festival
        (date(2026, 3, 7), False),  # a plain Saturday
        (date(2026, 3, 9), True),
    ],
)
async def test_the_notice_decides_before_the_weekday(store: Store, day: date, works: bool) -> None:
    async with store.anonymous() as session:
        assert (await load_calendar(session, day, day)).is_workday(day) is works


async def test_the_nearest_tenants_own_holiday_decides(owner: Store) -> None:
    torch = date(2026, 8, 6)
    insert = text(
        "insert into calendar_days (date, tenant_id, is_workday, name, provisional)"
        " values (:d, 901, false, '火把节', false), (:d, 902, true, '', false)"
    )
    async with owner.anonymous() as session:
        await session.execute(insert, {"d": torch})
        chains: dict[tuple[int, ...], bool] = {(): True, (901,): False, (901, 902): True, (902, 901): False}
        for tenants, works in chains.items():
            assert (await load_calendar(session, torch, torch, tenants)).is_workday(torch) is works
        await session.rollback()


def test_a_year_without_a_notice_counts_monday_to_friday() -> None:
    assert Calendar({}).add(date(2031, 1, 3), 5) == date(2031, 1, 10)


def test_a_term_that_ends_on_a_day_off_ends_on_the_next_working_day() -> None:
    calendar = Calendar({date(2031, 1, 6): False})
    assert calendar.next_workday(date(2031, 1, 4)) == date(2031, 1, 7)
    assert calendar.next_workday(date(2031, 1, 7)) == date(2031, 1, 7)


async def test_only_the_province_writes_its_calendar(owner: Store, store: Store, offices: tuple[int, int]) -> None:
    insert = text(
        "insert into calendar_days (date, tenant_id, is_workday, name, provisional)"
        " values ('2040-01-01', :t, false, '', true)"
    )
    county = offices[0]
    async with store.scoped(Scope(county, new_id(NOON))) as session:
        await session.execute(insert, {"t": county})
        await session.rollback()
    for foreign in (None, offices[1]):
        with pytest.raises(Exception, match="row-level security"):
            async with store.scoped(Scope(county, new_id(NOON))) as session:
                await session.execute(insert, {"t": foreign})
