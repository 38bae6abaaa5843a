"""Who has an interest says so and is gone at once, whatever the post; somebody can always act."""

import pytest

from cases.filters import Filters
from cases.lists import page as list_page
from foundation.errors import InvalidInput, NotFound
from tests.access.recusals import FACT, actions, declare, events, recusals, removed
from tests.cases.build import Walk, open_offer, registered
from tests.teams.build import broken, confirmed, entrusted, members, row
from tests.world import World


async def listed(world: World, login: str, walk: Walk, role: str | None = None) -> bool:
    subject = await world.subject(login, role)
    async with world.store.reading(subject.scope) as reading:
        found = await list_page(reading, subject, Filters(), size=10_000)
    return walk.case_id in {one.id for one in found.rows}


async def test_the_handler_who_declares_an_interest_is_gone_at_once_and_the_seats_stand_empty(world: World) -> None:
    walk = await confirmed(world)
    handler = (await world.subject("xgll.handler")).person_id
    assert "opinion:draft" in await actions(world, "xgll.handler", walk)
    await declare(walk, "xgll.handler")
    assert await removed(walk) == [("excluded", None, handler)]
    assert await actions(world, "xgll.handler", walk) == frozenset()
    assert (await world.case(walk.case_id)).handler_id is None
    assert {"handler", "team_leader"}.isdisjoint(await members(walk))
    (event,) = await events(walk, "declare-conflict")
    assert (event.audience, sorted(event.data["vacant"])) == ("internal", ["handler", "team_leader"])
    assert "fact" not in event.data


async def test_the_fact_is_kept_sealed_for_who_must_know_it(world: World) -> None:
    walk = await confirmed(world)
    await declare(walk, "xgll.lawyer")
    (recusal,) = await recusals(walk)
    assert (recusal.manner, recusal.state, recusal.fact) == ("declared", "declared", FACT["fact"])


async def test_no_post_of_that_person_sees_the_case_any_more(world: World) -> None:
    walk = await entrusted(world)
    assert await listed(world, "xgll.deputy", walk, "wr_deputy")
    await declare(walk, "xgll.deputy", post="wr_deputy")
    for role in ("wr_deputy", "stats_reader"):
        assert await actions(world, "xgll.deputy", walk, role) == frozenset()
    assert not await listed(world, "xgll.deputy", walk, "wr_deputy")
    with pytest.raises(NotFound):
        await walk.do("xgll.deputy", "write-note", post="wr_deputy", text="试一试")
    assert "case:read" in await actions(world, "xgll.director", walk)


async def test_the_director_fills_the_empty_seats_and_the_work_goes_on(world: World) -> None:
    walk = await confirmed(world)
    await declare(walk, "xgll.handler")
    for role in ("handler", "team_leader"):
        await walk.do("xgll.director", "fill-seat", **await row(world, "xgll.mediator", role))
    assert (await world.case(walk.case_id)).handler_id == (await world.subject("xgll.mediator")).person_id
    await walk.do("xgll.mediator", "write-plan", dispute="墙体开裂的原因", measures="实地查看，鉴定")


async def test_who_has_left_can_not_be_put_back_on_the_team(world: World) -> None:
    walk = await confirmed(world)
    await declare(walk, "xgll.handler")
    with pytest.raises(InvalidInput) as refused:
        await walk.do("xgll.director", "fill-seat", **await row(world, "xgll.handler", "handler"))
    assert ("person_id", "excluded") in broken(refused)


async def test_a_seat_that_is_taken_is_not_filled_again(world: World) -> None:
    walk = await confirmed(world)
    await declare(walk, "xgll.handler")
    with pytest.raises(InvalidInput) as refused:
        await walk.do("xgll.director", "fill-seat", **await row(world, "xgll.notary_b", "mediator"))
    assert broken(refused) == {("role", "not_a_choice")}


