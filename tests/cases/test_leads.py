"""Leads of other systems by a program's token (15), screened at the desk; discovery, handling, reporting (14)."""

import re
from typing import Any

import pytest
from httpx import AsyncClient

from tests.door import Door
from tests.people import registration

LEADS = "/api/v1/leads"
LEAD = {"number": "PLS-1", "found_at": "2026-03-01T09:00:00+08:00", "place_code": "533401100", "dispute_type": 1}
FACTS = "建塘镇某村两户因地界发生争吵"


def sending(*leads: dict[str, Any]) -> dict[str, Any]:
    return {"platform": "云南省公共法律服务平台", "purpose": "矛盾纠纷分析研判", "leads": list(leads)}


async def send(client: AsyncClient, *leads: dict[str, Any]) -> Any:
    answer = await client.post(LEADS, json=sending(*leads))
    return answer.status_code, answer.json()


@pytest.mark.obligation("15", "15a", "14")
async def test_a_platform_sends_facts_by_its_token_and_the_desk_handles_and_reports_them(door: Door) -> None:
    made = await (await door.program("xgll.intake")).post(
        "/api/v1/tokens", json={"name": "公共法律服务平台", "scopes": ["act", "read"], "ends_on": "2026-12-31"}
    )
    platform = door.bearing(made.json()["token"])
    assert await send(platform, {**LEAD, "facts": FACTS}, {**LEAD, "number": "PLS-2", "facts": FACTS}) == (
        200, {"received": 2, "known": []},
    )  # fmt: skip
    assert await send(platform, {**LEAD, "facts": FACTS}) == (200, {"received": 0, "known": ["PLS-1"]})
    desk = await door.program("xgll.intake")
    found = {row["number"]: row for row in (await desk.get(LEADS)).json() if row["lead"]}
    assert (found["PLS-1"]["found_at"], found["PLS-1"]["handled_at"]) == ("2026-03-01T09:00:00+08:00", None)
    one = f"{LEADS}/{found['PLS-1']['id']}"
    assert (await desk.get(one)).json()["facts"] == FACTS
    early = {"result": "diverted", "handled_at": "2026-02-28T09:00:00+08:00"}
    refused = await desk.post(f"{one}/screening", json=early)
    assert {(each["field"], each["rule"]) for each in refused.json()["errors"]} == {
        ("handled_at", "before_found"), ("organ", "required"),
    }  # fmt: skip
    form = {"result": "diverted", "organ": "建塘镇司法所", "reported_at": "2026-03-02T10:00:00+08:00"}
    assert (await desk.post(f"{one}/screening", json=form)).json()["status"] == "diverted"
    assert (await desk.post(f"{one}/screening", json=form)).json()["code"] == "lead_screened"
    row = next(row for row in (await desk.get(LEADS)).json() if row["id"] == found["PLS-1"]["id"])
    assert row["handled_at"] and row["reported_at"] == "2026-03-02T10:00:00+08:00"


@pytest.mark.obligation("15a")
async def test_a_feed_that_names_a_person_or_lies_elsewhere_is_refused_whole(door: Door) -> None:
    desk = await door.program("xgll.intake")
    status, problem = await send(
        desk,
        {**LEAD, "number": "PLS-8", "facts": FACTS},
        {**LEAD, "number": "PLS-8", "facts": "联系 13987654321", "found_at": "2026-03-09T09:00:00+08:00"},
        {**LEAD, "number": "533401199001010012", "facts": "身份证 533421199001011234", "place_code": "533422100"},
    )
    assert status == 422
    assert {(each["field"], each["rule"]) for each in problem["errors"]} == {
        ("leads.1.number", "repeated"), ("leads.1.facts", "names_persons"), ("leads.1.found_at", "in_future"),
        ("leads.2.number", "names_persons"), ("leads.2.facts", "names_persons"), ("leads.2.place_code", "not_a_choice"),
    }  # fmt: skip
    assert "PLS-8" not in {row["number"] for row in (await desk.get(LEADS)).json()}


@pytest.mark.obligation("14")
async def test_only_the_desk_of_the_own_tenant_reads_leads_and_found_cases_stand_beside_them(door: Door) -> None:
    desk = await door.program("xgll.intake")
    await send(desk, {**LEAD, "number": "PLS-20", "facts": FACTS})
    one = next(row["id"] for row in (await desk.get(LEADS)).json() if row["number"] == "PLS-20")
    for stranger in ("deqin.intake", "diqing.intake"):
        assert (await (await door.program(stranger)).get(f"{LEADS}/{one}")).status_code == 404
    assert (await (await door.program("xgll.lawyer")).get(LEADS)).status_code == 403
    found_at = "2026-03-01T08:30:00+08:00"
    form = {**await registration(door.world, persons=1, representatives=0), "found_at": found_at}
    case = (await door.world.register("xgll.intake", **form)).case
    row = next(row for row in (await desk.get(LEADS)).json() if row["id"] == str(case.id))
    assert (row["lead"], row["found_at"], row["reported_at"]) == (False, found_at, None)
    await door.world.do("xgll.director", case.id, "approve-registration", answer="approve")
    director = await (await door.program("xgll.director")).get(LEADS)
    row = next(row for row in director.json() if row["id"] == str(case.id))
    assert row["found_at"] < row["handled_at"] < row["reported_at"]


@pytest.mark.obligation("14")
async def test_the_page_shows_three_moments_side_by_side_and_screens_a_lead(door: Door) -> None:
    await send(await door.program("xgll.intake"), {**LEAD, "number": "PLS-30", "facts": FACTS})
    async with await door.browser("xgll.intake") as browser:
        listed = (await browser.get("/leads")).text
        assert all(title in listed for title in ("第一时间发现", "第一时间处置", "第一时间上报", "PLS-30"))
        address = re.search(r'href="(/leads/[0-9a-f-]{36})">PLS-30', listed)
        assert address is not None
        shown = (await browser.get(address[1])).text
        token = re.search(r'name="_csrf_token" value="([^"]+)"', shown)
        data = {"_csrf_token": token[1] if token else "", "result": "diverted"}
        assert "分流、上报的，须写明到哪个机构" in (await browser.post(address[1], data=data)).text
        assert (await browser.post(address[1], data={**data, "organ": "建塘镇司法所"})).status_code in (302, 303)
        assert "分流到其他机构" in (await browser.get("/leads.csv")).text
