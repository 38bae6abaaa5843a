"""What the exits of delegations must not give away: 404 to a stranger, 403 to a member without the right."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from access.delegation import Delegation
from access.delegation_notice import tell_of_class
from foundation import cookies
from foundation.jobs import Message
from tests.access.lending import day, end_classes, lend, lend_class, person, terms
from tests.cases.build import Walk, assessing
from tests.door import Door
from tests.world import World

API, DIRECTOR, BORROWER, MEMBER = "/api/v1", "xgll.director", "xgll.lawyer", "xgll.archivist"
STRANGERS = ("deqin.director", "shengping.head", "diqing.expert_a", "xgll.admin", "diqing.audit")
"""A sister county, a township of hers, who works above without a part in it, administrators."""
CANARY = "金丝雀七号"


@pytest.fixture(autouse=True)
async def classes_ended(world: World) -> AsyncIterator[None]:
    yield
    await end_classes(world)


@pytest.fixture
async def walk(world: World) -> Walk:
    return await assessing(world, persons=1)


@pytest.fixture
async def row(walk: Walk) -> Delegation:
    return await lend(walk, DIRECTOR, BORROWER, purpose=CANARY)


async def post(client: AsyncClient, address: str, **data: str) -> int:
    """A form of a page, with the token of one."""
    await client.get("/status")
    return (await client.post(address, data={"_csrf_token": client.cookies[cookies.CSRF], **data})).status_code


@pytest.mark.parametrize("login", [*STRANGERS, MEMBER])
async def test_lists_hold_nothing_of_others(door: Door, row: Delegation, login: str) -> None:
    page, program = await door.browser(login), await door.program(login)
    for side in ("lent", "borrowed"):
        for answer in (
            await page.get(f"/delegations?side={side}"),
            await program.get(f"{API}/delegations", params={"side": side, "size": 100}),
        ):
            assert answer.status_code == 200
            assert CANARY not in answer.text
            assert str(row.id) not in answer.text


async def test_both_sides_find_it_in_their_lists(door: Door, row: Delegation) -> None:
    """From its own place on: tests whose clock ran further have lent much in the same province."""
    for login, side in ((DIRECTOR, "lent"), (BORROWER, "borrowed")):
        older = f"&before={UUID(int=row.id.int + 1)}"
        assert CANARY in (await (await door.browser(login)).get(f"/delegations?side={side}{older}")).text


@pytest.mark.parametrize("login", [*STRANGERS, MEMBER])
async def test_a_stranger_can_neither_open_nor_end_one(door: Door, row: Delegation, login: str) -> None:
    page, program = await door.browser(login), await door.program(login)
    address = f"/delegations/{row.id}/revoke"
    assert (await page.get(address)).status_code == 404
    assert await post(page, address, reason="试一试") == 404
    assert (await program.post(API + address, json={"reason": "试一试"})).status_code == 404


async def test_the_borrower_may_not_end_it(door: Door, row: Delegation) -> None:
    page, program = await door.browser(BORROWER), await door.program(BORROWER)
    address = f"/delegations/{row.id}/revoke"
    assert (await page.get(address)).status_code == 403
    assert await post(page, address, reason="试一试") == 403
    assert (await program.post(API + address, json={"reason": "试一试"})).status_code == 403


@pytest.mark.parametrize("login", [*STRANGERS[1:], MEMBER, BORROWER])
async def test_who_directs_no_office_lends_no_class(door: Door, world: World, login: str) -> None:
    page, program = await door.browser(login), await door.program(login)
    form = {"actions": "case:read", "dispute_type": "8", "until": day(world, 3), "purpose": CANARY}
    to = await person(world, "xgll.notary_a")
    assert (await page.get("/delegations/new")).status_code == 403
    assert await post(page, "/delegations", to_person_id=to, **form) == 403
    given = {**terms(world), "dispute_type": 8, "to_person_id": to}
    assert (await program.post(f"{API}/delegations", json=given)).status_code == 403


async def test_a_case_handed_over_meanwhile_is_not_told_of(world: World) -> None:
    """The message of the worker finds neither the case nor a word to write in it."""
    walk = await assessing(world, persons=1)
    office = await world.office("jiantang.mediator")
    row = await lend_class(world, DIRECTOR, **terms(world), dispute_type=8, to_office_id=office)
    await walk.do(DIRECTOR, "offer-handover", to_office_id=await world.office("diqing.director"), reason="major")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    former = (await world.subject("deqin.director")).tenant_id
    payload = {"case": str(walk.case_id), "delegation": str(row.id), "tenant": former}
    await tell_of_class(world.store, Message(row.id, "delegation.reached", payload))
    async with world.owner() as session:
        told = "select count(*) from papers where case_id = :id and kind = 'delegation_notice'"
        assert await session.scalar(text(told), {"id": walk.case_id}) == 0
