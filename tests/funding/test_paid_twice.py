"""Two settlements of one dispute that were paid before anybody knew: nobody could refuse, so it is named; and one pair
is marked once."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from sqlalchemy import select, text

from cases.case_links import CaseLink
from cases.models import Case
from funding.proof import PaidTwice, prove
from funding.same_matter import AlreadyMarked
from server.commands.ledger import report
from tests.dossiers.build import Built
from tests.funding.build import approved, closed_case, find, pay, propose, settlement
from tests.funding.test_signals import looked_at
from tests.funding.test_unlink_matter import colleague, linked, unlinked
from tests.world import World

PAIR = text("""
    select pg_advisory_xact_lock(hashtextextended(
        'matter mark ' || least(:case ::uuid, :other ::uuid) || greatest(:case ::uuid, :other ::uuid), 0))
""")
"""As whoever marks the two of them holds it until the mark stands."""


@pytest.mark.obligation("38")
async def test_two_that_were_paid_before_they_were_marked_are_named_by_the_proof_and_shown_to_reviewers(
    own_world: World,
) -> None:
    world = own_world
    first, second = await closed_case(world), await closed_case(world)
    for built in (first, second):
        await approved(world, built)
        await pay(world, built)
        world.clock.advance(seconds=60)
    assert "paid_twice" not in {one.ground for one in await looked_at(world, second)}
    link = await linked(world, second, first)
    async with world.owner() as session:
        proved = await prove(session)
    numbers = [(await world.case(built.case_id)).case_no for built in (first, second)]
    assert proved.paid_twice == [PaidTwice(numbers[0] or "", 400_000, numbers[1] or "", 400_000)]
    assert proved.wrong == [] and all(str(number) in report(proved)[0] for number in numbers)
    (found,) = [one for one in await looked_at(world, second) if one.ground == "paid_twice"]
    assert found.other_id == (await settlement(world, first)).id
    assert found.figures == {"amount_fen": 400_000, "other_fen": 400_000}
    await unlinked(world, await colleague(world), first, link)
    async with world.owner() as session:
        assert (await prove(session)).paid_twice == [], "the mark was the mistake"


@pytest.mark.obligation("38")
async def test_a_pair_is_marked_once_from_whichever_side_and_anew_after_it_was_withdrawn(world: World) -> None:
    first, second = await closed_case(world), await closed_case(world)
    numbers = {built.case_id: (await world.case(built.case_id)).registration_no for built in (first, second)}

    def marked(one: Built, other: Built) -> Coroutine[Any, Any, Case]:
        return world.do("xgll.reviewer", one.case_id, "link-same-matter", number=numbers[other.case_id])

    at_once = await asyncio.gather(marked(second, first), marked(first, second), return_exceptions=True)
    assert [type(one) for one in at_once if isinstance(one, BaseException)] == [AlreadyMarked]
    for one, other in ((second, first), (first, second)):
        with pytest.raises(AlreadyMarked):
            await marked(one, other)
    async with world.owner() as session:
        query = select(CaseLink).where(CaseLink.case_id.in_(numbers), CaseLink.kind == "same_matter")
        (link,) = (await session.scalars(query)).all()
    await unlinked(world, await colleague(world), second, link.id)
    await linked(world, first, second)
    await find(world, first)
    await propose(world, first)


@pytest.mark.obligation("38")
async def test_who_marks_a_pair_that_is_just_being_marked_waits_for_nobody(world: World) -> None:
    """Each of two who mark each other's cases holds its own: to wait for the other would be to wait for ever."""
    first, second = await closed_case(world), await closed_case(world)
    number = (await world.case(second.case_id)).registration_no
    async with world.owner() as marking:
        await marking.execute(PAIR, {"case": first.case_id, "other": second.case_id})
        with pytest.raises(AlreadyMarked):
            await world.do("xgll.reviewer", first.case_id, "link-same-matter", number=number)
    await world.do("xgll.reviewer", first.case_id, "link-same-matter", number=number)
