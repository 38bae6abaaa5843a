"""A plan is carried out: the tree changes at once, the cases come along, whatever goes on or breaks meanwhile."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from cases.acts import perform
from cases.register import register
from cases.registration_form import RegistrationForm
from foundation.forms import parse
from handover import tree_run
from handover.answer import AcceptForm
from handover.models import OfferState
from handover.reading import inbox
from handover.tree_bringing import bring
from organisation.tree_history import NO_END
from organisation.tree_plans import PlanState
from policies import gate
from policies.actions import Action
from tests.cases.build import Walk, assessing, registered
from tests.organisation.planning import (
    DEQIN,
    JIANTANG,
    TODAY,
    XGLL,
    approved,
    carried_out,
    job,
    misfits,
    plan_row,
    run,
    tenant,
)
from tests.people import registration
from tests.world import World

MOVE = {"operation": "move", "code": JIANTANG, "parent_code": DEQIN, "contact": "德钦县升平镇某街1号，0887-8412345"}


async def rows(world: World, query: str, **values: Any) -> list[tuple[Any, ...]]:
    async with world.owner() as session:
        return [tuple(row) for row in await session.execute(text(query), values)]


async def told(world: World, act: str = "tree-moved") -> dict[UUID, int]:
    """Events of each case by this act."""
    found = await rows(world, "select case_id, count(*) from events where act = :act group by 1", act=act)
    return {case_id: count for case_id, count in found}


async def test_a_case_that_follows_is_told_of_once_and_its_offer_up_the_old_line_ends(own_world: World) -> None:
    world = own_world
    walk = await registered(world, persons=2)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do("jiantang.head", "offer-handover", to_office_id=await world.office("xgll.director"), reason="company")
    plan = await carried_out(world, MOVE)
    case, deqin = await world.case(walk.case_id), await tenant(world, DEQIN)
    assert (case.county_id, case.offer_id, await misfits(world)) == (deqin.id, None, 0)
    assert await told(world) == await told(world, "tree-offer-ended") == {walk.case_id: 1}
    assert await rows(world, "select state from handover_offers") == [(OfferState.REORGANISED.value,)]
    papers = await rows(world, "select count(*) from papers where kind = 'division_notice'")
    links = await rows(world, "select tenant_id from audit_log where action = 'tree:brought' and object_id = :id",
                       id=str(walk.case_id))  # fmt: skip
    assert (papers, links) == ([(1,)], [(case.township_id,)] * 2)
    done = await plan_row(world, plan)
    assert (done.state, done.cases_done) == (PlanState.DONE.value, 1)
    versions = await rows(world, "select county_id, since, until from tenant_versions where tenant_id = :id order by 2",
                          id=case.township_id)  # fmt: skip
    xgll = await tenant(world, XGLL)
    assert [(row[0], row[2]) for row in versions] == [(xgll.id, TODAY), (deqin.id, NO_END)]


async def test_a_killed_job_goes_on_where_it_was_and_of_two_at_once_one_works(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after a batch of one; then two at a time: each case comes along exactly once."""
    world, calls = own_world, 0
    cases = {(await registered(world, persons=1)).case_id for _ in range(4)}
    plan = await approved(world, MOVE)

    async def dies(*args: Any, **named: Any) -> int:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise KeyboardInterrupt
        return await bring(*args, **named)

    monkeypatch.setattr(tree_run, "bring", dies)
    monkeypatch.setattr(tree_run, "FIRST", 1)
    with pytest.raises(KeyboardInterrupt):
        await run(world, plan)
    assert (await plan_row(world, plan)).cases_done == 1
    monkeypatch.setattr(tree_run, "bring", bring)
    both = await asyncio.gather(run(world, plan), run(world, plan))
    assert any(one.done for one in both)
    assert sum(one.cases for one in both) == 3
    assert await told(world) == dict.fromkeys(cases, 1)
    assert (await misfits(world), (await plan_row(world, plan)).state) == (0, PlanState.DONE.value)


async def test_who_registers_while_the_tree_moves_ends_up_right(own_world: World) -> None:
    """The registration read the old line, and commits when all others have followed: the last sweep waits for it."""
    world = own_world
    plan = await approved(world, MOVE)
    form = parse(RegistrationForm, await registration(world, persons=1), strict=True)
    async with world.as_("jiantang.clerk") as (session, subject):
        made = await register(session, subject, form)
        running = asyncio.create_task(run(world, plan))
        await _until(world, plan, PlanState.RUNNING)
        done, _ = await asyncio.wait({running}, timeout=0.5)
        assert not done
    assert (await running).done
    later = await registered(world, persons=1)
    deqin = await tenant(world, DEQIN)
    assert {(await world.case(one)).county_id for one in (made.case.id, later.case_id)} == {deqin.id}
    assert await told(world) == {made.case.id: 1}


