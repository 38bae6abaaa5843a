"""The arithmetic of terms: calendar and working days apart, months by their days, days off where a law says so."""

from datetime import date

import pytest

from cases.reckoning import LastDay, days_left, last_day
from cases.terms import FREE_LENGTH, TERMS, Extender, Unit
from foundation.store import Store
from foundation.working_days import Calendar, add_months, load_calendar
from tests.conftest import NOON

EVERY_YEAR = frozenset(range(2020, 2040))


async def announced(store: Store) -> Calendar:
    """The national days of 2025 and 2026, as the table has them."""
    async with store.anonymous() as session:
        days = (await load_calendar(session, date(2025, 1, 1), date(2026, 12, 31))).days
    return Calendar(days, frozenset({2025, 2026}))


@pytest.mark.parametrize(
    ("began", "ends"),
    [
        (date(2026, 2, 9), date(2026, 2, 14)),  # the Saturday made up for counts
        (date(2026, 2, 12), date(2026, 2, 26)),  # 02-13, the made-up 02-14, then from 02-24
        (date(2026, 2, 13), date(2026, 2, 27)),
        (date(2026, 2, 23), date(2026, 2, 28)),  # the Saturday after the festival is made up for too
        (date(2026, 9, 30), date(2026, 10, 13)),  # National Day, and the made-up 10-10
        (date(2026, 3, 2), date(2026, 3, 9)),
    ],
)
@pytest.mark.obligation("34")
async def test_five_working_days_run_around_the_festival_and_its_made_up_days(
    store: Store, began: date, ends: date
) -> None:
    calendar = await announced(store)
    assert last_day(TERMS["transfer_objection"], began, calendar) == LastDay(ends)
    assert days_left(TERMS["transfer_objection"], began, ends, calendar) == 5


@pytest.mark.parametrize(
    ("kind", "began", "ends"),
    [
        ("confirmation", date(2026, 1, 16), date(2026, 2, 24)),  # 02-15 is the first day off of the festival
        ("confirmation", date(2026, 1, 15), date(2026, 2, 14)),  # a Saturday on which people work
        ("confirmation", date(2026, 1, 29), date(2026, 2, 28)),  # likewise
        ("confirmation", date(2026, 9, 2), date(2026, 10, 8)),  # 10-02 lies in the National Day's days off
        ("reconsideration", date(2025, 12, 18), date(2026, 2, 24)),  # 02-16
        ("reconsideration", date(2026, 1, 10), date(2026, 3, 11)),  # no day off
        ("mediation", date(2026, 1, 16), date(2026, 2, 15)),  # stays on the day off: no rule moves it
        ("petition_disposition", date(2026, 2, 2), date(2026, 2, 17)),
        ("handling", date(2025, 12, 18), date(2026, 2, 16)),
        ("review_request", date(2026, 1, 16), date(2026, 2, 15)),
    ],
)
async def test_a_day_off_moves_the_last_day_only_where_a_law_says_so(
    store: Store, kind: str, began: date, ends: date
) -> None:
    assert last_day(TERMS[kind], began, await announced(store)) == LastDay(ends)


