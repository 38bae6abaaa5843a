"""What a plan left behind, or stumbled over, before fresh eyes looked: decision 0045."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from sqlalchemy import text

from cases.catalogue import Done
from cases.models import Case
from cases.reopened import follows_its_office
from cases.timeline import new_event
from foundation.errors import InvalidInput
from foundation.ids import new_id
from foundation.store import instant
from handover import tree_bringing, tree_run
from handover.transfer import CustodyRefused, Transfer, transfer
from handover.tree_run import due_plans
from organisation import tree_plan_reading, tree_preview
from organisation.tree_people import Fate
from organisation.tree_plan_reading import plan_view, plans
from organisation.tree_plans import PlanState
from organisation.tree_words import approve_plan, withdraw_plan
from tests.cases.build import assessing
from tests.funding.build import approved as settled
from tests.funding.build import closed_case
from tests.organisation.planning import (
    APPROVERS,
    DEQIN,
    JIANTANG,
    TODAY,
    WEIXI,
    XGLL,
    approved,
    carried_out,
    draft,
    job,
    plan_row,
    run,
)
from tests.organisation.planning import tenant as unit
from tests.organisation.test_tree_edges import KUNMING, MOVE, TOWN, done_by_hand
from tests.organisation.test_tree_sight import ended, order
from tests.world import World

MERGE = {"operation": "merge", "code": DEQIN, "into_code": WEIXI}


async def rows(world: World, query: str, **values: Any) -> list[tuple[Any, ...]]:
    async with world.owner() as session:
        return [tuple(row) for row in await session.execute(text(query), values)]


async def reopened(world: World, case_id: UUID) -> Case:
    """As `reopen-case` does it, without the months that lie before."""
    world.clock.advance(seconds=1)
    async with world.as_("jiantang.head") as (session, subject):
        case = await session.get_one(Case, case_id)
        follow = follows_its_office(session, subject, case)
        case.state, case.step, case.closed_at = "guided", 6, None
        case.version += 1
        await session.flush()
        session.add(new_event(session, subject, case, "reopen-case", Done()))
        await session.flush()
        await follow()
    return await world.case(case_id)


async def test_a_case_opened_again_after_a_move_is_told_of_and_overseen_from_its_new_line(own_world: World) -> None:
    world = own_world
    walk, shut = await ended(world), await ended(world)
    await order(world, walk, (await world.subject("xgll.lgo")).office_id or 0)
    committee, deqin = (await world.case(walk.case_id)).holder_office_id, await unit(world, DEQIN)
    await done_by_hand(
        world,
        "insert into offices (id, tenant_id, kind, name, valid_from, valid_to) select 99999, tenant_id, kind, '旧点',"
        " '2026-01-01', '2026-02-01' from offices where id = :id",
        id=committee,
    )
    await done_by_hand(world, "update cases set holder_office_id = 99999 where id = :id", id=shut.case_id)
    world.clock.advance(seconds=60)
    await carried_out(world, MOVE)
    assert await rows(world, "select count(*) from papers where kind = 'division_notice'") == [(0,)]
    one, other = await reopened(world, walk.case_id), await reopened(world, shut.case_id)
    assert {case.county_id for case in (one, other)} == {deqin.id}
    assert other.holder_office_id == committee, "where somebody works"
    told = await rows(world, "select case_id, count(*) from papers where kind = 'division_notice' group by 1")
    moved = await rows(world, "select case_id, count(*) from events where act = 'tree-moved' group by 1")
    assert set(told) == set(moved) == {(walk.case_id, 1), (shut.case_id, 1)}
    assert await rows(world, "select issuer_tenant_id from supervision_orders") == [(deqin.id,)]
    sight = "select tenant_id from case_relations where relation = 'supervises' and until > :now"
    assert await rows(world, sight, now=world.clock.now()) == [(deqin.id,)]


async def test_places_of_a_merged_county_lie_in_its_heir_wherever_that_goes_and_its_history_is_closed(
    own_world: World,
) -> None:
    world = own_world
    chain = "select prefecture_id, county_id from places where id = :id"
    gone, town = await unit(world, XGLL), await unit(world, JIANTANG)
    before = "select since, until, county_id, prefecture_id from place_versions where place_id = :id"
    await carried_out(world, {"operation": "merge", "code": JIANTANG, "into_code": TOWN})
    later, last = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    world.clock.advance(days=1)
    await carried_out(world, {"operation": "merge", "code": XGLL, "into_code": DEQIN}, on=later)
    was = await rows(world, before, id=gone.place_id)
    world.clock.advance(days=1)
    await carried_out(world, {"operation": "move", "code": DEQIN, "parent_code": KUNMING}, by="yunnan.admin", on=last)
    heir, prefecture = await unit(world, DEQIN), await unit(world, KUNMING)
    expected = [(prefecture.place_id, heir.place_id)]
    assert await rows(world, chain, id=gone.place_id) == await rows(world, chain, id=town.place_id) == expected
    assert await rows(world, before, id=gone.place_id) == was


async def test_what_is_promised_and_not_paid_is_paid_from_the_books_of_who_took_over(own_world: World) -> None:
    world = own_world
    built = await closed_case(world)
    await settled(world, built)
    old, new = await unit(world, XGLL), await unit(world, DEQIN)
    plan = await approved(world, {"operation": "merge", "code": XGLL, "into_code": DEQIN})
    async with world.as_("yunnan.admin") as (session, subject):
        weighed = (await plan_view(session, subject, plan)).preview
        assert weighed is not None
        assert ("香格里拉市", "settlements", 1) in [(row.tenant, row.what, row.number) for row in weighed.money]
    left = (
        "select sum(fiscal_fen + departmental_fen + carried_fen - spent_fen) from budget_lines where closed_at is null"
    )
    budgets = await rows(world, left)
    assert (await run(world, plan)).done
    assert await rows(world, "select tenant_id from settlements") == [(new.id,)]
    assert (await rows(world, left), await rows(world, left + " and tenant_id = :id", id=old.id)) == (
        budgets,
        [(None,)],
    )
    before = await world.subject("xgll.cashier")
    ((post, office),) = await rows(
        world, "select w.id, w.office_id from posts w join offices o on o.id = w.office_id"
        " where w.person_id = :person and w.role = 'cashier' and o.tenant_id = :tenant",
        person=before.person_id, tenant=new.id,
    )  # fmt: skip
    cashier = structs.replace(before, tenant_id=new.id, office_id=office, post_id=post)
    await world.do_as(cashier, built.case_id, "pay-settlement", voucher_no="付2026-001")
    paid = "select distinct tenant_id from ledger_entries where account = 'subsidy'"
    assert await rows(world, paid) == [(new.id,)]


async def test_an_approval_stands_as_long_as_its_giver_is_in_charge(own_world: World) -> None:
    world = own_world
    plan = await approved(world, MOVE)
    gone = (await world.subject("yunnan.security")).person_id
    await done_by_hand(world, "update posts set until = :now where person_id = :id", now=world.clock.now(), id=gone)
    assert not (await run(world, plan)).done
    first = (await plan_row(world, plan)).fault
    assert first is not None and first["fields"][0]["rule"] == "approver_gone"
    world.clock.advance(seconds=60)
    await run(world, plan)
    assert (await plan_row(world, plan)).fault == first, "said once"
    async with world.as_("diqing.security") as (session, subject):
        assert (await plan_view(session, subject, plan)).missing == 1
        await approve_plan(session, subject, plan, 3)
    assert (await run(world, plan)).done


async def test_a_plan_both_of_whose_approvals_stand_again_is_carried_out(own_world: World) -> None:
    """Nobody's word was wanted any more, and nothing ever came of it."""
    world = own_world
    plan = await draft(world, MOVE)
    gone = (await world.subject("yunnan.security")).person_id
    ends = "update posts set until = cast(:until as timestamptz) where person_id = :id"
    for version, login in enumerate(APPROVERS, start=1):
        async with world.as_(login) as (session, subject):
            await approve_plan(session, subject, plan, version)
            view = await plan_view(session, subject, plan)
        assert (view.plan.state, view.missing, view.lapsed) == (PlanState.DRAFTED, 1, version == 2)
        await done_by_hand(world, ends, until=world.clock.now(), id=gone)
    assert await due_plans(world.store, await job(world)) == []
    await done_by_hand(world, ends, until=None, id=gone)
    assert await due_plans(world.store, await job(world)) == [plan]
    assert (await run(world, plan)).done


