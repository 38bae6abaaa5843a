"""A class of cases: what lies in it is lent, what enters it becomes lent, what leaves it no longer is."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from access.delegation import Delegation
from access.delegation_notice import tell_of_class
from access.delegations import Side, page
from foundation.errors import Forbidden, InvalidInput
from foundation.jobs import Message
from tests.access.lending import READING, kept, lend, lend_class, listed, may, person, take_back, terms
from tests.access.recusals import declare
from tests.cases.build import Walk, assessing, registered
from tests.world import World

DIRECTOR, LAWYER, NOTARY = "xgll.director", "xgll.lawyer", "xgll.notary_a"
TYPE = 8
"""The dispute type of every case that these tests register."""


@pytest.fixture
def world(own_world: World) -> World:
    """A province of the test's own: a class reaches all that the office holds."""
    return own_world


async def class_of(world: World, **form: Any) -> Delegation:
    given = {**terms(world), "dispute_type": TYPE, **form}
    if not {"to_person_id", "to_tenant_id", "to_office_id"} & given.keys():
        given["to_person_id"] = await person(world, LAWYER)
    return await lend_class(world, DIRECTOR, **given)


async def reads(world: World, login: str, case_id: UUID) -> bool:
    return "case:read" in await may(world, login, case_id)


async def change(world: World, case_id: UUID, **columns: Any) -> None:
    """A fact of the case becomes another one, whichever act made it so."""
    world.clock.advance(seconds=1)
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    async with world.as_("xgll.deputy", "wr_deputy") as (session, _):
        await session.execute(text(f"update cases set {changes} where id = :id"), {**columns, "id": case_id})


async def test_open_cases_of_the_class_are_lent_and_no_others(world: World) -> None:
    inside, outside = await assessing(world, persons=1), await assessing(world, persons=1)
    ended = await assessing(world, persons=1)
    await change(world, outside.case_id, dispute_type=3)
    await change(world, ended.case_id, state="closed")
    elsewhere = await registered(world, persons=1)
    await class_of(world)
    assert await listed(world, LAWYER) == {inside.case_id}
    for walk in (outside, ended, elsewhere):
        assert not await reads(world, LAWYER, walk.case_id)


async def test_a_case_that_comes_to_the_office_is_lent_and_one_that_leaves_is_not(world: World) -> None:
    await class_of(world)
    walk = await assessing(world, persons=1)
    assert await reads(world, LAWYER, walk.case_id)
    await walk.do(DIRECTOR, "offer-handover", to_office_id=await world.office("diqing.director"), reason="major")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    assert not await reads(world, LAWYER, walk.case_id)


async def test_a_case_that_is_registered_at_the_office_is_lent(world: World) -> None:
    chair = await world.subject("jiantang.head")
    walk = await registered(world, persons=1)
    row = await lend_class(world, DIRECTOR, **terms(world), dispute_type=TYPE, to_person_id=await person(world, LAWYER))
    async with world.owner() as session:
        move = "update delegations set holder_office_id = :office where id = :id"
        await session.execute(text(move), {"office": chair.office_id, "id": row.id})
    later = await registered(world, persons=1)
    assert not await reads(world, LAWYER, walk.case_id)
    assert await reads(world, LAWYER, later.case_id)


async def test_a_case_that_leaves_the_class_or_is_closed_is_lent_no_more_and_comes_back_with_it(world: World) -> None:
    walk = await assessing(world, persons=1)
    await class_of(world, case_class="general")
    assert not await reads(world, LAWYER, walk.case_id)
    await change(world, walk.case_id, case_class="general")
    assert await reads(world, LAWYER, walk.case_id)
    await change(world, walk.case_id, case_class="complex")
    assert not await reads(world, LAWYER, walk.case_id)
    await change(world, walk.case_id, case_class="general")
    assert await reads(world, LAWYER, walk.case_id)
    await change(world, walk.case_id, state="refused")
    assert not await reads(world, LAWYER, walk.case_id)


async def test_one_case_lent_on_from_a_class_ends_when_the_case_leaves_the_class(world: World) -> None:
    walk = await assessing(world, persons=1)
    await class_of(world, onward=True)
    row = await lend(walk, LAWYER, NOTARY)
    await change(world, walk.case_id, dispute_type=3)
    assert not await reads(world, NOTARY, walk.case_id)
    assert (await kept(world, row.id)).revoke_cause == "left"


async def test_a_class_is_lent_on_only_as_it_was_lent_or_narrower(world: World) -> None:
    walk = await assessing(world, persons=1)
    first = await class_of(world, onward=True)
    on = {**terms(world), "parent_id": str(first.id), "to_person_id": await person(world, NOTARY)}
    with pytest.raises(InvalidInput) as raised:
        await lend_class(world, LAWYER, **on, case_class="general")
    assert [one.rule for one in raised.value.fields] == ["beyond_own"]
    with pytest.raises(Forbidden):
        await lend_class(world, LAWYER, **{**on, "parent_id": None}, dispute_type=TYPE)
    await lend_class(world, LAWYER, **on, dispute_type=TYPE)
    assert await reads(world, NOTARY, walk.case_id)
    await take_back(world, DIRECTOR, first.id)
    assert not await reads(world, NOTARY, walk.case_id)
    assert not await reads(world, LAWYER, walk.case_id)