@pytest.mark.parametrize(
    ("start", "months", "ends"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 3, 31), 6, date(2026, 9, 30)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2025, 2, 28), 36, date(2028, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_last_one_there_is(start: date, months: int, ends: date) -> None:
    """民法典 202."""
    assert add_months(start, months) == ends


def test_six_months_to_sue_are_six_months_and_not_a_hundred_and_eighty_days() -> None:
    plain = Calendar({}, EVERY_YEAR)
    assert last_day(TERMS["administrative_suit"], date(2026, 3, 2), plain) == LastDay(date(2026, 9, 2))
    assert (date(2026, 9, 2) - date(2026, 3, 2)).days == 184


@pytest.mark.parametrize(
    ("kind", "ends"), [("labour_arbitration", 2029), ("execution", 2030), ("civil_limitation", 2031)]
)
def test_years_are_years_also_from_a_leap_day(kind: str, ends: int) -> None:
    plain = Calendar({}, EVERY_YEAR)
    assert last_day(TERMS[kind], date(2028, 2, 29), plain).day == date(ends, 2, 28)


def test_a_last_day_in_a_year_without_a_notice_is_provisional_where_days_off_matter() -> None:
    known = Calendar({}, frozenset({2026}))
    assert last_day(TERMS["labour_arbitration"], date(2026, 3, 2), known).provisional
    assert not last_day(TERMS["labour_arbitration"], date(2025, 3, 3), known).provisional
    assert last_day(TERMS["transfer_objection"], date(2026, 12, 30), known).provisional
    assert not last_day(TERMS["mediation"], date(2026, 12, 30), known).provisional, "no day off moves it"


def test_what_is_left_counts_down_to_zero_and_beyond_in_its_own_days() -> None:
    plain = Calendar({}, EVERY_YEAR)
    friday, monday = date(2026, 3, 6), date(2026, 3, 9)
    assert days_left(TERMS["transfer_objection"], friday, monday, plain) == 1
    assert days_left(TERMS["mediation"], friday, monday, plain) == 3
    assert days_left(TERMS["mediation"], monday, monday, plain) == 0
    assert days_left(TERMS["transfer_objection"], monday, friday, plain) == -1
    assert days_left(TERMS["mediation"], monday, friday, plain) == -3


@pytest.mark.parametrize(
    ("kind", "length", "unit"),
    [
        ("petition_disposition", 15, Unit.DAY),
        ("written_notice", 15, Unit.DAY),
        ("transfer_objection", 5, Unit.WORKING_DAY),
        ("handling", 60, Unit.DAY),
        ("review_request", 30, Unit.DAY),
        ("review_decision", 30, Unit.DAY),
        ("reexamination_request", 30, Unit.DAY),
        ("reexamination_decision", 30, Unit.DAY),
        ("mediation", 30, Unit.DAY),
        ("confirmation", 30, Unit.DAY),
        ("legal_aid_decision", 7, Unit.DAY),
        ("legal_aid_assignment", 3, Unit.DAY),
        ("legal_aid_objection", 5, Unit.DAY),
        ("legal_aid_first", 0, Unit.AT_ONCE),
        ("archives_transfer", 10, Unit.YEAR),
        ("reconsideration", 60, Unit.DAY),
        ("administrative_suit", 6, Unit.MONTH),
        ("labour_arbitration", 1, Unit.YEAR),
        ("civil_limitation", 3, Unit.YEAR),
        ("execution", 2, Unit.YEAR),
        ("breach_notice", 0, Unit.AT_ONCE),
    ],
)
def test_every_term_of_the_law_has_its_length_its_unit_and_its_source(kind: str, length: int, unit: Unit) -> None:
    """domain.md 4 and 13.2."""
    term = TERMS[kind]
    assert (term.length, term.unit) == (length, unit)
    assert "第" in term.source
    assert term.because
    assert term.in_force <= NOON.date()


def test_only_two_clocks_ever_stop_and_no_overseer_extends_a_term_of_the_law() -> None:
    """domain.md 13.1-2, 13.1-3."""
    assert {kind for kind, term in TERMS.items() if term.pauses} == {"mediation", "reexamination_decision"}
    extended = {kind: term.extended_by for kind, term in TERMS.items() if term.extended_by is not Extender.NOBODY}
    assert extended == {
        "handling": Extender.UNIT_HEAD,
        "mediation": Extender.PARTIES,
        "performance": Extender.PARTIES,
        "strike_off": Extender.OVERSEER,
    }
    assert TERMS["handling"].extension == 30


@pytest.mark.obligation("34")
def test_a_length_that_neither_law_nor_plan_names_is_the_tenants_own() -> None:
    assert {"strike_off", "unit_signature"} <= FREE_LENGTH
    assert all(not TERMS[kind].remedy and TERMS[kind].length > 0 for kind in FREE_LENGTH)


def test_every_remedy_says_what_mediation_does_to_it_and_only_a_civil_limitation_is_interrupted() -> None:
    remedies = {kind: term for kind, term in TERMS.items() if term.remedy}
    assert all(term.mediation and not term.pauses and not term.ours for term in remedies.values())
    assert {kind for kind, term in remedies.items() if "请求之日起诉讼时效中断" in term.mediation} == {
        "civil_limitation"
    }
