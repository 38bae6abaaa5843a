"""Cases through the API: registered once, listed by key, changed only by who has seen the present version."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response

from cases.filters import Sort
from tests.door import Door
from tests.people import registration

CASES = "/api/v1/cases"
NOBODY = "019cacb3-f200-74aa-a884-5146392a7bb5"


async def registered(door: Door, clerk: AsyncClient, **changes: Any) -> dict[str, Any]:
    door.world.clock.advance(seconds=1)
    form = {**await registration(door.world, persons=2, representatives=1), **changes}
    answer = await clerk.post(CASES, json=form)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def problem(answer: Response, status: int, code: str) -> dict[str, Any]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    shown: dict[str, Any] = answer.json()
    assert (answer.status_code, shown["status"], shown["code"]) == (status, status, code), answer.text
    assert shown["type"] == f"urn:tiaojie:problem:{code}"
    assert shown["title"] and shown["detail"]
    return shown


async def test_a_registration_answers_with_the_case_its_address_and_its_version(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        answer = await clerk.post(CASES, json=await registration(door.world))
        case = answer.json()["case"]
        assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
        assert answer.headers["location"] == f"{CASES}/{case['id']}"
        assert (case["state"], case["step_name"], case["person_count"]) == ("registered", "接谈", 12)
        assert case["filed_at"].endswith("+08:00")
        assert len(answer.json()["receipts"]) == 12
        read = await clerk.get(answer.headers["location"])
    assert (read.status_code, read.headers["etag"], read.json()["id"]) == (200, '"1"', case["id"])


async def test_the_same_key_registers_once_even_at_the_same_time(door: Door) -> None:
    form = await registration(door.world, persons=1)
    headers = {"Idempotency-Key": str(uuid4())}
    async with await door.program("jiantang.clerk") as clerk:
        answers = await asyncio.gather(*(clerk.post(CASES, json=form, headers=headers) for _ in range(4)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.text for answer in answers}) == 1
        assert {answer.headers["etag"] for answer in answers} == {'"1"'}
        other = await clerk.post(CASES, json={**form, "visited_unit": "另一单位"}, headers=headers)
    problem(other, 422, "idempotency_key_reused")


async def test_pages_follow_each_other_without_gap_or_repetition(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        mine = [(await registered(door, clerk))["case"]["id"] for _ in range(5)]
        found: list[str] = []
        after = None
        while not found or (after and not set(mine) <= set(found)):
            parameters = {"size": "2", "sort": Sort.FILED.value} | ({"after": after} if after else {})
            page = (await clerk.get(CASES, params=parameters)).json()
            found += [row["id"] for row in page["rows"]]
            after = page["after"]
    assert [one for one in found if one in mine] == list(reversed(mine)) and len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("parameters", "field", "rule"),
    [
        ("step=9", "step", "too_large"),
        ("step=x", "step", "not_a_number"),
        ("colour=red", "colour", "unknown"),
        ("step=1&step=2", "step", "repeated"),
        ("after=nonsense", "after", "malformed"),
        ("after=2026-03-02T04:00:00~x", "after", "malformed"),
        ("handler=everybody", "handler", "not_a_choice"),
        ("size=1000", "size", "too_large"),
        ("after=%00", "after", "malformed"),
    ],
)
async def test_a_broken_parameter_is_named(door: Door, parameters: str, field: str, rule: str) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        shown = problem(await clerk.get(f"{CASES}?{parameters}"), 422, "invalid_input")
    assert [(error["field"], error["rule"]) for error in shown["errors"]] == [(field, rule)]


async def test_every_broken_field_is_named_with_its_path_and_rule(door: Door) -> None:
    form = await registration(door.world, persons=2)
    form["petitioners"][1]["name"] = ""
    form |= {"mode": "flying", "surprise": 1, "dispute_type": "eight"}
    async with await door.program("jiantang.clerk") as clerk:
        shown = problem(await clerk.post(CASES, json=form), 422, "invalid_input")
    assert {(error["field"], error["rule"]) for error in shown["errors"]} == {
        ("surprise", "unknown"),
        ("mode", "not_a_choice"),
        ("dispute_type", "not_a_number"),
        ("petitioners.1.name", "required"),
    }


async def test_a_problem_speaks_the_language_that_was_asked_for(door: Door) -> None:
    async with await door.program("jiantang.clerk", language="en-GB,en;q=0.8") as clerk:
        english = problem(await clerk.get(f"{CASES}/{NOBODY}"), 404, "not_found")
        chinese = problem(await clerk.get(f"{CASES}/{NOBODY}", headers={"Accept-Language": "zh-CN"}), 404, "not_found")
    assert chinese["detail"] == "没有找到"
    assert english["detail"].isascii()


async def test_a_case_that_is_not_ones_own_is_not_there(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        case = (await registered(door, clerk))["case"]
    async with await door.program("deqin.director") as stranger:
        for part in ("", "/parties", "/timeline", "/papers", "/files", "/handover"):
            problem(await stranger.get(f"{CASES}/{case['id']}{part}"), 404, "not_found")
        act = f"{CASES}/{case['id']}/acts/approve-registration"
        problem(await stranger.post(act, json={"answer": "approve"}, headers={"If-Match": '"1"'}), 404, "not_found")
        assert case["id"] not in (await stranger.get(CASES)).text


async def test_an_act_needs_the_present_version(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        case = (await registered(door, clerk))["case"]
    approval = f"{CASES}/{case['id']}/acts/approve-registration"
    form = {"answer": "approve"}
    async with await door.program("jiantang.head") as head:
        problem(await head.post(approval, json=form), 428, "version_required")
        for stale in ('"7"', 'W/"1"', "*", "1", '"1", "2"', "x" * 300):
            problem(await head.post(approval, json=form, headers={"If-Match": stale}), 412, "version_stale")
        done = await head.post(approval, json=form, headers={"If-Match": '"1"'})
        assert (done.status_code, done.headers["etag"]) == (200, '"2"'), done.text
        assert (done.json()["state"], done.json()["case"]["step"]) == ("assessing", 2)
        refused = problem(await head.post(approval, json=form, headers={"If-Match": '"2"'}), 409, "move_refused")
    assert "评析中" in refused["detail"]


async def test_of_two_who_act_on_one_version_one_is_told(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        case = (await registered(door, clerk))["case"]
    door.world.clock.advance(seconds=1)
    approval = f"{CASES}/{case['id']}/acts/approve-registration"
    headers = {"If-Match": '"1"'}
    async with await door.program("jiantang.head") as head:
        both = await asyncio.gather(*(head.post(approval, json={"answer": "approve"}, headers=headers) for _ in "12"))
        assert sorted(answer.status_code for answer in both) == [200, 412]
        events = (await head.get(f"{CASES}/{case['id']}/timeline")).json()
    assert [event["act"] for event in events] == ["approve-registration", "register"]


async def test_the_case_offers_exactly_the_acts_that_its_reader_may_do(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        case = (await registered(door, clerk))["case"]
    async with await door.program("jiantang.head") as head:
        acts = {act["name"]: act for act in (await head.get(f"{CASES}/{case['id']}")).json()["available_actions"]}
    assert acts["approve-registration"]["refusal"] is None
    assert acts["approve-registration"]["href"] == f"{CASES}/{case['id']}/acts/approve-registration"
    assert "issue-opinion" not in acts
    async with await door.program("jiantang.clerk") as clerk:
        own = {act["name"] for act in (await clerk.get(f"{CASES}/{case['id']}")).json()["available_actions"]}
    assert "approve-registration" not in own


async def test_the_parts_of_a_case_are_cut_to_what_their_reader_may_see(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        case = (await registered(door, clerk))["case"]
        base = f"{CASES}/{case['id']}"
        parties = (await clerk.get(f"{base}/parties")).json()
        assert parties[0]["name"].startswith("和")
        assert [event["act"] for event in (await clerk.get(f"{base}/timeline")).json()] == ["register"]
        papers = (await clerk.get(f"{base}/papers")).json()
        assert {paper["kind"] for paper in papers} >= {"interview"}
        paper = (await clerk.get(f"{base}/papers/{papers[0]['id']}")).json()
        assert paper["paper"]["id"] == papers[0]["id"] and paper["content"]
        assert (await clerk.get(f"{base}/timers")).status_code == 200
        problem(await clerk.get(f"{base}/papers/{NOBODY}"), 404, "not_found")


async def test_the_petitioner_sees_its_own_status_by_the_receipt(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        found = await registered(door, clerk)
    number, code = found["case"]["registration_no"], found["receipts"][0]["code"]
    async with door.client() as anyone:
        own = await anyone.post("/api/v1/petitioner/status", json={"registration_no": number, "code": code})
        assert own.status_code == 200, own.text
        assert (own.json()["registration_no"], own.json()["state"]) == (number, "registered")
        wrong = await anyone.post("/api/v1/petitioner/status", json={"registration_no": number, "code": "WRONG"})
        problem(wrong, 404, "not_found")


async def test_guessing_receipts_is_stopped(door: Door) -> None:
    form = {"registration_no": "533401-00001-2026-00001", "code": "WRONG"}
    async with door.client(address="203.0.113.9") as anyone:
        answers = [await anyone.post("/api/v1/petitioner/status", json=form) for _ in range(40)]
    problem(answers[-1], 429, "too_many_attempts")
    assert 0 < int(answers[-1].headers["retry-after"]) <= 600


async def test_a_case_is_found_by_its_exact_number_by_those_who_see_it(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        case = (await registered(door, clerk))["case"]
        wanted = {"number": case["registration_no"]}
        found = await clerk.get(f"{CASES}/by-number", params=wanted)
        assert (found.json()["id"], found.headers["etag"]) == (case["id"], '"1"')
        part = {"number": case["registration_no"][:-2]}
        problem(await clerk.get(f"{CASES}/by-number", params=part), 404, "not_found")
    async with await door.program("deqin.director") as stranger:
        problem(await stranger.get(f"{CASES}/by-number", params=wanted), 404, "not_found")


async def test_the_dictionary_of_dispute_types_is_there_for_programs(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        types = {row["code"]: row for row in (await clerk.get("/api/v1/dispute-types")).json()}
    assert (len(types), types[8]["asks_gate"]) == (18, True)


async def test_the_reason_of_a_right_is_explained(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        case = (await registered(door, clerk))["case"]
        parameters = {"case_id": case["id"], "action": "case:read"}
        yes = (await clerk.get("/api/v1/access/explain", params=parameters)).json()
        no = (await clerk.get("/api/v1/access/explain", params={**parameters, "action": "case:accept"})).json()
        unknown = await clerk.get("/api/v1/access/explain", params={**parameters, "action": "case:steal"})
    assert (yes["allowed"], bool(yes["rule"]), yes["relation"]) == (True, True, "registrar")
    assert (no["allowed"], no["rule"]) == (False, None)
    problem(unknown, 422, "invalid_input")
    assert "陈述和证据" in {group["name"] for group in yes["groups"]}


async def test_who_can_see_a_case_is_told_to_its_holder_and_refused_to_others(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        case = (await registered(door, clerk))["case"]
        problem(await clerk.get(f"{CASES}/{case['id']}/sight"), 403, "forbidden")
    async with await door.program("jiantang.head") as head:
        found = (await head.get(f"{CASES}/{case['id']}/sight")).json()
        other = next(one for one in found["seers"] if one["role"] == "supervisor_f")
        parameters = {"case_id": case["id"], "action": "case:read.identity", "post_id": other["post_id"]}
        why = (await head.get("/api/v1/access/explain", params=parameters)).json()
    assert {ground["rule"] for one in found["seers"] for ground in one["grounds"]} >= {"2", "4", "39", "41"}
    assert (why["allowed"], why["rule"]) == (False, None)
    async with await door.program("deqin.director") as stranger:
        problem(await stranger.get(f"{CASES}/{case['id']}/sight"), 404, "not_found")


async def test_the_tree_shows_a_tenant_its_offices_and_what_stands_below(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        province = (await clerk.get("/api/v1/tree")).json()
        prefecture = (await clerk.get(f"/api/v1/tree/{province['children'][0]['id']}")).json()
        problem(await clerk.get("/api/v1/tree/2147483647"), 404, "not_found")
        problem(await clerk.get(f"/api/v1/tree/{10**30}"), 422, "value_refused")
    assert (province["tenant"]["tier"], len(province["children"])) == ("P", 16)
    assert prefecture["tenant"]["parent_id"] == province["tenant"]["id"]
    assert {office["kind"] for office in prefecture["offices"]} >= {"workroom", "committee"}


PARTS = [
    "parties",
    "claims",
    "consents",
    "timeline",
    "timers",
    "looks",
    "papers",
    "notes",
    "team",
    "plans",
    "agreement",
    "evidence",
    "referrals",
    "performances",
    "visits",
    "relief",
    "money",
    "orders",
    "handovers",
    "files",
]


async def test_every_part_of_a_case_is_read_by_its_holders(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        case = (await registered(door, clerk))["case"]
    async with await door.program("jiantang.head") as head:
        answers = {part: await head.get(f"{CASES}/{case['id']}/{part}") for part in PARTS}
    assert {part: answer.status_code for part, answer in answers.items()} == dict.fromkeys(PARTS, 200)
    assert len(answers["claims"].json()) == 3
    assert answers["team"].json() is None


async def test_an_offer_is_previewed_by_its_receiver_without_persons(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        case = (await registered(door, clerk))["case"]
    await door.world.do("jiantang.head", UUID(case["id"]), "approve-registration", answer="approve")
    receiver = await door.world.office("xgll.director")
    form = {"to_office_id": receiver, "reason": "major"}
    async with await door.program("jiantang.head") as head:
        options = (await head.get(f"{CASES}/{case['id']}/options/offer-handover")).json()
        assert str(receiver) in json.dumps(options)
        act = f"{CASES}/{case['id']}/acts/offer-handover"
        sent = await head.post(act, json=form, headers={"If-Match": '"2"'})
        assert sent.status_code == 200, sent.text
    async with await door.program("xgll.director") as director:
        inbox = (await director.get("/api/v1/handover/inbox")).json()
        assert case["id"] in [offer["case_id"] for offer in inbox]
        preview = await director.get(f"{CASES}/{case['id']}/handover")
        assert preview.json()["person_count"] == 2
        assert "和春生" not in preview.text and "爆破" not in preview.text
        problem(await director.get(f"{CASES}/{case['id']}/claims"), 403, "forbidden")


async def test_the_overview_counts_by_tenant_and_refuses_those_who_may_not_count(door: Door) -> None:
    async with await door.program("yunnan.lgo") as above:
        shown = (await above.get("/api/v1/overview")).json()
        assert (shown["tier"], len(shown["below"])) == ("P", 16)
        below = (await above.get("/api/v1/overview", params={"tenant_id": shown["below"][0]["tenant_id"]})).json()
        assert below["above"][0]["name"] == shown["name"]
        assert (await above.get("/api/v1/overview/disputes")).status_code == 200
    async with await door.program("xgll.admin") as admin:
        problem(await admin.get("/api/v1/overview"), 403, "forbidden")


async def test_neighbours_behind_one_address_do_not_lock_each_other_out(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        found = await registered(door, clerk)
    own = {"registration_no": found["case"]["registration_no"], "code": found["receipts"][0]["code"]}
    async with door.client(address="203.0.113.10") as village:
        answers = [await village.post("/api/v1/petitioner/status", json=own) for _ in range(25)]
        assert {answer.status_code for answer in answers} == {200}
        wrong = {**own, "code": "WRONG"}
        guesses = [await village.post("/api/v1/petitioner/status", json=wrong) for _ in range(21)]
    assert [answer.status_code for answer in guesses] == [404] * 20 + [429]
