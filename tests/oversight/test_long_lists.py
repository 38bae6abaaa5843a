"""Matters, draws and open findings go on after the row that was seen last: nothing is cut off, nothing comes twice."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from oversight.draws import InspectionDraw
from oversight.draws_reading import drawn_by
from oversight.matter_reads import matters_of
from oversight.quality_reading import open_findings
from tests.cases.build import accepted
from tests.door import Door
from tests.oversight.papers_down import asked, done
from tests.oversight.test_findings import CHECKLIST, WRONG, opened
from tests.oversight.test_matters import API, MATTER, number
from tests.world import World

Reading = Callable[..., Awaitable[Any]]


async def by_ones(world: World, login: str, read: Reading, rows: str) -> list[UUID]:
    """Page after page of one row each."""
    found: list[UUID] = []
    async with world.as_(login) as (session, subject):
        page = await read(session, subject, size=1)
        while page.after is not None:
            found += [one.id for one in getattr(page, rows)]
            page = await read(session, subject, after=page.after, size=1)
        return found + [one.id for one in getattr(page, rows)]


async def whole(world: World, login: str, read: Reading, rows: str) -> list[UUID]:
    async with world.as_(login) as (session, subject):
        return [one.id for one in getattr(await read(session, subject), rows)]


async def test_matters_go_on_by_their_deadline_what_is_over_last(own_door: Door) -> None:
    world, walk = own_door.world, await accepted(own_door.world, persons=1)
    made = []
    async with await own_door.program("diqing.supervisor") as above:
        for day in ("2026-04-12", "2026-04-10", "2026-04-10"):
            form = {**MATTER, "numbers": await number(walk), "deadline": day}
            answer = await above.post(API, json=form, headers={"Idempotency-Key": str(uuid4())})
            made.append(answer.json()["line"]["id"])
        made[1:] = sorted(made[1:])
        rest = (await above.get(API, params={"after": made[1]})).json()
        assert [one["id"] for one in rest["matters"]] == [made[2], made[0]] and rest["after"] is None
        refused = await above.get(API, params={"after": str(uuid4())})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "after")
    async with await own_door.browser("diqing.supervisor") as browser:
        page = (await browser.get("/matters", params={"after": made[2]})).text
        assert made[0] in page and made[1] not in page
    found = await by_ones(world, "diqing.supervisor", matters_of, "matters")
    assert [str(one) for one in found] == [made[1], made[2], made[0]]


async def test_findings_and_draws_go_on_after_the_last_that_was_seen(own_door: Door) -> None:
    door, world, login = own_door, own_door.world, "diqing.supervisor"
    checklist = await done(door, login, "POST", "/checklists", **CHECKLIST)
    for _ in range(3):
        walk, inspection = await opened(world)
        form = {"inspection_id": inspection, "item": checklist["items"][0]["id"], **WRONG}
        await walk.do(login, "send-finding", **form)
    found = await whole(world, login, open_findings, "findings")
    assert len(found) == 3 and await by_ones(world, login, open_findings, "findings") == found
    rest = await asked(door, login, "GET", f"/quality?after={found[1]}")
    assert [one["id"] for one in rest.json()["findings"]] == [str(found[2])]
    subject = await world.subject(login)
    async with world.owner() as session:
        first = {"tenant_id": subject.tenant_id, "office_id": subject.office_id, "recorded_by": subject.person_id}
        session.add_all(_draw(world, first) for _ in range(3))
        await session.commit()
    drawn = await whole(world, login, drawn_by, "draws")
    assert len(drawn) == 3 and await by_ones(world, login, drawn_by, "draws") == drawn
    rest = await asked(door, login, "GET", f"/inspection-draws?after={drawn[1]}")
    assert [one["id"] for one in rest.json()["draws"]] == [str(drawn[2])]
    async with await door.browser(login) as browser:
        for address in (f"/quality?after={found[1]}", f"/inspections?after={drawn[1]}"):
            assert (await browser.get(address)).status_code == 200


def _draw(world: World, first: dict[str, Any]) -> InspectionDraw:
    """All at the same instant: the id makes the order."""
    now = world.clock.now()
    day = now.date()
    drawn = {"since": day, "until": day, "size": 1, "seed": "0", "eligible": 0, "case_ids": []}
    return InspectionDraw(id=uuid4(), recorded_at=now, **drawn, **first)