async def test_who_lent_a_class_on_reads_how_many_cases_it_reaches(world: World) -> None:
    """The cases themselves may lie out of the lender's sight, as they do for a township's borrower."""
    for _ in range(2):
        await assessing(world, persons=1)
    lender, borrower = "jiantang.mediator", "jiantang.head"
    first = await class_of(world, onward=True, to_person_id=await person(world, lender))
    await lend_class(
        world, lender, **terms(world), parent_id=str(first.id), to_person_id=await person(world, borrower),
        dispute_type=TYPE,
    )  # fmt: skip
    async with world.as_(lender) as (session, subject):
        (lent,) = await page(session, subject, Side.LENT)
        (borrowed,) = await page(session, subject, Side.BORROWED)
    assert (lent.cases, borrowed.cases) == (2, 2)
    stranger = await world.subject("deqin.director")
    async with world.store.scoped(stranger.scope) as session:
        asked = await session.execute(text("select cases_lent(:id, 9)"), {"id": first.id})
        assert asked.scalar_one() == 0, "nobody else learns it"


@pytest.mark.parametrize("leaver", [DIRECTOR, LAWYER])
async def test_a_case_that_one_of_its_lenders_has_left_is_passed_over_for_good(world: World, leaver: str) -> None:
    left, other = await assessing(world, persons=1), await assessing(world, persons=1)
    first = await class_of(world, onward=True)
    on = {**terms(world), "parent_id": str(first.id), "to_person_id": await person(world, NOTARY)}
    await lend_class(world, LAWYER, **on, dispute_type=TYPE)
    row = await lend(left, LAWYER, "xgll.forensic")
    await declare(left, leaver)
    await change(world, left.case_id, case_class="general")
    for borrower in (LAWYER, NOTARY, "xgll.forensic"):
        assert not await reads(world, borrower, left.case_id)
    assert (await kept(world, row.id)).revoke_cause == "removed"
    assert await reads(world, NOTARY, other.case_id)


async def test_a_class_beyond_the_limit_is_refused_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("access.delegating.LARGEST", 1)
    walks = [await assessing(world, persons=1) for _ in range(2)]
    with pytest.raises(InvalidInput) as raised:
        await class_of(world)
    assert [one.rule for one in raised.value.fields] == ["too_many"]
    for walk in walks:
        assert not await reads(world, LAWYER, walk.case_id)


async def test_the_parties_of_each_case_are_told_once_when_a_class_goes_to_another_tenant(world: World) -> None:
    walks = [await assessing(world, persons=1)]
    await class_of(world, to_person_id=None, to_office_id=await world.office("jiantang.mediator"))
    walks.append(await assessing(world, persons=1))
    messages = "select id, topic, payload from outbox where topic = 'delegation.reached' order by id"
    async with world.owner() as session:
        rows = (await session.execute(text(messages))).all()
    for row in [*rows, *rows]:
        await tell_of_class(world.store, Message(row.id, row.topic, row.payload))
    told = "select case_id from papers where kind = 'delegation_notice'"
    events = "select case_id from events where act = 'delegate' and audience = 'parties'"
    async with world.owner() as session:
        for query in (told, events):
            assert sorted((await session.scalars(text(query))).all()) == sorted(one.case_id for one in walks)


async def test_nobody_is_told_when_a_class_stays_in_the_tenant(world: World) -> None:
    await assessing(world, persons=1)
    await class_of(world)
    async with world.owner() as session:
        assert not (await session.scalars(text("select id from outbox where topic = 'delegation.reached'"))).all()


async def test_a_case_that_comes_while_its_class_is_being_lent_is_lent_too(world: World) -> None:
    """Each waits for the other's office: whichever commits first, the case has its row."""
    walks: list[Walk] = []
    for _ in range(3):
        walk = await registered(world, persons=1)
        await walk.do("jiantang.head", "approve-registration", answer="approve")
        office = await world.office(DIRECTOR)
        await walk.do("jiantang.head", "offer-handover", to_office_id=office, reason="company")
        walks.append(walk)
    form = {**terms(world), "dispute_type": TYPE, "to_person_id": await person(world, LAWYER), "actions": list(READING)}
    coming = [walk.do(DIRECTOR, "accept-handover", no_conflict=True) for walk in walks]
    await asyncio.gather(coming[0], lend_class(world, DIRECTOR, **form), *coming[1:])
    assert await listed(world, LAWYER) == {walk.case_id for walk in walks}
