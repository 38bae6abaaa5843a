"""A tenant asks for a step of its own by data: no code changes, and no registration waits for it (obligation 6)."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlalchemy import delete

from cases.acts import available
from cases.own_steps import OwnStep, OwnStepMissing, OwnStepRecord
from foundation.errors import InvalidInput
from tests.admin.seat import TABLES, signed_in
from tests.cases.build import consented, registered
from tests.door import Door
from tests.world import World

TODAY = date(2026, 3, 2)


async def ask_for(world: World, login: str, *, since: date = TODAY, until: date | None = None) -> int:
    tenant = (await world.subject(login)).tenant_id
    async with world.owner() as session:
        step = OwnStep(
            tenant_id=tenant,
            name="集体合议",
            before_act="accept-case",
            basis="州调办〔2026〕3号",
            valid_from=since,
            valid_to=until,
        )
        session.add(step)
        await session.flush()
        return step.id


@pytest.fixture
async def world(world: World) -> AsyncIterator[World]:
    """The rows are everybody's: none stays for the next test."""
    yield world
    async with world.owner() as session:
        await session.execute(delete(OwnStepRecord))
        await session.execute(delete(OwnStep))


@pytest.mark.obligation("6")
async def test_a_row_of_the_county_holds_up_the_act_it_names_until_the_step_is_done(world: World) -> None:
    step = await ask_for(world, "xgll.director")
    walk = await consented(world, persons=1)
    with pytest.raises(OwnStepMissing) as missing:
        await walk.do("xgll.director", "accept-case", arrangement="三十日内办结")
    assert "集体合议" in missing.value.text("zh")
    done = {"own_step_id": step, "done_on": "2026-03-02", "text": "三人合议，同意受理"}
    await walk.do("xgll.director", "record-own-step", **done)
    await walk.do("xgll.director", "accept-case", arrangement="三十日内办结")
    assert (await world.case(walk.case_id)).state == "accepted"


@pytest.mark.obligation("6")
async def test_what_the_prefecture_asks_for_counts_in_its_counties_and_nowhere_else(world: World) -> None:
    await ask_for(world, "diqing.lgo")
    walk = await consented(world, persons=1)
    async with world.as_("xgll.director") as (session, subject):
        found = await available(session, subject, world.catalogue, await world.case(walk.case_id))
    refusals = {one.act.name: one.refusal for one in found}
    assert isinstance(refusals["accept-case"], OwnStepMissing)
    assert refusals["record-own-step"] is None


async def test_a_row_that_begins_later_or_has_ended_asks_nothing_of_the_case(world: World) -> None:
    await ask_for(world, "xgll.director", since=date(2026, 3, 3))
    await ask_for(world, "xgll.director", since=date(2026, 1, 1), until=TODAY)
    walk = await consented(world, persons=1)
    await walk.do("xgll.director", "accept-case", arrangement="三十日内办结")


@pytest.mark.obligation("N10")
async def test_no_step_of_ones_own_stands_before_a_registration_or_its_approval(world: World) -> None:
    await ask_for(world, "xgll.director")
    walk = await registered(world, persons=1)
    await walk.do("jiantang.head", "approve-registration", answer="approve")


async def test_a_step_that_is_none_of_the_case_and_a_day_ahead_are_refused_at_their_fields(world: World) -> None:
    step = await ask_for(world, "xgll.director")
    walk = await consented(world, persons=1)
    for form, field in (
        ({"own_step_id": step + 1, "done_on": "2026-03-02"}, "own_step_id"),
        ({"own_step_id": step, "done_on": "2026-03-03"}, "done_on"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await walk.do("xgll.director", "record-own-step", text="合议", **form)
        assert [error.field for error in refused.value.fields] == [field]


async def test_the_operators_office_adds_the_row_and_no_other_county_may(door: Door) -> None:
    tenant = (await door.world.subject("xgll.director")).tenant_id
    row = {
        "tenant_id": tenant, "name": "法制审核", "before_act": "issue-opinion", "basis": "县调办〔2026〕1号",
        "valid_from": "2030-01-01", "valid_to": None,
    }  # fmt: skip
    async with signed_in(door, "xgll.admin") as admin:
        made = await admin.post(f"{TABLES}subtree_own_steps/", json=row)
        assert made.status_code == 201, made.text
        province = (await door.world.subject("yunnan.lgo")).tenant_id
        beyond = await admin.post(f"{TABLES}subtree_own_steps/", json={**row, "tenant_id": province})
        assert beyond.status_code == 403, beyond.text