async def test_a_member_lent_from_elsewhere_leaves_by_the_same_act(world: World) -> None:
    """That person's sight comes by the record alone: event and exclusion are written before it ends."""
    walk = await entrusted(world)
    expert = str((await world.subject("diqing.expert_b")).person_id)
    await walk.do("xgll.director", "lend-assistance", person_id=expert, role="assist_member", purpose="法律分析",
                  actions=["case:read.statement"], until=f"{world.clock.now():%Y-%m-%d}")  # fmt: skip
    assert "case:read" in await actions(world, "diqing.expert_b", walk)
    await declare(walk, "diqing.expert_b")
    assert await actions(world, "diqing.expert_b", walk) == frozenset()
    assert len(await events(walk, "declare-conflict")) == 1
    with pytest.raises(InvalidInput):
        await walk.do("xgll.director", "lend-assistance", person_id=expert, role="assist_member", purpose="再请",
                      actions=["case:read.statement"], until=f"{world.clock.now():%Y-%m-%d}")  # fmt: skip


async def test_when_the_director_leaves_the_deputy_leads(world: World) -> None:
    walk = await entrusted(world)
    await declare(walk, "xgll.director")
    assert await actions(world, "xgll.director", walk) == frozenset()
    assert (await world.case(walk.case_id)).offer_id is None
    await walk.do("xgll.deputy", "write-note", post="wr_deputy", text="由我负责")


async def test_when_the_last_who_leads_leaves_the_case_goes_up_and_can_not_come_back(world: World) -> None:
    walk = await entrusted(world)
    await declare(walk, "xgll.director")
    await declare(walk, "xgll.deputy", post="wr_deputy")
    offer = await open_offer(walk)
    assert (offer.forced, offer.reason, offer.direction) == (True, "recused", "up")
    assert offer.to_office_id == await world.office("diqing.director")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    assert (await world.case(walk.case_id)).holder_office_id == await world.office("diqing.director")


async def test_the_last_who_leads_ends_an_offer_that_stands_elsewhere(world: World) -> None:
    """If it were returned, the case would come back to nobody."""
    walk = await entrusted(world)
    await walk.do("xgll.director", "offer-handover", to_office_id=await world.office("deqin.director"),
                  reason="jurisdiction")  # fmt: skip
    await declare(walk, "xgll.director")
    assert not (await open_offer(walk)).forced
    await declare(walk, "xgll.deputy", post="wr_deputy")
    assert (await open_offer(walk)).to_office_id == await world.office("diqing.director")
    assert await actions(world, "deqin.director", walk) == frozenset()


async def test_at_a_township_the_window_clerk_leaves_what_they_registered(world: World) -> None:
    walk = await registered(world, persons=1)
    await declare(walk, "jiantang.clerk")
    assert await actions(world, "jiantang.clerk", walk) == frozenset()
    assert "case:read" in await actions(world, "jiantang.head", walk)


@pytest.mark.parametrize(("field", "value"), [("fact", ""), ("fact", " "), ("ground", "quarrel")])
async def test_a_declaration_without_ground_or_fact_is_refused_at_the_field(
    world: World, field: str, value: str
) -> None:
    walk = await registered(world, persons=1)
    with pytest.raises(InvalidInput) as refused:
        await walk.do("jiantang.clerk", "declare-conflict", **(FACT | {field: value}))
    assert {one.field for one in refused.value.fields} == {field}
    assert await removed(walk) == []


async def test_a_stranger_has_nothing_to_declare(world: World) -> None:
    walk = await registered(world, persons=1)
    with pytest.raises(NotFound):
        await declare(walk, "deqin.director")


async def test_who_oversees_by_an_order_leaves_too(world: World) -> None:
    walk = await entrusted(world)
    await walk.do("diqing.supervisor", "issue-order", ground="overdue", requirements="限期办结", contact="督查科",
                  deadline=f"{world.clock.now():%Y-%m-%d}")  # fmt: skip
    await declare(walk, "diqing.supervisor")
    assert await actions(world, "diqing.supervisor", walk) == frozenset()
