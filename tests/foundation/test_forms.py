"""How a broken field is worded."""

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
