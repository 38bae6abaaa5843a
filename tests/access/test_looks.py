"""Who looked: every opening of a case by who works here is kept, once an hour, before the answer leaves."""

from collections.abc import Sequence
from datetime import timedelta
from inspect import signature
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar import Litestar
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from access.looks import Remembered, Written
from access.looks_models import Exit, Look
from server.looked import exit_of
from tests.access.asking import ASKER, granted
from tests.cases.build import assessing
from tests.conftest import NOON
from tests.door import Door
from tests.world import World

API = "/api/v1"


async def looks(world: World, case_id: UUID) -> Sequence[Look]:
    async with world.owner() as session:
        return (await session.scalars(select(Look).where(Look.case_id == case_id).order_by(Look.first_at))).all()


async def look(door: Door, login: str, path: str) -> Any:
    async with await door.program(login) as client:
        return await client.get(API + path)


async def test_an_opening_names_person_post_office_relation_and_rule(door: Door, world: World) -> None:
    walk = await assessing(world, persons=2)
    assert (await look(door, "xgll.director", f"/cases/{walk.case_id}")).status_code == 200
    (row,) = await looks(world, walk.case_id)
    director = await world.subject("xgll.director")
    assert (row.person_id, row.post_id, row.office_id) == (director.person_id, director.post_id, director.office_id)
    assert (row.role, row.relation, row.rule, row.source) == ("wr_director", "holds", "11", None)
    assert row.exits == Exit.API and row.first_at == world.clock.now()


async def test_one_hour_is_one_row_and_each_new_way_of_looking_is_added_to_it(door: Door, world: World) -> None:
    walk = await assessing(world, persons=2)
    world.clock.advance(minutes=50)
    first = world.clock.now()
    async with door.bearing(await door.sign_in("xgll.justice")) as client:
        for path in ("", "/parties", "", "/timeline", "/papers", ""):
            assert (await client.get(f"{API}/cases/{walk.case_id}{path}")).status_code == 200
            world.clock.advance(seconds=10)
        (row,) = await looks(world, walk.case_id)
        assert row.exits == Exit.API | Exit.PAPER
        assert (row.first_at, row.last_at) == (first, first + timedelta(seconds=40))
        world.clock.advance(minutes=10)
        await client.get(f"{API}/cases/{walk.case_id}")
    assert len(await looks(world, walk.case_id)) == 2


async def test_what_is_refused_is_no_look(door: Door, world: World) -> None:
    walk = await assessing(world, persons=2)
    assert (await look(door, "weixi.director", f"/cases/{walk.case_id}")).status_code == 404
    assert (await look(door, "diqing.supervisor", f"/cases/{walk.case_id}/files")).status_code == 403
    assert not await looks(world, walk.case_id)


async def test_overseers_borrowers_and_programs_count_too(door: Door, world: World) -> None:
    walk = await assessing(world, persons=2)
    asked = await granted(walk)
    await look(door, "diqing.supervisor", f"/cases/{walk.case_id}")
    await look(door, ASKER, f"/cases/{walk.case_id}")
    async with await door.program("xgll.deputy", "wr_deputy") as client:
        form = {"name": "报表", "scopes": ["read"], "ends_on": "2026-03-20"}
        made = await client.post(f"{API}/tokens", json=form)
    assert made.status_code == 201, made.text
    async with door.bearing(made.json()["token"]) as program:
        assert (await program.get(f"{API}/cases/{walk.case_id}")).status_code == 200
    found = {(row.role, row.relation, row.source, row.token_id is not None) for row in await looks(world, walk.case_id)}
    assert found == {
        ("supervisor_f", "oversees", None, False),
        ("borrower", "delegated", f"access_requests:{asked.id}", False),
        ("wr_deputy", "holds", None, True),
    }


async def test_a_preview_of_a_handover_is_a_look(door: Door, world: World) -> None:
    walk = await assessing(world, persons=2)
    await walk.do("xgll.director", "offer-handover", to_office_id=await world.office("diqing.director"), reason="major")
    assert (await look(door, "diqing.director", f"/cases/{walk.case_id}/handover")).status_code == 200
    (row,) = [row for row in await looks(world, walk.case_id) if row.relation == "offered"]
    assert (row.exits, row.rule) == (Exit.PREVIEW, "13")


async def test_a_case_found_by_its_number_was_looked_at(door: Door, world: World) -> None:
    walk = await assessing(world, persons=2)
    async with world.owner() as session:
        number = await session.scalar(text("select registration_no from cases where id = :id"), {"id": walk.case_id})
    assert (await look(door, "xgll.director", f"/cases/by-number?number={number}")).status_code == 200
    assert len(await looks(world, walk.case_id)) == 1


