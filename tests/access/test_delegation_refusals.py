"""Bad input of lending: each a named error at its field, and nothing lent."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from foundation.errors import InvalidInput
from policies.actions import Action
from policies.words import ACTION_NAMES
from tests.access.exclusion import exclude
from tests.access.lending import day, may, person, terms
from tests.cases.build import Walk, assessing
from tests.world import World

DIRECTOR, LAWYER = "xgll.director", "xgll.lawyer"


@pytest.fixture
async def walk(world: World) -> Walk:
    return await assessing(world, persons=1)


async def refused(walk: Walk, **form: Any) -> list[tuple[str, str]]:
    """(field, rule) of each error; both languages have words for it."""
    with pytest.raises(InvalidInput) as raised:
        await walk.do(DIRECTOR, "delegate", **{**terms(walk.world), **form})
    for one in raised.value.fields:
        assert one.text("en") != one.text("zh")
    assert await may(walk.world, LAWYER, walk.case_id) == frozenset()
    return [(one.field, one.rule) for one in raised.value.fields]


async def test_not_to_oneself(world: World, walk: Walk) -> None:
    assert await refused(walk, to_person_id=await person(world, DIRECTOR)) == [("to_person_id", "oneself")]


@pytest.mark.parametrize(
    "login", ["diqing.director", "deqin.director", "yunnan.director", "xgll.chair", "shengping.head"]
)
async def test_not_to_a_tenant_above_beside_or_the_own(world: World, walk: Walk, login: str) -> None:
    tenant = (await world.subject(login)).tenant_id
    assert await refused(walk, to_tenant_id=tenant) == [("to_tenant_id", "not_below")]
    assert await refused(walk, to_office_id=await world.office(login)) == [("to_office_id", "not_below")]


@pytest.mark.parametrize("login", ["diqing.expert_a", "deqin.director", "yunnan.director"])
async def test_not_to_a_person_who_works_neither_here_nor_below(world: World, walk: Walk, login: str) -> None:
    assert await refused(walk, to_person_id=await person(world, login)) == [("to_person_id", "no_post")]


async def test_not_to_an_unknown_person_or_tenant(world: World, walk: Walk) -> None:
    assert await refused(walk, to_person_id=str(uuid4())) == [("to_person_id", "unknown")]
    assert await refused(walk, to_tenant_id=99_999_999) == [("to_tenant_id", "unknown")]
    assert await refused(walk, to_office_id=99_999_999) == [("to_office_id", "unknown")]


async def test_not_to_an_administrator(world: World, walk: Walk) -> None:
    assert await refused(walk, to_person_id=await person(world, "xgll.admin")) == [("to_person_id", "no_case_role")]


async def test_not_to_a_person_who_has_left_the_case(world: World, walk: Walk) -> None:
    await exclude(world, walk, LAWYER)
    assert await refused(walk, to_person_id=await person(world, LAWYER)) == [("to_person_id", "excluded")]


async def test_to_exactly_one(world: World, walk: Walk) -> None:
    assert await refused(walk) == [("to_person_id", "exactly_one")]
    both = {"to_person_id": await person(world, LAWYER), "to_office_id": await world.office("jiantang.head")}
    assert await refused(walk, **both) == [("to_office_id", "exactly_one")]


async def test_nothing_beyond_ones_own_right(world: World, walk: Walk) -> None:
    to = await person(world, LAWYER)
    beyond = ["case:read", "case:read.identity", "evidence:add"]
    assert await refused(walk, to_person_id=to, actions=beyond) == [("actions", "beyond_own")] * 2


async def test_the_refusal_names_the_action_in_the_readers_words(world: World, walk: Walk) -> None:
    with pytest.raises(InvalidInput) as raised:
        to = await person(world, LAWYER)
        await walk.do(DIRECTOR, "delegate", **{**terms(world), "to_person_id": to, "actions": ["evidence:add"]})
    assert raised.value.fields[0].text("zh") == f"“{ACTION_NAMES[Action.EVIDENCE_ADD]}”超出您本人的权限"


@pytest.mark.parametrize("action", ["case:close", "handover:offer", "case:delegate", "team:form", "case:read.notes"])
async def test_not_what_cannot_be_lent(world: World, walk: Walk, action: str) -> None:
    to = await person(world, LAWYER)
    assert await refused(walk, to_person_id=to, actions=["case:read", action]) == [("actions", "not_lendable")]


async def test_not_what_is_no_right(world: World, walk: Walk) -> None:
    to = await person(world, LAWYER)
    assert await refused(walk, to_person_id=to, actions=["case:everything"]) == [("actions", "not_a_choice")]
    assert await refused(walk, to_person_id=to, actions=[]) == [("actions", "too_short")]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, -1, ("until", "too_small")),
        (-1, 5, ("since", "too_small")),
        (5, 4, ("until", "before_begin")),
        (91, 95, ("since", "too_large")),
        (None, 367, ("until", "too_large")),
    ],
)
async def test_the_term_lies_ahead_in_order_and_within_a_year(
    world: World, walk: Walk, since: int | None, until: int, expected: tuple[str, str]
) -> None:
    form = {"to_person_id": await person(world, LAWYER), "until": day(world, until)}
    if since is not None:
        form["since"] = day(world, since)
    assert await refused(walk, **form) == [expected]


async def test_not_to_a_tenant_whose_own_organ_is_the_unit_concerned(world: World, walk: Walk) -> None:
    unit = {"role": "visited", "name": "建塘镇人民政府", "kind": "department", "found_by": "接谈登记"}
    await walk.do(DIRECTOR, "record-unit", **unit)
    tenant = (await world.subject("jiantang.head")).tenant_id
    own_organ = "update case_units set conflicts_tenant_id = :tenant where case_id = :case"
    async with world.owner() as session:
        await session.execute(text(own_organ), {"tenant": tenant, "case": walk.case_id})
    assert await refused(walk, to_tenant_id=tenant) == [("to_tenant_id", "conflicted")]
