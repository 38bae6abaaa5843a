"""Rates and defaults are dated data; a broken file is refused whole."""

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from funding.answers import Decision, FactsMissing
from funding.defaults import load_defaults
from funding.payer import decide
from funding.rulebook import Rulebook, offered, shipped
from funding.tariff import Rate, RateKey, Tariff, load_tariff
from funding.travel_standard import ceiling
from funding.words import Outcome
from tenants.tiers import Tier
from tests.funding.lines import COUNTY, PREFECTURE, subsidy

PLAN = date(2018, 6, 7)


@pytest.mark.parametrize(
    ("key", "minimum", "maximum"),
    [
        ("subsidy.general", 300_000, 500_000),
        ("subsidy.major", 1_000_000, 3_000_000),
        ("duty.person_day", 20_000, 20_000),
    ],
)
def test_the_shipped_rates_are_those_of_the_plan_from_its_day_on(key: str, minimum: int, maximum: int) -> None:
    rate = load_tariff().on(key, PLAN)
    assert rate is not None and (rate.minimum_fen, rate.maximum_fen) == (minimum, maximum)
    assert rate.clause and rate.source
    assert load_tariff().on(key, PLAN - timedelta(days=1)) is None


def rate(**changed: object) -> dict[str, object]:
    shipped = {"key": "k", "minimum_fen": 1, "maximum_fen": 2, "unit": "每案", "clause": "c", "source": "s"}
    return shipped | {"valid_from": "2020-01-01", "valid_to": "2020-12-31"} | changed


def written(folder: Path, *entries: dict[str, object]) -> Path:
    path = folder / "data.json"
    path.write_bytes(msgspec.json.encode(entries))
    return path


def test_a_rate_ends_with_its_last_day_and_the_next_begins(tmp_path: Path) -> None:
    later = rate(valid_from="2021-01-01", valid_to=None, minimum_fen=5, maximum_fen=9)
    tariff = load_tariff(written(tmp_path, rate(), later))
    last, first = tariff.on("k", date(2020, 12, 31)), tariff.on("k", date(2021, 1, 1))
    assert last is not None and last.maximum_fen == 2
    assert first is not None and first.maximum_fen == 9


def test_two_rates_for_one_day_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two rates in force on the same day"):
        load_tariff(written(tmp_path, rate(), rate(valid_from="2020-12-31", valid_to=None)))


@pytest.mark.parametrize("broken", [{"minimum_fen": 3}, {"minimum_fen": -1}, {"valid_from": "soon"}, {"surprise": 1}])
def test_a_broken_rate_is_refused(tmp_path: Path, broken: dict[str, object]) -> None:
    with pytest.raises((msgspec.ValidationError, ValueError)):
        load_tariff(written(tmp_path, rate(**broken)))


def test_a_default_that_the_table_does_not_offer_is_refused(tmp_path: Path) -> None:
    entry: dict[str, object] = {
        "row": "A8",
        "choice": "person",
        "reason": "r",
        "source": "s",
        "valid_from": "2020-01-01",
        "valid_to": None,
    }
    with pytest.raises(ValueError, match="A8"):
        load_defaults(offered(), written(tmp_path, entry))


def own(key: str, minimum: int, maximum: int) -> Rate:
    return Rate(key, minimum, maximum, "每案", "测试条款", "测试文件", PLAN, None)


GENERAL = "subsidy.general"


@pytest.mark.parametrize(
    ("county", "prefecture", "bounds"),
    [
        ((350_000, 450_000), None, (350_000, 450_000)),
        ((350_000, 900_000), None, (350_000, 500_000)),  # the level above has come down meanwhile
        ((600_000, 900_000), None, (300_000, 500_000)),  # nothing in common: the level above
        ((350_000, 450_000), (400_000, 500_000), (400_000, 450_000)),
    ],
)
def test_a_lower_level_only_narrows_what_holds_above_it(
    county: tuple[int, int], prefecture: tuple[int, int] | None, bounds: tuple[int, int]
) -> None:
    rates = {COUNTY: (own(GENERAL, *county),)}
    if prefecture:
        rates[PREFECTURE] = (own(GENERAL, *prefecture),)
    book = Rulebook(Tariff(load_tariff().rates, rates), shipped().defaults)
    answer = decide(subsidy(), book)
    assert isinstance(answer, Decision) and (answer.minimum_fen, answer.maximum_fen) == bounds
    beside = decide(subsidy(county=99, tenant=99, place_county=99, prefecture=98), book)
    assert isinstance(beside, Decision) and beside.maximum_fen == 500_000
    above = decide(subsidy(tier=Tier.PROVINCE, county=None, prefecture=None), book)
    assert isinstance(above, Decision) and above.maximum_fen == 500_000
    assert isinstance(decide(subsidy(tier=None), book), FactsMissing)  # whose range it is matters now


def test_the_discretionary_amount_is_the_levels_own_and_never_over_its_class() -> None:
    failed = subsidy(outcome=Outcome.FAILED)
    rates = (*load_tariff().rates, own("discretionary.general", 50_000, 900_000))
    answer = decide(failed, Rulebook(Tariff(rates), shipped().defaults))
    assert isinstance(answer, Decision) and (answer.minimum_fen, answer.maximum_fen) == (50_000, 500_000)
    county = {COUNTY: (own("discretionary.general", 0, 100_000),)}
    lower = decide(failed, Rulebook(Tariff(load_tariff().rates, county), shipped().defaults))
    assert isinstance(lower, Decision) and (lower.minimum_fen, lower.maximum_fen) == (0, 100_000)


def test_the_travel_standard_bounds_a_trip_once_all_its_parts_are_set() -> None:
    parts = {RateKey.MEALS: 10_000, RateKey.TRANSPORT: 8_000, RateKey.LODGING: 30_000, RateKey.INTERCITY: 50_000}
    rates = tuple(own(key.value, 0, fen) for key, fen in parts.items())
    days = (date(2026, 3, 2), date(2026, 3, 4))
    assert ceiling(Tariff(rates), *days, ()) == 3 * 18_000 + 2 * 30_000 + 50_000
    assert ceiling(Tariff(rates[:3]), *days, ()) is None
    lower = {COUNTY: (own("travel.lodging_night", 0, 20_000),)}
    assert ceiling(Tariff(rates, lower), *days, (PREFECTURE, COUNTY)) == 3 * 18_000 + 2 * 20_000 + 50_000
