"""The written rules that say who is warned: data of each tenant, dated, on a page and in the API."""

from typing import Any
from uuid import uuid4

import pytest

from cases.models import Case
from oversight.warning_receivers import named_by_rule
from oversight.warning_rules import Occasion
from tests.door import Door
from tests.teams.build import entrusted
from tests.world import World

ADDRESS = "/api/v1/warning-rules"
RULE: dict[str, Any] = {
    "occasion": "failed",
    "tier": "C",
    "office_kind": "petition_bureau",
    "help_needed": "请协调翻译到场",
    "valid_from": "2026-03-03",
}


async def named(world: World, case: Case) -> list[str]:
    async with world.owner() as session:
        return [one.help_needed for one in await named_by_rule(session, case, Occasion.FAILED)]


async def of_deqin(world: World) -> Case:
    """A dispute in 建塘 as if 德钦 held it: what the rules are asked about."""
    case = await world.case((await entrusted(world)).case_id)
    deqin = await world.subject("deqin.lgo")
    case.county_id, case.holder_office_id = deqin.tenant_id, await world.office("deqin.director")
    return case


@pytest.mark.obligation("5", "22", "N6")
async def test_a_tenant_writes_its_own_rules_from_a_day_on_and_ends_them(door: Door, world: World) -> None:
    case = await of_deqin(world)
    shipped = await named(world, case)
    assert len(shipped) > 1
    async with await door.program("deqin.lgo") as client:
        for wrong, field in (
            ({"help_needed": "请稳、控"}, "help_needed"),
            ({"tier": None}, "office_kind"),
            ({"valid_from": "2026-03-01"}, "valid_from"),
            ({"tier": None, "office_kind": None, "office_id": await world.office("xgll.lgo")}, "office_id"),
        ):
            answer = await client.post(ADDRESS, json=RULE | wrong, headers={"Idempotency-Key": uuid4().hex})
            assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, [field])
        made = await client.post(ADDRESS, json=RULE, headers={"Idempotency-Key": uuid4().hex})
        assert made.status_code == 201, made.text
        assert await named(world, case) == shipped  # not before its day
        world.clock.advance(days=1)
        assert await named(world, case) == ["请协调翻译到场"]
    end = f"{ADDRESS}/{made.json()['id']}/end"
    for login, status in (("diqing.lgo", 404), ("deqin.lgo", 200)):
        async with door.bearing(await door.sign_in(login)) as client:
            ended = await client.post(end, json={"valid_to": "2026-03-04"}, headers={"Idempotency-Key": uuid4().hex})
            assert ended.status_code == status, ended.text
    world.clock.advance(days=1)
    assert await named(world, case) == shipped
    async with door.bearing(await door.sign_in("deqin.director")) as client:
        assert (await client.get(ADDRESS)).status_code == 403


async def test_the_page_shows_the_rules_keeps_what_was_typed_and_adds(door: Door) -> None:
    async with await door.browser("gongshan.director", "lgo_director") as browser:
        page = await browser.get("/warning-rules")
        assert page.status_code == 200 and "平台自带的规则" in page.text
    async with await door.browser("xgll.director") as browser:
        assert (await browser.get("/warning-rules")).status_code == 403
        assert (await browser.post("/warning-rules", data={})).status_code == 403