async def test_a_fault_is_not_written_on_a_plan_that_was_withdrawn_at_that_moment(own_world: World) -> None:
    world = own_world
    plan = await approved(world, MOVE)
    async with world.as_("diqing.admin") as (session, subject):
        await withdraw_plan(session, subject, plan, 3, "文件已撤销")
    await tree_run._tell_fault(world.store, await job(world), plan, InvalidInput())
    assert (await plan_row(world, plan)).fault is None


async def test_a_plan_carried_out_late_writes_no_history_anew(own_world: World) -> None:
    world, after = own_world, TODAY + timedelta(days=5)
    plan = await approved(world, {"operation": "move", "code": JIANTANG, "parent_code": "530102"}, by="yunnan.admin")
    world.clock.advance(days=5)
    move = {"operation": "move", "code": XGLL, "parent_code": KUNMING}
    await carried_out(world, move, by="yunnan.admin", on=after)
    assert not (await run(world, plan)).done
    fault = (await plan_row(world, plan)).fault
    assert fault is not None
    assert (fault["fields"][0]["rule"], fault["fields"][0]["params"]["on"]) == ("later_change", str(after))


async def test_a_code_that_means_another_unit_by_now_is_named_wherever_the_line_names_it(own_world: World) -> None:
    world = own_world
    plan = await approved(world, {"operation": "merge", "code": JIANTANG, "into_code": TOWN})
    for code, becomes in ((TOWN, "533401999"), ("533401102", TOWN)):
        await done_by_hand(world, "update places set code_mca = :to where code_mca = :code", code=code, to=becomes)
    await run(world, plan)
    fault = (await plan_row(world, plan)).fault
    assert fault is not None
    assert [(one["field"], one["rule"]) for one in fault["fields"]] == [("changes.0.into_code", "another")]


