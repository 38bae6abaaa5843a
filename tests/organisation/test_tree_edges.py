"""Plans as they are really written, and what came to a plan sideways: nothing is stuck, nothing goes astray."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cases.notices import TRANSFER_NOTICE
from cases.papers import Paper
from cases.register import register
from cases.registration_form import RegistrationForm
from foundation.errors import InvalidInput
from foundation.forms import parse
from handover.tree_run import Ran
from organisation.tree_drafting import PlanForm, draft_plan
from organisation.tree_plans import PlanState
from server import tree_job
from server.operator import OPERATOR
from tests.cases.build import assessing, registered
from tests.organisation.planning import (
    DEQIN,
    DIQING,
    JIANTANG,
    TODAY,
    WEIXI,
    XGLL,
    approved,
    carried_out,
    misfits,
    plan_row,
    run,
    tenant,
)
from tests.organisation.test_tree_sight import order
from tests.people import registration
from tests.world import World

TOWN, KUNMING, NEW = "533401101", "530100", "533498"
MOVE = {"operation": "move", "code": JIANTANG, "parent_code": DEQIN}


async def done_by_hand(world: World, statement: str, **values: Any) -> None:
    async with world.owner() as session:
        await session.execute(text(statement), values)


async def seats(world: World, person: UUID) -> set[int]:
    """Tenants in which the person has a post without an end."""
    query = (
        "select o.tenant_id from posts w join offices o on o.id = w.office_id where person_id = :p and until is null"
    )
    async with world.owner() as session:
        return set(await session.scalars(text(query), {"p": person}))


async def test_counties_merge_into_one_that_the_plan_makes_and_parties_are_told_how_to_reach_it(
    own_world: World,
) -> None:
    world = own_world
    held = await assessing(world, persons=1)
    world.clock.advance(seconds=60)
    await carried_out(
        world,
        {"operation": "create", "code": NEW, "name": "新香格里拉市", "kind": "市", "parent_code": DIQING},
        {"operation": "merge", "code": XGLL, "into_code": NEW, "contact": "长征大道1号，0887-8220000"},
    )
    assert (await world.case(held.case_id)).county_id == (await tenant(world, NEW)).id
    assert await misfits(world) == 0
    async with world.owner() as session:
        query = select(Paper).where(Paper.case_id == held.case_id, Paper.kind == TRANSFER_NOTICE.code)
        latest = (await session.scalars(query.order_by(Paper.recorded_at.desc()).limit(1))).one()
    assert latest.content["receiver_contact"] == "长征大道1号，0887-8220000"
    assert latest.content["sender"].startswith("香格里拉市")
    assert latest.content["division_ground"] == "云政复〔2026〕1号" and "登记号" in latest.content["unchanged"]


async def test_an_order_over_a_case_of_a_merged_county_stands_and_its_successor_answers_for_it(
    own_world: World,
) -> None:
    world = own_world
    held, issuer = await assessing(world, persons=1), await world.subject("xgll.lgo")
    await order(world, held, issuer.office_id or 0)
    world.clock.advance(seconds=60)
    await carried_out(world, {"operation": "merge", "code": XGLL, "into_code": DEQIN})
    deqin = (await tenant(world, DEQIN)).id
    async with world.owner() as session:
        orders = "select issuer_tenant_id, county_id, state from supervision_orders where struck_off_at is null"
        sight = "select tenant_id from case_relations where relation = 'supervises' and until > :now"
        assert [tuple(row) for row in await session.execute(text(orders))] == [(deqin, deqin, "open")]
        assert (await session.scalars(text(sight), {"now": world.clock.now()})).all() == [deqin]


async def test_of_a_county_that_is_split_and_merged_each_case_goes_where_its_dispute_lies(own_world: World) -> None:
    world = own_world
    gone, rest = await assessing(world, persons=1), await assessing(world, persons=1)
    director = (await world.subject("xgll.director")).person_id
    world.clock.advance(seconds=60)
    await done_by_hand(
        world, "update cases set place_id = (select id from places where code_mca = :code) where id = :id",
        code=TOWN, id=rest.case_id,
    )  # fmt: skip
    split = {"operation": "split", "code": XGLL, "new_code": NEW, "name": "建塘县", "kind": "县", "members": [JIANTANG]}
    await carried_out(world, split, {"operation": "merge", "code": XGLL, "into_code": DEQIN})
    new, deqin = await tenant(world, NEW), await tenant(world, DEQIN)
    assert [(await world.case(one.case_id)).county_id for one in (gone, rest)] == [new.id, deqin.id]
    assert await seats(world, director) == {deqin.id}
    assert await misfits(world) == 0


async def test_the_archive_of_an_office_closed_long_ago_goes_along_when_its_township_is_merged(
    own_world: World,
) -> None:
    world = own_world
    walk = await registered(world, persons=1)
    town = await tenant(world, JIANTANG)
    await done_by_hand(
        world,
        "insert into offices (id, tenant_id, kind, name, committee_kind, valid_from, valid_to)"
        " values (99999, :tenant, 'committee', '建塘镇果蔬行业调委会', 'township', '2026-01-01', '2026-02-01')",
        tenant=town.id,
    )
    await done_by_hand(
        world, "update cases set state = 'archived', step = 8, closed_at = :now, holder_office_id = 99999"
        " where id = :id", id=walk.case_id, now=world.clock.now(),
    )  # fmt: skip
    await asyncio.wait_for(carried_out(world, {"operation": "merge", "code": JIANTANG, "into_code": TOWN}), 30)
    case, heir = await world.case(walk.case_id), await tenant(world, TOWN)
    assert (case.province_id, case.county_id, case.township_id) == (heir.province_id, heir.county_id, heir.id)


async def test_a_county_that_still_keeps_closed_cases_of_a_township_that_left_does_not_just_close(
    own_world: World,
) -> None:
    world = own_world
    walk, xgll = await registered(world, persons=1), await tenant(world, XGLL)
    await done_by_hand(
        world, "update cases set state = 'closed', step = 8, closed_at = :now where id = :id",
        id=walk.case_id, now=world.clock.now(),
    )  # fmt: skip
    await carried_out(world, MOVE)
    async with world.owner() as session:
        asked = {"ids": [xgll.id, (await tenant(world, WEIXI)).id]}
        assert (await session.scalars(text("select tenants_with_cases(:ids)"), asked)).all() == [xgll.id]


async def test_a_plan_whose_units_have_gone_elsewhere_meanwhile_is_not_carried_out(own_world: World) -> None:
    """The prefecture's administrators have no word in what lies below another prefecture by now."""
    world = own_world
    plan = await approved(world, MOVE)
    await carried_out(world, {"operation": "move", "code": XGLL, "parent_code": KUNMING}, by="yunnan.admin")
    assert not (await run(world, plan)).done
    row = await plan_row(world, plan)
    assert row.state == PlanState.APPROVED
    assert row.fault is not None and row.fault["fields"][0]["rule"] == "too_wide"


