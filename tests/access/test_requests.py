"""Sight beyond one's rights: asked for with a reason, answered alike whatever the number is, ended by itself."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from access.requests import AlreadyAsked
from access.requests_models import AccessMatter, AccessRequest
from foundation.audit import AuditRow
from foundation.clock import local_date
from foundation.errors import Forbidden, InvalidInput
from tests.access.asking import ASKER, REVIEWER, ask_for, decide, granted, number_of, rights, told
from tests.cases.build import assessing
from tests.world import World


async def test_the_answer_is_the_same_for_a_case_and_for_a_number_that_nobody_has(world: World) -> None:
    walk = await assessing(world, persons=2)
    there = await ask_for(world, await number_of(walk))
    absent = await ask_for(world, "登记〔2026〕没有这个号")
    hidden = {"id", "number", "asked_at"}
    seen = [
        {name: getattr(one, name) for name in one.__struct_fields__ if name not in hidden} for one in (there, absent)
    ]
    assert seen[0] == seen[1] and there.progress == "pending" and there.case_id is None


async def test_a_refusal_looks_like_silence_and_both_like_a_number_that_nobody_has(world: World) -> None:
    walk = await assessing(world, persons=2)
    refused = await ask_for(world, await number_of(walk))
    absent = await ask_for(world, "没有这个号码")
    await decide(walk, refused.id, verdict="refused")
    assert [(await told(world, one)).progress for one in (refused, absent)] == ["pending", "pending"]
    world.clock.advance(days=2)
    assert [(await told(world, one)).progress for one in (refused, absent)] == ["lapsed", "lapsed"]


async def test_not_even_the_askers_session_can_read_whether_the_number_is_a_case(world: World) -> None:
    walk = await assessing(world, persons=2)
    asked = await ask_for(world, await number_of(walk))
    async with world.as_(ASKER) as (session, _):
        assert await session.get(AccessMatter, asked.id) is None
        assert await session.get(AccessRequest, asked.id) is not None
    async with world.as_(REVIEWER) as (session, _):
        assert (await session.get_one(AccessMatter, asked.id)).case_id == walk.case_id
    async with world.as_("deqin.director") as (session, _):
        assert await session.get(AccessRequest, asked.id) is None


async def test_nobody_files_a_request_in_anothers_name(world: World) -> None:
    walk = await assessing(world, persons=2)
    other = await ask_for(world, await number_of(walk))
    async with world.owner() as session:
        await session.execute(text("delete from access_matters where request_id = :id"), {"id": other.id})
    async with world.as_("deqin.director") as (session, _):
        await session.execute(text("select file_access_request(:id)"), {"id": other.id})
    async with world.owner() as session:
        assert await session.get(AccessMatter, other.id) is None


async def test_it_must_be_decided_by_the_end_of_the_next_working_day(world: World) -> None:
    world.clock.advance(days=4)  # Friday 6 March: the next working day is Monday
    asked = await ask_for(world, "没有这个号码-3", until="2026-03-10")
    assert local_date(asked.decide_by).isoformat() == "2026-03-09"


@pytest.mark.parametrize(
    ("until", "rule"), [("2026-03-01", "end_in_past"), ("2026-03-13", "end_too_far"), ("1999-01-01", "end_in_past")]
)
async def test_an_end_in_the_past_or_too_far_is_named(world: World, until: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await ask_for(world, "没有这个号码-4", until=until)
    assert [(field.field, field.rule) for field in refusal.value.fields] == [("until", rule)]


async def test_a_reason_a_purpose_and_something_to_see_are_required(world: World) -> None:
    wrong: tuple[dict[str, Any], ...] = (
        {"reason": "  "},
        {"groups": []},
        {"groups": ["contact"]},
        {"purpose": "curiosity"},
    )
    for broken in wrong:
        with pytest.raises(InvalidInput) as refusal:
            await ask_for(world, "没有这个号码-5", **broken)
        assert {field.field.partition(".")[0] for field in refusal.value.fields} == set(broken)


async def test_a_second_open_request_for_the_same_number_is_refused_by_name(world: World) -> None:
    await ask_for(world, "没有这个号码-6")
    with pytest.raises(AlreadyAsked):
        await ask_for(world, " 没有这个号码-6 ")
    world.clock.advance(days=2)
    assert (await ask_for(world, "没有这个号码-6")).progress == "pending"


async def test_while_a_grant_runs_nobody_asks_again_and_after_it_one_may(world: World) -> None:
    walk = await assessing(world, persons=2)
    await granted(walk)
    world.clock.advance(days=3)
    with pytest.raises(AlreadyAsked):
        await ask_for(world, await number_of(walk))
    world.clock.advance(days=3)
    await ask_for(world, await number_of(walk), until="2026-03-10")


async def test_administrators_ask_for_nothing(world: World) -> None:
    with pytest.raises(Forbidden):
        await ask_for(world, "没有这个号码-7", "xgll.admin")


async def test_a_request_is_on_record_in_the_askers_chain_without_number_or_reason(world: World) -> None:
    asked = await ask_for(world, "没有这个号码-8")
    async with world.owner() as session:
        row = (await session.scalars(select(AuditRow).where(AuditRow.object_id == str(asked.id)))).one()
    assert (row.action, row.object_kind, row.outcome) == ("access:request", "access_request", "done")
    assert row.detail == {"purpose": "coordination", "groups": ["timeline", "statement"]}


async def test_a_grant_lends_exactly_what_was_granted_and_ends_by_itself(world: World) -> None:
    walk = await assessing(world, persons=2)
    assert not (await rights(world, walk.case_id)).actions
    asked = await granted(walk)
    lent = {"case:status", "recusal:declare", "case:read", "case:read.timeline", "case:read.statement"}
    assert (await rights(world, walk.case_id)).actions == lent
    view = await told(world, asked)
    assert (view.progress, view.case_id, view.granted) == ("granted", walk.case_id, ["timeline", "statement"])
    assert view.ends_at is not None
    world.clock.instant = view.ends_at + timedelta(seconds=1)
    assert not (await rights(world, walk.case_id)).actions
    assert (await told(world, asked)).progress == "ended" and (await told(world, asked)).case_id is None