async def test_a_case_that_can_not_go_keeps_no_other_waiting_and_is_told_of(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = own_world
    stuck, goes = sorted([(await assessing(world, persons=1)).case_id, (await assessing(world, persons=1)).case_id])
    plan = await approved(world, {"operation": "merge", "code": XGLL, "into_code": DEQIN})

    async def refuses(session: Any, subject: Any, case: Case, what: Transfer) -> Any:
        if case.id == stuck:
            raise CustodyRefused
        return await transfer(session, subject, case, what)

    monkeypatch.setattr(tree_bringing, "transfer", refuses)
    ran, deqin = await run(world, plan), await unit(world, DEQIN)
    assert (ran.done, ran.stuck, ran.cases) == (False, True, 1)
    assert (await world.case(goes)).county_id == deqin.id
    async with world.as_("yunnan.admin") as (session, subject):
        view = await plan_view(session, subject, plan)
        assert (view.plan.state, view.cases_left) == (PlanState.RUNNING, 1)
        assert [(one.reason[:8], one.number) for one in view.stuck] == [("没有可以据以移转", 1)]
    monkeypatch.setattr(tree_bringing, "transfer", transfer)
    assert (await run(world, plan)).done
    assert (await world.case(stuck)).county_id == deqin.id


async def test_what_a_merged_tenant_was_lent_warned_of_or_may_still_read_goes_to_its_successor(
    own_world: World,
) -> None:
    """And its half-done batches, and who set up its committee."""
    world = own_world
    walk, now = await assessing(world, persons=1), world.clock.now()
    director = await world.subject("deqin.director")
    weixi = await unit(world, WEIXI)
    for relation in ("sent", "referred", "warned", "pays"):
        await done_by_hand(
            world,
            "insert into case_relations (id, case_id, relation, tenant_id, office_id, since, until, source)"
            " values (gen_random_uuid(), :case, :relation, :tenant, :office, :now, 'infinity', 'x:1')",
            case=walk.case_id, relation=relation, tenant=director.tenant_id, office=director.office_id, now=now,
        )  # fmt: skip
    await done_by_hand(
        world,
        "insert into bulk_batches (id, kind, form, tenant_id, office_id, post_id, person_id, total, state, recorded_at)"
        " values (:id, 'offer', '{}', :tenant, :office, :post, :person, 1, 'running', :now)",
        id=new_id(now), tenant=director.tenant_id, office=director.office_id, post=director.post_id,
        person=director.person_id, now=now,
    )  # fmt: skip
    world.clock.advance(seconds=60)
    await carried_out(world, MERGE)
    found = await rows(
        world,
        "select r.relation, r.tenant_id, o.tenant_id, o.kind, r.since < :since from case_relations r"
        " join offices o on o.id = r.office_id where r.case_id = :case and r.source = 'x:1' and r.until > :now"
        " order by r.relation",
        case=walk.case_id, now=world.clock.now(), since=now + timedelta(seconds=1),
    )  # fmt: skip
    passed = [(relation, weixi.id, weixi.id, "workroom", False) for relation in ("pays", "referred")]
    assert found == [*passed, ("sent", weixi.id, weixi.id, "workroom", True),
                     ("warned", weixi.id, weixi.id, "workroom", False)]  # fmt: skip
    assert await rows(world, "select state, tenant_id from bulk_batches") == [("reorganised", weixi.id)]


async def test_a_plan_names_who_is_concerned_and_counts_once_a_minute(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, counted = own_world, list[UUID]()
    plan = await approved(world, {"operation": "merge", "code": JIANTANG, "into_code": TOWN})
    real = tree_preview.weighed

    async def counts(*args: Any) -> Any:
        counted.append(plan)
        return await real(*args)

    monkeypatch.setattr(tree_preview, "weighed", counts)
    for seconds, times in ((0, 1), (30, 1), (60, 2)):
        world.clock.advance(seconds=seconds)
        async with world.as_("yunnan.admin") as (session, subject):
            view = await plan_view(session, subject, plan)
        assert len(counted) == times
    head = (await world.subject("jiantang.head")).name
    named = {(one.role, one.name): (one.fate, one.successor) for one in view.people}
    heir = (await unit(world, TOWN)).name
    assert named["sfs_head", head] == (Fate.ANEW, heir)
    other = await approved(world, {"operation": "rename", "code": WEIXI, "name": "维西新县"}, on=date(2026, 9, 1))
    monkeypatch.setattr(tree_plan_reading, "MOST", 1)
    async with world.as_("yunnan.admin") as (session, subject):
        (latest,) = await plans(session, subject)
        (earlier,) = await plans(session, subject, latest.id)
        assert {latest.id, earlier.id} == {plan, other}
        with pytest.raises(InvalidInput):
            await plans(session, subject, new_id(instant(session)))
