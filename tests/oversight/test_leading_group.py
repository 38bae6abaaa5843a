"""领导小组: heads of both offices lead it together, for a term; it decides major matters on record (obligation 29)."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from sqlalchemy import text

from foundation.audit_chain import verify
from tests.door import Door

MINUTES = {
    "title": "研究重大疑难纠纷的化解",
    "minutes": "会议听取了工作室汇报，两位组长发言。",
    "decision": "由工作室牵头会诊，一个月内提出意见。",
}
RESOLUTIONS = "/api/v1/leading-group/resolutions"


async def members(door: Door, login: str = "xgll.justice", **asked: str) -> list[dict[str, Any]]:
    async with await door.program(login) as client:
        answer = await client.get("/api/v1/leading-group/members", params=asked)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found


async def sent(door: Door, login: str = "xgll.justice", **form: Any) -> Any:
    async with await door.program(login) as client:
        return await client.post(
            RESOLUTIONS, json={**MINUTES, **form}, headers={"Idempotency-Key": uuid5(NAMESPACE_URL, form["title"]).hex}
        )


@pytest.mark.obligation("29")
async def test_both_heads_lead_the_group_from_their_first_day_on_and_not_before(door: Door) -> None:
    heads = [one["role"] for one in await members(door)][:2]
    assert set(heads) == {"lg_head_justice", "lg_head_petition"}
    assert await members(door, on="1999-01-01") == []


@pytest.mark.obligation("29")
async def test_a_major_matter_is_decided_with_minutes_and_attendants_and_read_by_its_own_tier(door: Door) -> None:
    there = [one["post_id"] for one in await members(door)]
    made = await sent(door, held_on="2026-03-02", attendants=there, title="重大疑难纠纷")
    assert made.status_code == 201, made.text
    again = await sent(door, held_on="2026-03-02", attendants=there, title="重大疑难纠纷")
    assert again.json()["id"] == made.json()["id"]
    async with await door.program("xgll.director") as client:
        read = (await client.get(RESOLUTIONS)).json()
    assert [one["number"] for one in read if one["title"] == "重大疑难纠纷"] == [made.json()["number"]]
    for stranger, status in (("deqin.director", 200), ("xgll.handler", 403)):
        async with await door.program(stranger) as client:
            answer = await client.get(RESOLUTIONS)
            assert answer.status_code == status
            assert "重大疑难纠纷" not in answer.text
    async with door.world.owner() as session:
        assert (await verify(session)).breaks == []
        kept = await session.scalar(text("select minutes::text from resolutions order by recorded_at desc limit 1"))
    assert "会议听取" not in str(kept)


@pytest.mark.parametrize(
    ("changed", "field", "rule"),
    [
        ({"held_on": "2026-03-03"}, "held_on", "in_future"),
        ({"attendants": 1}, "attendants", "heads_missing"),
        ({"attendants": 0}, "attendants", "too_short"),
        ({"attendants": "019cacb3-f5e8-712e-b6be-a18188f20a54"}, "attendants.0", "not_a_choice"),
        ({"title": ""}, "title", "required"),
    ],
)
async def test_a_day_ahead_an_absent_head_and_a_stranger_are_refused_at_their_fields(
    door: Door, changed: dict[str, Any], field: str, rule: str
) -> None:
    there = [one["post_id"] for one in await members(door)]
    form: dict[str, Any] = {"held_on": "2026-03-02", "attendants": there, "title": "议题", **changed}
    if isinstance(form["attendants"], int):
        form["attendants"] = there[: form["attendants"]]
    if isinstance(form["attendants"], str):
        form["attendants"] = [form["attendants"], *there]
    async with await door.program("xgll.justice") as client:
        before = (await client.get(RESOLUTIONS)).json()
        answer = await client.post(
            RESOLUTIONS, json={**MINUTES, **form}, headers={"Idempotency-Key": f"{field}-{rule}"}
        )
        assert (await client.get(RESOLUTIONS)).json() == before
    assert answer.status_code == 422, answer.text
    assert (field, rule) in {(error["field"], error["rule"]) for error in answer.json()["errors"]}


async def test_who_does_not_head_the_group_records_nothing(door: Door) -> None:
    there = [one["post_id"] for one in await members(door)]
    answer = await sent(door, "xgll.director", held_on="2026-03-02", attendants=there, title="越权")
    assert answer.status_code == 403


async def test_the_page_shows_members_by_day_keeps_what_was_typed_and_records(door: Door) -> None:
    async with await door.browser("xgll.petition") as browser:
        page = (await browser.get("/leading-group")).text
        assert "组成人员" in page and "记录一次会议" in page
        refused = await browser.post("/leading-group", data={**await _hidden(page), **MINUTES, "held_on": "2026-03-02"})
        assert refused.status_code == 422 and "会议听取了工作室汇报" in refused.text
        there = [one["post_id"] for one in await members(door)]
        form = {**await _hidden(refused.text), **MINUTES, "held_on": "2026-03-02", "attendants": there}
        made = await browser.post("/leading-group", data=form)
        assert made.status_code == 303, made.text
        assert MINUTES["decision"] in (await browser.get("/leading-group")).text
    async with await door.browser("xgll.director") as browser:
        assert "记录一次会议" not in (await browser.get("/leading-group")).text


async def _hidden(page: str) -> dict[str, str]:
    return {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("_csrf_token", "idempotency_key")}