async def test_a_plan_begins_beside_offers_that_are_just_answered_and_ends_the_others(own_world: World) -> None:
    """Whoever answers holds the case and then takes the offer: a plan that took them the other way round was cut off
    as a deadlock, and began a minute late."""
    world, walks = own_world, [await assessing_at_township(own_world) for _ in range(2)]
    plan = await approved(world, MOVE)
    async with world.as_("xgll.director") as (session, subject):
        case = await gate.fetch(session, subject, Action.HANDOVER_ACCEPT, walks[0].case_id, lock=True)
        running = asyncio.create_task(run(world, plan))
        await asyncio.wait_for(_until(world, plan, PlanState.RUNNING), 10)
        while await rows(world, "select id from handover_offers where state = 'reorganised'") == []:
            await asyncio.sleep(0.05)
        given = AcceptForm(no_conflict=True)
        await perform(session, subject, world.catalogue, case.id, "accept-handover", given, case.version)
    assert (await running).done
    states = await rows(world, "select state from handover_offers order by case_id = :one desc", one=walks[0].case_id)
    assert states == [("accepted",), (OfferState.REORGANISED.value,)]
    counties = [(await world.case(walk.case_id)).county_id for walk in walks]
    assert counties == [(await tenant(world, code)).id for code in (XGLL, DEQIN)]


async def assessing_at_township(world: World) -> Walk:
    """Offered up, not answered."""
    walk = await registered(world, persons=1)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do("jiantang.head", "offer-handover", to_office_id=await world.office("xgll.director"), reason="company")
    return walk


async def test_a_case_forced_up_by_a_conflict_goes_up_the_new_line(own_world: World) -> None:
    world = own_world
    walk = await registered(world, persons=2)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do("jiantang.head", "record-unit", role="visited", name="建塘镇人民政府", kind="department",
                  found_by="接谈登记", own_organ=True)  # fmt: skip
    await carried_out(world, MOVE)
    case, deqin = await world.case(walk.case_id), await tenant(world, DEQIN)
    offers = await rows(
        world, "select state, forced, to_tenant_id from handover_offers order by recorded_at, state desc"
    )
    assert offers == [("reorganised", True, (await tenant(world, XGLL)).id), ("open", True, deqin.id)]
    assert case.offer_id is not None
    told = await rows(world, "select count(*) from papers where kind = 'transfer_notice'")
    assert told == [(2,)], "of each of the two offers: to whom the data may go (个人信息保护法 23)"
    async with world.as_("deqin.director") as (session, subject):
        assert [one.case_id for one in await inbox(session, subject)] == [walk.case_id]


async def _until(world: World, plan: UUID, state: PlanState) -> None:
    while (await plan_row(world, plan)).state != state.value:
        await asyncio.sleep(0.05)


async def test_a_split_county_gives_along_what_lies_in_the_new_one(own_world: World) -> None:
    """The workroom's cases of the township that goes; those of other places stay, and numbers stay what they are."""
    world = own_world
    gone, stays = await assessing(world, persons=1), await assessing(world, persons=1)
    async with world.owner() as session:
        other = await session.scalar(text("select id from places where code_mca = '533401101'"))
        await session.execute(text("update cases set place_id = :p where id = :id"), {"p": other, "id": stays.case_id})
    before = await world.case(gone.case_id)
    split = {"operation": "split", "code": XGLL, "new_code": "533402", "name": "建塘县", "kind": "县"}
    plan = await carried_out(world, split | {"members": [JIANTANG]})
    made, xgll = await tenant(world, "533402"), await tenant(world, XGLL)
    case = await world.case(gone.case_id)
    assert (case.county_id, (await world.case(stays.case_id)).county_id) == (made.id, xgll.id)
    assert (case.registration_no, case.state) == (before.registration_no, before.state)
    offices = await rows(world, "select kind, name from offices where id = :id", id=case.holder_office_id)
    assert offices == [("workroom", "建塘县人民调解工作室")]
    assert (await tenant(world, JIANTANG)).parent_id == made.id
    assert (await tenant(world, JIANTANG)).county_code == made.county_code == "533402"
    successors = await rows(world, "select tenant_id, successor_id from tree_successors"
                                   " where plan_id = :id and office_id is null", id=plan)  # fmt: skip
    assert (successors, await misfits(world)) == ([(xgll.id, made.id)], 0)
    assert await told(world) == {gone.case_id: 1}


async def test_a_new_name_and_code_are_for_what_comes(own_world: World) -> None:
    world = own_world
    renamed = {"operation": "rename", "code": XGLL, "name": "香格里拉区", "kind": "区"}
    await carried_out(world, renamed, {"operation": "recode", "code": XGLL, "new_code": "533499"})
    after = await tenant(world, "533499")
    assert (after.name, after.county_code) == ("香格里拉区", "533499")
    assert (await tenant(world, JIANTANG)).county_code == "533499"
    names = await rows(world, "select name from offices where tenant_id = :id and kind = 'workroom'", id=after.id)
    assert names == [("香格里拉区人民调解工作室",)]
    then = await rows(world, "select name, code_mca, until from place_versions where place_id = :id order by since",
                      id=after.place_id)  # fmt: skip
    assert then == [("香格里拉市", XGLL, TODAY), ("香格里拉区", "533499", NO_END)]


async def test_a_plan_that_no_longer_fits_says_why_and_changes_nothing(own_world: World) -> None:
    world = own_world
    plan = await approved(world, MOVE)
    async with world.owner() as session:
        await session.execute(
            text("update places set code_mca = '533401199' where code_mca = :code"), {"code": JIANTANG}
        )
    ran = await run(world, plan)
    row = await plan_row(world, plan)
    assert (ran.done, row.state) == (False, PlanState.APPROVED.value)
    assert row.fault is not None and row.fault["fields"][0]["field"] == "changes.0.code"
    assert (await job(world)).system == "system.tree"
