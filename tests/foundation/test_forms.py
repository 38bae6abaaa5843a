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