async def test_an_act_that_is_refused_half_way_leaves_a_look_that_is_true(door: Door, world: World) -> None:
    """The page shows the form again, and with it the case: the look is kept although the act was not done."""
    walk = await assessing(world, persons=2)
    async with await door.browser("xgll.director") as browser:
        page = await browser.get(f"/cases/{walk.case_id}/acts/write-note")
        token = page.text.split('name="_csrf_token" value="')[1].split('"')[0]
        answer = await browser.post(f"/cases/{walk.case_id}/acts/write-note", data={"_csrf_token": token, "text": ""})
    assert answer.status_code == 422
    (row,) = await looks(world, walk.case_id)
    assert row.exits == Exit.ACT


async def test_nobody_writes_a_look_in_anothers_name_or_takes_one_away(world: World) -> None:
    walk = await assessing(world, persons=2)
    other = await world.subject("xgll.deputy", "wr_deputy")
    values = {"id": uuid4(), "case": walk.case_id, "person": other.person_id, "post": other.post_id, "now": NOON}
    with pytest.raises(DBAPIError):
        async with world.as_("xgll.director") as (session, _):
            await session.execute(INSERT, values)
    with pytest.raises(DBAPIError):
        async with world.as_("xgll.director") as (session, _):
            await session.execute(text("delete from looks"))


INSERT = text(
    "insert into looks (id, case_id, hour, person_id, post_id, role, relation, rule, exits, first_at, last_at)"
    " values (:id, :case, :now, :person, :post, 'wr_deputy', 'holds', '15', 1, :now, :now)"
)


async def test_looks_show_to_the_line_of_the_case_and_to_nobody_else(door: Door, world: World) -> None:
    walk = await assessing(world, persons=2)
    await look(door, "xgll.director", f"/cases/{walk.case_id}")
    for login, seen in (("xgll.lgo", 1), ("diqing.supervisor", 1), ("weixi.director", 0), ("jiantang.clerk", 0)):
        async with world.as_(login) as (session, _):
            found = (await session.scalars(select(Look).where(Look.case_id == walk.case_id))).all()
            assert len(found) == seen, login


def test_the_memory_of_a_process_is_bounded_and_lasts_an_hour() -> None:
    memory, hour = Remembered(most=2), NOON
    one, two, three = ((uuid4(), uuid4(), "11") for _ in range(3))
    memory.add(Written(hour, [one], Exit.PAGE))
    memory.add(Written(hour, [two], Exit.API))
    assert memory.knows(hour, one, Exit.PAGE) and not memory.knows(hour, one, Exit.API)
    assert not memory.knows(hour.replace(hour=5), one, Exit.PAGE)
    memory.add(Written(hour, [three], Exit.PAGE))
    assert memory.knows(hour, three, Exit.PAGE) and not memory.knows(hour, one, Exit.PAGE)


def test_every_address_of_a_case_is_read_in_the_transaction_that_keeps_the_look(application: Litestar) -> None:
    """The next page or part that opens a case otherwise fails here."""
    handlers = [
        (path, handler)
        for path, found in application.route_handler_method_map.items()
        if "{case_id" in path
        for method, handler in found.items()
        if method != "OPTIONS"
    ]
    without = {path for path, handler in handlers if "session" not in signature(handler.fn).parameters}
    assert len(handlers) > 100 and not without


@pytest.mark.parametrize(
    ("method", "path", "exit"),
    [
        ("GET", "/cases/1", Exit.PAGE),
        ("GET", "/api/v1/cases/1/parties", Exit.API),
        ("GET", "/cases/1/papers/2", Exit.PAPER),
        ("GET", "/api/v1/cases/1/files/2", Exit.FILE),
        ("GET", "/handovers/1", Exit.PREVIEW),
        ("GET", "/cases/1/acts/write-note", Exit.ACT),
        ("POST", "/api/v1/cases/1/acts/write-note", Exit.ACT),
    ],
)
def test_the_way_of_looking_follows_from_the_address(method: str, path: str, exit: Exit) -> None:
    assert exit_of(method, path) == exit


async def test_a_look_that_was_rolled_back_is_written_again(door: Door, world: World) -> None:
    """What failed on its way out was not remembered."""
    opened = await assessing(world, persons=2)
    remembered: Remembered = door.app.state["looks"]
    assert (await look(door, "xgll.director", f"/cases/{opened.case_id}/papers/{uuid4()}")).status_code == 404
    director = await world.subject("xgll.director")
    assert director.post_id is not None
    hour = world.clock.now().replace(minute=0, second=0, microsecond=0)
    assert not remembered.knows(hour, (opened.case_id, director.post_id, "11"), Exit.PAPER)
    await look(door, "xgll.director", f"/cases/{opened.case_id}")
    assert len(await looks(world, opened.case_id)) == 1
