"""Rates and defaults are dated data; a broken file is refused whole."""

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from funding.defaults import load_defaults
from funding.rulebook import offered
from funding.tariff import load_tariff

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