async def test_a_job_that_goes_on_hands_nothing_up_that_is_in_good_hands_by_now(own_world: World) -> None:
    world = own_world
    walk = await registered(world, persons=2)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do("jiantang.head", "record-unit", role="visited", name="建塘镇人民政府", kind="department",
                  found_by="接谈登记", own_organ=True)  # fmt: skip
    plan = await carried_out(world, MOVE)
    await walk.do("deqin.director", "accept-handover", no_conflict=True)
    await done_by_hand(world, "update tree_plans set state = 'running' where id = :id", id=plan)
    assert (await run(world, plan)).done
    case = await world.case(walk.case_id)
    assert (case.offer_id, case.county_id) == (None, (await tenant(world, DEQIN)).id)


async def test_a_case_goes_up_whose_holder_has_taken_over_the_tenant_complained_of(own_world: World) -> None:
    world = own_world
    walk, deqin = await assessing(world, persons=1), await tenant(world, DEQIN)
    await done_by_hand(
        world,
        "insert into case_relations (id, case_id, relation, tenant_id, since, until, source)"
        " select gen_random_uuid(), id, 'complained_of', county_id, :now, 'infinity', 'case_units' from cases"
        " where id = :id",
        id=walk.case_id, now=world.clock.now(),
    )  # fmt: skip
    await done_by_hand(
        world, "update cases set holder_office_id = :office, county_id = :county where id = :id",
        id=walk.case_id, office=await world.office("deqin.director"), county=deqin.id,
    )  # fmt: skip
    world.clock.advance(seconds=60)
    await carried_out(world, {"operation": "merge", "code": XGLL, "into_code": DEQIN})
    async with world.owner() as session:
        offer = "select t.name, f.forced, f.reason from handover_offers f join tenants t on t.id = f.to_tenant_id"
        found = await session.execute(text(f"{offer} where f.state = 'open' and f.case_id = :id"), {"id": walk.case_id})
        assert [tuple(row) for row in found] == [("迪庆藏族自治州", True, "conflict")]


async def test_nobody_registers_in_an_office_that_has_ended_under_the_hands(own_world: World) -> None:
    world = own_world
    form = parse(RegistrationForm, await registration(world, persons=1), strict=True)
    async with world.as_("jiantang.clerk") as (session, subject):
        await done_by_hand(world, "update offices set valid_to = :on where id = :id", id=subject.office_id, on=TODAY)
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await register(session, subject, form)


async def test_a_plan_that_fails_keeps_no_other_waiting(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = UUID(int=1), UUID(int=2)

    async def due(*_: Any) -> list[UUID]:
        return [bad, good]

    async def runs(_store: Any, _subject: Any, plan: UUID) -> Ran:
        if plan == bad:
            raise RuntimeError
        ran.append(plan)
        return Ran(done=True)

    ran: list[UUID] = []
    monkeypatch.setattr(tree_job, "due_plans", due)
    monkeypatch.setattr(tree_job, "run_plan", runs)
    with pytest.raises(RuntimeError):
        await tree_job.carry_out_plans(own_world.store)
    assert ran == [good]


FAULTS: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "a county's code of this year, which another would number by": (
        [{"operation": "merge", "code": WEIXI, "into_code": DEQIN},
         {"operation": "recode", "code": DEQIN, "new_code": WEIXI}], "changes.1.new_code", "of_another"),
    "a zone that were a county": (
        [{"operation": "split", "code": XGLL, "new_code": NEW, "name": "新区", "kind": "zone", "members": [JIANTANG]}],
        "changes.0.kind", "not_a_choice"),
    "a county that were a province": (
        [{"operation": "rename", "code": XGLL, "kind": "省"}], "changes.0.kind", "not_a_choice"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_would_number_cases_twice_or_make_no_sense_is_refused(session: AsyncSession, fault: str) -> None:
    changes, field, rule = FAULTS[fault]
    form = parse(
        PlanForm, {"effective_on": "2026-12-01", "ground": "云政复〔2026〕2号", "changes": changes}, strict=True
    )
    with pytest.raises(InvalidInput) as refused:
        await draft_plan(session, OPERATOR, form)
    assert [(one.field, one.rule) for one in refused.value.fields] == [(field, rule)]
