"""How a broken field is worded."""

from datetime import date, datetime
from typing import Annotated

import pytest
from msgspec import Meta, Struct

from foundation.errors import InvalidInput
from foundation.forms import parse


class Sample(Struct):
    claims: Annotated[list[int], Meta(min_length=1, max_length=2)]
    text: Annotated[str, Meta(min_length=2, max_length=3)]


@pytest.mark.parametrize(
    ("claims", "text", "worded"),
    [
        ([], "甲", {"claims": "至少要有 1 项", "text": "至少要有 2 个字"}),
        ([1, 2, 3], "甲乙丙丁", {"claims": "最多 2 项", "text": "最多 3 个字"}),
    ],
)
def test_items_are_counted_as_items_and_text_as_characters(
    claims: list[int], text: str, worded: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(Sample, {"claims": claims, "text": text}, strict=True)
    assert {error.field: error.text("zh") for error in refused.value.fields} == worded


class Dated(Struct):
    day: date
    at: datetime | None = None


@pytest.mark.parametrize("year", ["0001", "1899", "2200", "9999"])
def test_a_year_nobody_means_is_an_error_at_its_field(year: str) -> None:
    raw = {"day": f"{year}-01-01", "at": f"{year}-12-31T23:59:59+08:00"}
    with pytest.raises(InvalidInput) as refused:
        parse(Dated, raw, strict=True)
    assert [(error.field, error.rule) for error in refused.value.fields] == [
        ("day", "year_out_of_range"),
        ("at", "year_out_of_range"),
    ]
    assert parse(Dated, {"day": "1900-01-01", "at": "2199-12-31T23:59:59+08:00"}, strict=True).day.year == 1900


class Counted(Struct):
    place_id: Annotated[int, Meta(extra={"options": "places"})]
    number: Annotated[str, Meta(max_length=18, extra={"compact": True})] | None = None


@pytest.mark.parametrize("strict", [True, False])
def test_a_number_that_no_column_holds_is_refused_at_its_field(strict: bool) -> None:
    for value in (10**30, -(10**30), 2**31):
        with pytest.raises(InvalidInput) as refused:
            parse(Counted, {"place_id": value if strict else str(value)}, strict=strict)
        assert [error.field for error in refused.value.fields] == ["place_id"]


@pytest.mark.parametrize("strict", [True, False])
def test_a_number_written_in_groups_is_read_without_its_blanks(strict: bool) -> None:
    given = {"place_id": 1, "number": " 533421 19900101\u3000123X\u00a0"}
    assert parse(Counted, given, strict=strict).number == "53342119900101123X"
