"""督办 goes with its case, up, aside and down: who takes the case sees the order and answers it, who gave it not."""

import pytest

from oversight.orders import orders_of
from tests.cases.build import Walk, assessing
from tests.handover.test_what_moves import CUSTODY, ORDERS, WATCHING, told
from tests.oversight.test_orders import issue
from tests.world import World


async def ordered(world: World) -> tuple[Walk, str]:
    """A case at the county, with an order from above and one from the county's own leading group."""
    walk = await assessing(world, persons=1)
    order = await issue(walk)
    await issue(walk, "xgll.lgo")
    world.clock.advance(seconds=1)
    return walk, order


async def handed(walk: Walk, sender: str, taker: str, reason: str) -> None:
    there = await walk.world.office(taker)
    people = [str(party.id) for party in await walk.petitioners()]
    if taker == "deqin.director":
        await walk.do(sender, "answer-transfer", office_id=there, party_ids=people, accepted=True)
    await walk.do(sender, "offer-handover", to_office_id=there, reason=reason)
    await walk.do(taker, "accept-handover", no_conflict=True)
    walk.world.clock.advance(seconds=1)


async def seen(walk: Walk, login: str) -> list[str]:
    async with walk.world.as_(login) as (session, _):
        return [str(one.id) for one in await orders_of(session, walk.case_id)]


@pytest.mark.failure(3)
@pytest.mark.obligation("62")
@pytest.mark.parametrize("taker", ["diqing.director", "deqin.director", "jiantang.chair"], ids=["up", "aside", "down"])
async def test_an_order_lies_where_its_case_lies_and_is_answered_there(world: World, taker: str) -> None:
    walk, order = await ordered(world)
    await handed(walk, "xgll.director", taker, "major" if taker == "diqing.director" else "near")
    assert len(await told(walk, CUSTODY)) == 1
    above, own = [await world.office(one) for one in ("diqing.supervisor", "xgll.lgo")]
    stays = taker == "jiantang.chair"
    assert await told(walk, ORDERS) == [(above, "open"), (own, "open" if stays else "left")]
    assert await told(walk, WATCHING) == ([(above,), (own,)] if stays else [(above,)])
    assert order in await seen(walk, taker)
    await walk.do(taker, "reply-order", order_id=order, reply="已约双方见面", proof="约见通知")


async def test_who_gave_a_case_to_another_county_no_longer_has_the_orders_of_others(world: World) -> None:
    walk, order = await ordered(world)
    await handed(walk, "xgll.director", "deqin.director", "near")
    assert order not in await seen(walk, "xgll.director")
