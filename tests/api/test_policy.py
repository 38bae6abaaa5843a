"""The rules over the API: read by every member; drafted, judged and approved by two persons."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from httpx import AsyncClient
from openpyxl import load_workbook

from foundation.clock import local_date
from policies.matrix import standings
from policies.rules import FILE, load
from tests.door import Door

API = "/api/v1/policy"
ROW = {
    "no": "64", "roles": ["archivist"], "tiers": ["C"], "relations": ["holds"], "actions": ["case:note"], "fields": [],
    "condition": "", "basis": "试验", "zh": "档案员可写备注", "en": "An archivist writes notes",
}  # fmt: skip
FIRST, SECOND, PREFECTURE = "yunnan.security", "yunnan.security2", "diqing.security"


async def opened(client: AsyncClient, **change: Any) -> dict[str, Any]:
    """A draft with the change made in it."""
    made = await client.post(f"{API}/drafts", json={"title": "档案员需要写备注"})
    assert made.status_code == 201, made.text
    assert made.headers["etag"] == '"1"'
    address = f"{API}/drafts/{made.json()['view']['draft']['id']}"
    changed = await client.patch(address, json=change or {"put": [ROW]}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    return {"address": address, "tag": changed.headers["etag"], **changed.json()}


async def drop(client: AsyncClient, draft: dict[str, Any]) -> None:
    gone = await client.delete(draft["address"], headers={"If-Match": draft["tag"]})
    assert gone.status_code == 204, gone.text


async def test_every_member_reads_rules_matrix_and_editions(door: Door) -> None:
    for login in ("xgll.director", "jiantang.contact", "yunnan.audit", FIRST):
        async with await door.program(login) as member:
            rules = (await member.get(f"{API}/rules")).json()
            matrix = (await member.get(f"{API}/matrix", params={"role": "intake"})).json()
            assert (await member.get(f"{API}/editions")).status_code == 200
        assert len(rules["rules"]) == len(load().rules)
        expected = [one for one in standings(load()) if one.role == "intake"]
        assert {(one["tier"], one["relation"]): one["actions"] for one in matrix["standings"]} == {
            (one.tier, one.relation): one.actions for one in expected
        }
        assert matrix["names"]["role"]["intake"] == "接访员"
    async with door.client() as stranger:
        for path in ("rules", "matrix", "matrix.xlsx", "editions", "drafts"):
            assert (await stranger.get(f"{API}/{path}")).status_code == 401


async def test_the_matrix_is_a_spreadsheet_and_lines_in_the_readers_language(door: Door) -> None:
    async with await door.program("xgll.director", language="en") as member:
        sheet = await member.get(f"{API}/matrix.xlsx")
        lines = await member.get(f"{API}/matrix.csv")
    assert re.fullmatch(r'attachment; filename="rights-\d+-en.xlsx"', sheet.headers["content-disposition"])
    assert "Province" in load_workbook(BytesIO(sheet.content)).sheetnames
    assert "The director accepts, reviews, assigns, guides and closes" in lines.text


async def test_drafts_are_for_those_who_keep_the_rules(door: Door) -> None:
    async with await door.program(FIRST) as first:
        draft = await opened(first)
        for login, status in ((SECOND, 200), (PREFECTURE, 200), ("yunnan.audit", 200), ("xgll.director", 403)):
            async with await door.program(login) as other:
                for address in (f"{API}/drafts", draft["address"], draft["address"] + "/what-if"):
                    assert (await other.get(address)).status_code == status, (login, address)
                absent = await other.get(f"{API}/drafts/{uuid4()}")
                assert absent.status_code == (404 if status == 200 else 403)
        async with await door.program("yunnan.audit") as audit:
            refused = await audit.patch(draft["address"], json={"put": [ROW]}, headers={"If-Match": draft["tag"]})
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        await drop(first, draft)


async def test_a_change_names_the_version_it_saw(door: Door) -> None:
    async with await door.program(FIRST) as first:
        draft = await opened(first)
        for headers, status in (({}, 428), ({"If-Match": '"1"'}, 412), ({"If-Match": "nonsense"}, 412)):
            for answer in (
                await first.patch(draft["address"], json={"put": [ROW]}, headers=headers),
                await first.delete(draft["address"], headers=headers),
                await first.post(draft["address"] + "/rebase", headers=headers),
            ):
                assert answer.status_code == status, answer.text
        await drop(first, draft)
        closed = await first.patch(draft["address"], json={"put": [ROW]}, headers={"If-Match": '"3"'})
        assert (closed.status_code, closed.json()["code"]) == (409, "draft_closed")


async def test_every_wrong_word_is_named_at_its_row_and_column(door: Door) -> None:
    wrong = {**ROW, "no": "65", "roles": ["archivst"], "relations": ["complained_of"]}
    async with await door.program(FIRST, language="en") as first:
        draft = await opened(first)
        answer = await first.patch(draft["address"], json={"put": [ROW, wrong]}, headers={"If-Match": draft["tag"]})
        found = {error["field"]: (error["rule"], error["message"]) for error in answer.json()["errors"]}
        assert answer.status_code == 422
        assert found == {
            "put.1.roles": ("unknown_word", "nobody knows archivst in roles"),
            "put.1.relations": ("unknown_word", "nobody knows complained_of in relations"),
        }
        gone = await first.patch(draft["address"], json={"remove": ["999"]}, headers={"If-Match": draft["tag"]})
        assert [(one["field"], one["rule"]) for one in gone.json()["errors"]] == [("remove.0", "unknown_rule")]
        content = FILE.read_text(encoding="utf-8").replace("window_clerk", "window_cleark", 1)
        file = await first.patch(draft["address"], json={"content": content}, headers={"If-Match": draft["tag"]})
        assert [error["field"] for error in file.json()["errors"]] == ["content.3.roles"]
        assert (await first.get(draft["address"])).headers["etag"] == draft["tag"], "nothing was kept"
        await drop(first, draft)


async def test_the_draft_says_what_is_wrong_as_a_whole_and_can_not_be_approved(door: Door) -> None:
    async with await door.program(FIRST) as first, await door.program(SECOND) as second:
        draft = await opened(first, remove=["62b"])
        (fault,) = draft["view"]["faults"]
        assert fault["code"] == "security_stays" and "省级安全管理员必须保有" in fault["message"]
        refused = await second.post(
            draft["address"] + "/approve", json={"reason": "同意这样修改"}, headers={"If-Match": draft["tag"]}
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "rules_refused")
        assert refused.json()["errors"][0]["rule"] == "security_stays"
        await drop(first, draft)


async def test_what_if_tells_cells_people_and_cases(door: Door) -> None:
    async with await door.program(FIRST) as first:
        draft = await opened(first)
        found = (await first.get(draft["address"] + "/what-if")).json()
        (role,) = found["roles"]
        (effect,) = role["opened"]
        assert (found["opened"], found["closed"], role["role"]) == (1, 0, "archivist")
        assert effect["line"]["zh"] == ROW["zh"] and effect["people"]["number"] >= 1 and effect["cases"]["estimate"]
        sheet = await first.get(draft["address"] + "/matrix.xlsx")
        assert sheet.status_code == 200 and len(load_workbook(BytesIO(sheet.content)).sheetnames) == 6
        await drop(first, draft)


async def test_two_administrators_who_both_wrote_a_draft_do_not_approve_it(door: Door) -> None:
    async with await door.program(FIRST) as first, await door.program(SECOND) as second:
        draft = await opened(first)
        edited = await second.patch(draft["address"], json={"title": "另一个题目"}, headers={"If-Match": draft["tag"]})
        for client in (first, second):
            refused = await client.post(
                draft["address"] + "/approve",
                json={"reason": "同意这样修改"},
                headers={"If-Match": edited.headers["etag"]},
            )
            assert (refused.status_code, refused.json()["code"]) == (403, "own_draft")
        await drop(first, {**draft, "tag": edited.headers["etag"]})


async def test_an_approved_sentence_is_the_next_edition_and_is_rolled_back_by_a_new_draft(door: Door) -> None:
    """Only a sentence, for the other tests meet this edition."""
    rules = {row["no"]: row for row in await _rules(door)}
    async with await door.program(PREFECTURE) as drafter, await door.program(FIRST) as approver:
        draft = await opened(drafter, put=[{**rules["1"], "en": "A contact person sees the progress alone"}])
        missing = await approver.post(draft["address"] + "/approve", json={}, headers={"If-Match": draft["tag"]})
        assert [error["field"] for error in missing.json()["errors"]] == ["reason"]
        approved = await approver.post(
            draft["address"] + "/approve", json={"reason": "用语更准确"}, headers={"If-Match": draft["tag"]}
        )
        assert approved.status_code == 201, approved.text
        number = approved.json()["number"]
        (newest, *_) = (await approver.get(f"{API}/editions")).json()
        assert (newest["number"], newest["reason"]) == (number, "用语更准确")
        assert newest["made_by"] and newest["approved_by"] and newest["made_by"] != newest["approved_by"]
        diff = (await approver.get(f"{API}/editions/{number}/diff")).json()
        assert [(row["no"], row["columns"]) for row in diff["rows"]] == [("1", ["en"])]
        assert diff["cells"]["counts"] == [0, 0, 0]
        assert (await approver.get(f"{API}/editions/99999/diff")).status_code == 404
        back = await approver.post(f"{API}/editions/{number - 1}/roll-back", json={"title": "恢复原来的说法"})
        assert back.status_code == 201, back.text
        assert [row["columns"] for row in back.json()["view"]["changes"]] == [["en"]]
        await drop(approver, {"address": f"{API}/drafts/{back.json()['view']['draft']['id']}", "tag": '"1"'})


async def test_a_programs_token_reads_the_rules_and_changes_none(door: Door) -> None:
    async with await door.program(FIRST) as first:
        last = local_date(door.world.clock.now()) + timedelta(days=9)
        wish = {"name": "规则程序", "scopes": ["read", "act"], "ends_on": last.isoformat()}
        token = (await first.post("/api/v1/tokens", json=wish)).json()["token"]
    async with door.bearing(token) as program:
        assert (await program.get(f"{API}/rules")).status_code == 200
        refused = await program.post(f"{API}/drafts", json={"title": "由程序起草"})
        assert refused.status_code == 403, refused.text


async def _rules(door: Door) -> list[dict[str, Any]]:
    async with await door.program(FIRST) as first:
        found: list[dict[str, Any]] = (await first.get(f"{API}/rules")).json()["rules"]
    return found


async def test_nobody_else_gets_anything_of_a_draft(door: Door) -> None:
    """A stranger 401, a member 403, a keeper of the rules 404 for what is not there; the canary in no answer."""
    canary = "未公布的修改意图"
    async with await door.program(FIRST) as first:
        draft = await opened(first, title=canary, put=[{**ROW, "zh": canary}])
        asked = (
            ("GET", draft["address"], None), ("GET", draft["address"] + "/what-if", None),
            ("GET", draft["address"] + "/matrix.xlsx", None), ("GET", f"{API}/drafts", None),
            ("POST", f"{API}/drafts", {"title": "试一试"}), ("PATCH", draft["address"], {"put": [ROW]}),
            ("DELETE", draft["address"], None), ("POST", draft["address"] + "/rebase", None),
            ("POST", draft["address"] + "/approve", {"reason": "同意这样修改"}),
            ("POST", f"{API}/editions/0/roll-back", {"title": "恢复原样"}),
        )  # fmt: skip
        for method, address, sent in asked:
            options: dict[str, Any] = {"headers": {"If-Match": draft["tag"]}, "json": sent}
            async with door.client() as stranger:
                assert (await stranger.request(method, address, **options)).status_code == 401, (method, address)
            for login in ("xgll.director", "yunnan.admin", "yunnan.supervisor"):
                async with await door.program(login) as member:
                    answer = await member.request(method, address, **options)
                assert (answer.status_code, canary in answer.text) == (403, False), (login, method, address)
            absent = address.replace(draft["address"], f"{API}/drafts/{uuid4()}")
            if absent != address:
                assert (await first.request(method, absent, **options)).status_code == 404, (method, absent)
        for path in ("rules", "matrix", "matrix.csv", "editions"):
            async with await door.program("xgll.director") as member:
                assert canary not in (await member.get(f"{API}/{path}")).text, path
        await drop(first, draft)


async def test_nothing_given_is_a_named_error_and_no_new_version(door: Door) -> None:
    """An empty content is not "no rules", and a file of titles alone is none either."""
    titles = FILE.read_text(encoding="utf-8").splitlines()[0] + "\n"
    async with await door.program(FIRST) as first:
        draft = await opened(first)
        for change, field, rule in (
            ({"content": ""}, "content", "required"),
            ({}, "content", "required"),
            ({"content": titles}, "content", "no_rules"),
        ):
            answer = await first.patch(draft["address"], json=change, headers={"If-Match": draft["tag"]})
            assert answer.status_code == 422, answer.text
            assert [(one["field"], one["rule"]) for one in answer.json()["errors"]] == [(field, rule)]
        kept = await first.get(draft["address"])
        assert (kept.headers["etag"], kept.json()["rules"]) == (draft["tag"], draft["rules"])
        await drop(first, draft)
