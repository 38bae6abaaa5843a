"""How many orders stand where: added up at the end of each transaction, so nobody waits crosswise; and recounted."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from indicators.recount import recount, repair
from oversight.order_board import Count, counts
from tests.cases.build import Walk, assessing
from tests.handover.test_orders_move import handed
from tests.oversight.test_orders import issue
from tests.world import World

ABOVE, OWN = "overseeing", "business"
REPLY = text("update supervision_orders set state = 'replied' where case_id = :case and kind = :kind returning id")
AT_ONCE = text("set local lock_timeout = '5s'")
"""Nobody is waited for here: a lock that is met is a failure, not a wait for ever."""


async def ordered(world: World) -> Walk:
    """A case at the county under orders of two kinds."""
    walk = await assessing(world, persons=1)
    await issue(walk)
    await issue(walk, "xgll.lgo")
    return walk


async def replied(session: AsyncSession, case_id: UUID, kind: str) -> None:
    await session.execute(AT_ONCE)
    assert len((await session.execute(REPLY, {"case": case_id, "kind": kind})).all()) == 1


async def board(world: World, login: str = "xgll.director") -> dict[str, Count]:
    async with world.as_(login) as (session, subject):
        return {one.kind: one for one in await counts(session, subject)}


async def test_two_transactions_that_change_orders_of_two_kinds_crosswise_do_not_wait_for_each_other(
    own_world: World,
) -> None:
    """Each had counted the first kind and waited for the other's count of the second: a deadlock."""
    first, second = await ordered(own_world), await ordered(own_world)
    async with own_world.owner() as one, own_world.owner() as other:
        await replied(one, first.case_id, ABOVE)
        await replied(other, second.case_id, OWN)
        await replied(one, first.case_id, OWN)
        await replied(other, second.case_id, ABOVE)
        await one.commit()
        await other.commit()
    found = await board(own_world)
    assert [(found[kind].open, found[kind].replied) for kind in (ABOVE, OWN)] == [(0, 2), (0, 2)]


async def test_every_tier_counts_what_it_has_in_custody_and_a_handover_takes_the_count_along(own_world: World) -> None:
    walk = await ordered(own_world)
    for login in ("xgll.director", "diqing.supervisor", "yunnan.supervisor"):
        found = await board(own_world, login)
        assert [found[kind].open for kind in (ABOVE, OWN)] == [1, 1]
    await handed(walk, "xgll.director", "deqin.director", "near")
    assert await board(own_world) == {}
    found = await board(own_world, "deqin.director")
    assert [(found[kind].open, found[kind].left) for kind in (ABOVE, OWN)] == [(1, 0), (0, 1)]


async def test_a_recount_counts_orders_too_finds_a_wrong_number_and_sets_it_right(own_world: World) -> None:
    walk = await ordered(own_world)
    async with own_world.owner() as session:
        await replied(session, walk.case_id, OWN)
        assert await recount(session) == []
        await session.execute(
            text("update order_counts set cases = 5 where kind = 'business' and standing = 'replied'")
        )
        wrong = await recount(session)
        assert {(one.table, one.stored, one.counted) for one in wrong} == {("order_counts", 5, 1)}
        await repair(session)
        assert await recount(session) == []


async def test_an_order_that_is_overdue_stands_in_both_counts(own_world: World) -> None:
    walk = await ordered(own_world)
    async with own_world.owner() as session:
        await session.execute(
            text("update supervision_orders set overdue_at = now() where case_id = :case"), {"case": walk.case_id}
        )
    found = await board(own_world)
    assert [(found[kind].open, found[kind].overdue) for kind in (ABOVE, OWN)] == [(1, 1), (1, 1)]
