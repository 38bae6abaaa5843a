"""The page's form made from a struct."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from cases.catalogue import Option
from foundation import money
from foundation.choice import Choice
from foundation.errors import FieldError, InvalidInput
from web.forms.bound import fill, fresh, providers, refused
from web.forms.fields import choice_label, fields_of
from web.forms.typed import read


class Manner(Choice):
    WRITTEN = "written", "书面"
    ORAL = "oral", "口头"


class Person(Struct):
    name: Annotated[str, Meta(title="姓名", max_length=5)]
    share: Annotated[int | None, Meta(title="份额", extra={"widget": "money"})] = None


class Sample(Struct):
    title: Annotated[str, Meta(title="事由", description="一句话", min_length=1)]
    manner: Annotated[Manner, Meta(title="方式")]
    amount: Annotated[int, Meta(title="金额", ge=100, extra={"widget": "money"})]
    day: Annotated[date, Meta(title="日期")]
    people: Annotated[list[Person], Meta(title="人员", min_length=1)]
    when: Annotated[datetime | None, Meta(title="时间")] = None
    agreed: Annotated[bool, Meta(title="已告知")] = False
    poor: Annotated[bool | None, Meta(title="低保户")] = None
    helpers: Annotated[list[str], Meta(title="协助", extra={"options": "members"})] = []


TYPED = {
    "title": ["墙体开裂"],
    "manner": ["oral"],
    "amount": ["1,234.5"],
    "day": ["2026-03-01"],
    "people.0.name": ["甲"],
    "people.7.name": ["乙"],
    "people.7.share": ["0.01"],
    "people.3.name": [""],
    "when": ["2026-03-01T09:30"],
    "helpers": ["a", "b"],
}


def test_what_was_typed_becomes_the_struct_with_exact_fen_and_yunnan_time() -> None:
    form = fill(Sample, read(fields_of(Sample), TYPED))
    assert isinstance(form, Sample)
    assert (form.amount, form.people[1].share) == (123450, 1)
    assert form.when is not None and form.when.isoformat() == "2026-03-01T09:30:00+08:00"
    assert form.helpers == ["a", "b"] and form.agreed is False and form.poor is None


def test_empty_rows_are_left_out_and_the_others_move_up() -> None:
    typed = read(fields_of(Sample), TYPED)
    assert [row["name"] for row in typed["people"]] == ["甲", "乙"]


def test_every_broken_field_is_named_and_nothing_typed_is_lost() -> None:
    given_data = {**TYPED, "amount": ["一百"], "people.0.name": ["名字实在太长了"], "day": ["明天"], "title": ["  "]}
    typed = read(fields_of(Sample), given_data)
    with pytest.raises(InvalidInput) as caught:
        fill(Sample, typed)
    shown = refused(Sample, typed, caught.value.fields, {})
    assert {path: error.rule for path, error in shown.errors.items()} == {
        "amount": "not_money",
        "people.0.name": "too_long",
        "day": "not_a_date",
        "title": "required",
    }
    assert [path for path, _, _ in shown.summary] == ["title", "amount", "day", "people.0.name"]
    assert shown.typed["amount"] == "一百"


def test_a_field_says_its_label_widget_and_whether_it_must_be_filled() -> None:
    known = {field.name: field for field in fields_of(Sample)}
    assert known["title"].label == "事由" and known["title"].help == "一句话" and known["title"].required
    assert {name: field.widget for name, field in known.items()} == {
        "title": "text",
        "manner": "radio",
        "amount": "money",
        "day": "date",
        "people": "rows",
        "when": "datetime",
        "agreed": "boolean",
        "poor": "radio",
        "helpers": "checks",
    }
    assert providers(fields_of(Sample)) == {"members"}
    assert choice_label(Sample, "manner", "oral") == "口头"


def test_the_address_may_give_a_field_its_value_but_no_other_name() -> None:
    shown = fresh(Sample, {"title": "甲", "people": "x", "alien": "y"}, {})
    assert shown.typed["title"] == "甲" and "alien" not in shown.typed and shown.typed["people"] == []


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_money_survives_the_way_to_the_page_and_back(amount: int) -> None:
    assert money.fen(money.yuan(amount)) == amount


@pytest.mark.parametrize(
    "typed", ["1.234", "1e5", "NaN", "", "３万", "--1", "9" * 13, "1,2,3", "1,5", "1234,567", "1,,234"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    assert money.fen(typed) is None


@pytest.mark.parametrize(
    ("typed", "fen"), [("1,234.50", 123450), ("５，０００．５０", 500050), ("￥１，２３４．５元", 123450)]
)
def test_commas_part_thousands_also_in_full_width(typed: str, fen: int) -> None:
    assert money.fen(typed) == fen


def test_what_is_wrong_with_one_of_several_chosen_stands_at_their_list_and_says_which() -> None:
    typed = {"title": "a", "helpers": ["7", "8"]}
    options: dict[str, Sequence[Option]] = {"members": [Option("7", "和春生"), Option("8", "鲁茸")]}
    error = FieldError("helpers.1", "unaccepted", "须先征得各方当事人同意")
    ((path, label, shown),) = refused(Sample, typed, [error], options).summary
    assert (path, label, shown.text("zh")) == ("helpers", "协助", "鲁茸：须先征得各方当事人同意")
