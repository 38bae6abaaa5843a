"""A joint notice goes down the tree with receipts; plans are derived from it clause by clause (64, 64a, 58)."""

from datetime import timedelta
from io import BytesIO
from re import findall
from typing import Any

import pytest
from httpx import AsyncClient, Response
from PIL import Image
from sqlalchemy import text

from oversight.clause_duties import duties
from oversight.document_text import differences, same_words, split
from server.recurring import mark_overdue
from tests.door import Door
from tests.oversight.papers_down import (
    COUNTY,
    COUNTY_PLAN,
    NOTICE,
    PLAN,
    PREFECTURE,
    PROVINCE_PLAN,
    REASON,
    asked,
    clause,
    done,
    issued,
    province_notice,
)

DAY = {"report_by": "2026-03-30"}


def test_a_plan_is_read_by_its_clauses_and_compared_whatever_its_marks_and_breaks() -> None:
    above, commentary = split(PROVINCE_PLAN)
    below, nothing = split(COUNTY_PLAN)
    assert commentary and "背景" in commentary and nothing is None
    assert [one.path for one in above] == [one.path for one in below]
    assert [one.path for one in above][:3] == ["六", "六(二)", "六(三)"]
    pairs = {one.path: (one.text, other.text) for one, other in zip(above, below, strict=True)}
    assert same_words(*pairs["六"]) and not same_words(*pairs["七(一)"])
    spans = list(differences(*pairs["七(一)"]))
    assert ("before", "18") in {(one.kind, one.text) for one in spans}
    for kind, whole in (("before", pairs["七(一)"][0]), ("after", pairs["七(一)"][1])):
        assert same_words("".join(one.text for one in spans if one.kind in ("same", kind)), whole)


@pytest.mark.obligation("64")
async def test_two_heads_of_two_organs_issue_a_notice_that_every_lower_tenant_signs_for(door: Door) -> None:
    draft = await done(door, "yunnan.lgo", "POST", "/documents", **NOTICE, text=PROVINCE_PLAN)
    assert (await asked(door, "yunnan.lgo", "POST", f"/documents/{draft['id']}/approval")).status_code == 403
    assert (await asked(door, "xgll.lgo", "GET", f"/documents/{draft['id']}")).status_code == 404
    half = await done(door, "yunnan.justice", "POST", f"/documents/{draft['id']}/approval")
    again = await asked(door, "yunnan.justice", "POST", f"/documents/{draft['id']}/approval")
    assert (half["status"], again.json()["code"]) == ("draft", "side_signed")
    key = clause(draft, "七(一)")["key"]
    unreasoned = await asked(door, "yunnan.lgo", "PUT", f"/documents/{draft['id']}/clauses/{key}", text="另文")
    assert ("reason", "required") in {(one["field"], one["rule"]) for one in unreasoned.json()["errors"]}
    mended = await done(
        door, "yunnan.lgo", "PUT", f"/documents/{draft['id']}/clauses/{key}", text="更正后的文字。", reason="排印有误"
    )
    assert clause(mended, "七(一)")["text"] == "更正后的文字。"
    assert "起步推进年" in clause(mended, "七(一)")["source"]
    assert mended["justice"] is None, "what was approved has changed"
    view = await issued(door, ("yunnan.justice", "yunnan.petition"), mended)
    assert view["status"] == "issued" and view["justice"] != view["petition"]
    async with door.world.owner() as session:
        below = await session.scalar(text("select count(*) from tenants where tier <> 'P' and valid_to is null"))
        told = await session.scalar(
            text("select payload->>'kind' from outbox where payload->>'cause' = :cause"),
            {"cause": f"policy_documents:{view['id']}:issued"},
        )
    assert len(view["receipts"]) == below and told == "document_issued"
    for login in ("diqing.lgo", "xgll.lgo", "jiantang.head"):
        seen = await done(door, login, "POST", f"/documents/{view['id']}/receipt")
        own = [one for one in seen["receipts"] if one["signed_at"]]
        assert own and own[-1]["signed_by"]
    assert (await asked(door, "xgll.lgo", "POST", f"/documents/{view['id']}/receipt")).json()["code"] == (
        "already_receipted"
    )
    beside = await done(door, "deqin.lgo", "GET", f"/documents/{view['id']}")
    assert {one["tenant"] for one in beside["receipts"]}.isdisjoint({"香格里拉市", "迪庆藏族自治州"})
    above = await done(door, "yunnan.supervisor", "GET", f"/documents/{view['id']}")
    assert sum(bool(one["signed_at"]) for one in above["receipts"]) == 3


@pytest.mark.obligation("64", "64a")
async def test_a_county_derives_its_plan_and_a_sibling_never_sees_it(door: Door) -> None:
    notice = await province_notice(door)
    silent = await asked(door, "xgll.lgo", "POST", f"/documents/{notice['id']}/plan", **PLAN, text=COUNTY_PLAN)
    assert silent.json()["errors"][0]["field"] == "reason"
    plan = await done(
        door, "xgll.lgo", "POST", f"/documents/{notice['id']}/plan", **PLAN, text=COUNTY_PLAN, reason=REASON
    )
    stances = {one["path"]: one["stance"] for one in plan["clauses"]}
    assert stances["六"] == "inherit" and stances["六(二)"] == stances["七(二)"] == "override"
    shown = clause(plan, "六(二)")
    assert shown["above"].startswith("(二)硬件保障") and shown["reason"] == REASON
    assert {one["kind"] for one in shown["spans"]} == {"same", "before", "after"}
    this = f"/documents/{plan['id']}"
    key = clause(plan, "六(三)")["key"]
    as_above = {"stance": "override", "reason": "同", "text": clause(plan, "六(三)")["above"]}
    same = await asked(door, "xgll.lgo", "PUT", f"{this}/clauses/{key}", **as_above)
    assert same.json()["errors"][0]["rule"] == "no_difference"
    typed = {"stance": "inherit", "text": "另一种写法"}
    other = await asked(door, "xgll.lgo", "PUT", f"{this}/clauses/{key}", **typed)
    assert [(one["field"], one["rule"]) for one in other.json()["errors"]] == [("text", "differs")]
    for kept in ("", as_above["text"]):
        inherited = await done(door, "xgll.lgo", "PUT", f"{this}/clauses/{key}", stance="inherit", text=kept)
        assert clause(inherited, "六(三)")["text"] == as_above["text"]
    dropped = await done(door, "xgll.lgo", "PUT", f"{this}/clauses/{key}", stance="drop", reason="本县无此人员")
    assert clause(dropped, "六(三)")["stance"] == "drop" and clause(dropped, "六(三)")["above"]
    await done(door, "xgll.lgo", "POST", f"{this}/clauses", path="六(五)", text="在综治中心设窗口。", reason="本县做法")
    done_view = await issued(door, COUNTY, plan)
    assert clause(done_view, "六(五)")["stance"] == "add"
    assert {one["tenant"] for one in done_view["receipts"]} >= {"建塘镇"}
    for login, status in (("deqin.lgo", 404), ("diqing.lgo", 200), ("yunnan.supervisor", 200), ("jiantang.head", 200)):
        assert (await asked(door, login, "GET", this)).status_code == status, login
    listed = (await done(door, "deqin.lgo", "GET", "/documents"))["documents"]
    assert plan["id"] not in {one["id"] for one in listed}
    refused = await asked(door, "deqin.lgo", "POST", f"{this}/plan", **PLAN)
    assert refused.status_code == 404
    assert (await asked(door, "xgll.handler", "GET", this)).status_code == 403


@pytest.mark.obligation("64")
async def test_tier_by_tier_a_new_edition_above_shows_the_child_what_changed(door: Door) -> None:
    notice = await province_notice(door)
    prefecture = await done(door, "diqing.lgo", "POST", f"/documents/{notice['id']}/plan", **PLAN)
    assert {one["stance"] for one in prefecture["clauses"]} == {"inherit"}
    prefecture = await issued(door, PREFECTURE, prefecture)
    county = await done(
        door, "xgll.lgo", "POST", f"/documents/{prefecture['id']}/plan", **PLAN, text=COUNTY_PLAN, reason=REASON
    )
    county = await issued(door, COUNTY, county)
    township = await done(door, "jiantang.head", "POST", f"/documents/{county['id']}/plan", **PLAN)
    assert (await issued(door, ("jiantang.head",), township))["status"] == "issued"
    head = {key: PLAN[key] for key in ("title", "number", "dated")}
    early = await asked(door, "xgll.lgo", "POST", f"/documents/{county['id']}/follow", **head)
    assert early.json()["code"] == "nothing_changed"
    next_one = await done(door, "diqing.lgo", "POST", f"/documents/{prefecture['id']}/editions", **head)
    for path, form in (
        ("六", {"stance": "override", "text": "六、工作保障（修订）", "reason": "修订"}),
        ("六(二)", {"stance": "override", "text": "(二)硬件保障。州信访部门提供场所。", "reason": "修订"}),
        ("九(三)", {"stance": "drop", "reason": "不再适用"}),
    ):
        key = clause(next_one, path)["key"]
        await done(door, "diqing.lgo", "PUT", f"/documents/{next_one['id']}/clauses/{key}", **form)
    added = {"path": "九(四)", "text": "(四)严明纪律。", "reason": "补充"}
    await done(door, "diqing.lgo", "POST", f"/documents/{next_one['id']}/clauses", **added)
    next_one = await issued(door, PREFECTURE, next_one)
    assert (next_one["edition"], next_one["status"]) == (2, "issued")
    async with door.world.owner() as session:
        waits = "select count(*) from deadlines d join document_receipts r on r.id = d.row_id where r.document_id = :id"
        assert await session.scalar(text(waits), {"id": prefecture["id"]}) == 0, (
            "nobody can sign for the former edition"
        )
    seen = await done(door, "xgll.lgo", "GET", f"/documents/{county['id']}")
    assert seen["newer_parent"] == next_one["id"]
    assert {(one["kind"], one["path"]) for one in seen["changes"]} == {
        ("changed", "六"), ("changed", "六(二)"), ("dropped", "九(三)"), ("added", "九(四)"),
    }  # fmt: skip
    async with door.world.owner() as session:
        told = await session.scalar(
            text("select payload->>'kind' from outbox where payload->>'cause' = :cause"),
            {"cause": f"policy_documents:{next_one['id']}:changed"},
        )
    assert told == "plan_above_changed"
    taken = await done(door, "xgll.lgo", "POST", f"/documents/{county['id']}/follow", **head)
    assert clause(taken, "六")["text"] == "六、工作保障（修订）", "what was inherited follows"
    assert clause(taken, "六(二)")["stance"] == "override" and "县信访局" in clause(taken, "六(二)")["text"]
    assert clause(taken, "九(三)")["stance"] == "add" and clause(taken, "九(四)")["stance"] == "inherit"


@pytest.mark.obligation("58", "64")
async def test_reports_clause_by_clause_show_at_the_parent_and_overdue_ones_are_told_once(door: Door) -> None:
    draft = await done(
        door, "diqing.lgo", "POST", "/documents",
        **{**NOTICE, "text": COUNTY_PLAN, "report_tiers": ["C"], "receipt_by": "2026-03-10"},
    )  # fmt: skip
    key = clause(draft, "九(三)")["key"]
    this = f"/documents/{draft['id']}"
    text_now = clause(draft, "九(三)")["text"]
    await done(door, "diqing.lgo", "PUT", f"{this}/clauses/{key}", text=text_now, report_by="2026-03-20")
    view = await issued(door, PREFECTURE, draft)
    of_this = [
        one
        for one in (await done(door, "diqing.lgo", "GET", "/clause-reports"))["duties"]
        if one["document_id"] == view["id"]
    ]
    assert {one["path"] for one in of_this} == {"九(三)"} and len(of_this) == 3
    assert [one["tenant_id"] for one in of_this] == sorted(one["tenant_id"] for one in of_this), "tree order, no rank"
    own = [
        one
        for one in (await done(door, "xgll.lgo", "GET", "/clause-reports"))["duties"]
        if one["document_id"] == view["id"]
    ]
    assert [one["tenant"] for one in own] == ["香格里拉市"]
    said = {"progress": "under_way", "text": "已选派两人参与包案。"}
    await done(door, "xgll.lgo", "POST", "/clause-reports", duty_id=own[0]["id"], **said)
    foreign = await asked(door, "deqin.lgo", "POST", "/clause-reports", duty_id=own[0]["id"], **said)
    assert foreign.json()["errors"][0]["field"] == "duty_id"
    await mark_overdue(door.world.store)
    door.world.clock.advance(seconds=timedelta(days=6).total_seconds())
    await mark_overdue(door.world.store)
    assert {cause.rpartition(":")[2] for cause in await _told(door, view)} == {"soon"}, "warned, before it is late"
    door.world.clock.advance(seconds=timedelta(days=24).total_seconds())
    async with door.world.as_("diqing.lgo") as (session, subject):
        after = (await duties(session, subject)).duties
    late = {one.tenant: one.late for one in after if str(one.document_id) == view["id"]}
    assert late == {"香格里拉市": False, "德钦县": True, "维西傈僳族自治县": True}
    for _ in range(2):
        await mark_overdue(door.world.store)
    causes = [cause for cause in await _told(door, view) if cause.endswith(":overdue")]
    assert len(causes) == len(set(causes)) == 2 + len(view["receipts"])


async def _told(door: Door, view: Any) -> list[str]:
    """Causes of what was told of the reports and receipts of this edition."""
    async with door.world.owner() as session:
        found = await session.scalars(
            text(
                "select payload->>'cause' from outbox o join (select id, document_id from report_duties"
                " union all select id, document_id from document_receipts) d"
                " on split_part(payload->>'cause', ':', 2) = d.id::text where d.document_id = :id"
            ),
            {"id": view["id"]},
        )
        return list(found)


async def _post(browser: AsyncClient, page: str, address: str, **form: Any) -> Response:
    """As the page's own form: with its token, led nowhere."""
    shown = (await browser.get(page)).text
    token = shown.split('name="_csrf_token" value="')[1].split('"')[0]
    return await browser.post(address, data={"_csrf_token": token, **form})


async def test_the_pages_carry_a_notice_from_its_draft_to_the_county_s_plan_and_show_nothing_beside(door: Door) -> None:
    async with await door.browser("diqing.lgo") as browser:
        typed = {key: value for key, value in NOTICE.items() if key != "dated"}
        refused = await _post(browser, "/documents", "/documents", **typed, text=COUNTY_PLAN)
        assert refused.status_code == 422 and "硬件保障" in refused.text
        made = await _post(browser, "/documents", "/documents", **NOTICE, text=COUNTY_PLAN)
        this = made.headers["location"]
        token = (await browser.get(this)).text.split('name="_csrf_token" value="')[1].split('"')[0]
        picture = BytesIO()
        Image.new("RGB", (8, 8)).save(picture, "PNG")
        files = {"file": ("附件.png", picture.getvalue(), "image/png")}
        kept = await browser.post(f"{this}/attachments", data={"_csrf_token": token}, files=files)
        bad = await browser.post(f"{this}/attachments", data={"_csrf_token": token}, files={"file": ("a.png", b"x")})
        assert (kept.status_code, bad.status_code) == (303, 422)
        shown = (await browser.get(this)).text
        attachment = shown.split(f"{this}/attachments/")[1].split('"')[0]
        first = shown.split(f"{this}/clauses/")[1].split('"')[0]
        assert "六(二)" in (await browser.get(this)).text
        clause_page = await browser.get(f"{this}/clauses/{first}")
        assert "更正条款" in clause_page.text
        mended = await _post(browser, this, f"{this}/clauses/{first}", text="六、工作保障。", reason="更正", **DAY)
        added = await _post(browser, this, f"{this}/clauses", path="九(九)", text="另加一条。", reason="补充")
        assert (mended.status_code, added.status_code) == (303, 303), mended.text
        assert (await browser.get(f"{this}/attachments/{attachment}")).status_code == 200
        await browser.post(f"{this}/attachments", data={"_csrf_token": token}, files=files)
        both = (await browser.get(this)).text
        wrong = next(one for one in findall(f'{this}/attachments/([^/"]+)', both) if one != attachment)
        assert "附件.png" in both
        assert (await _post(browser, this, f"{this}/attachments/{wrong}/removal")).status_code == 303
        assert (await browser.get(f"{this}/attachments/{wrong}")).status_code == 404
        gone = await _post(browser, "/documents", "/documents", **NOTICE, text=COUNTY_PLAN)
        dropped = gone.headers["location"]
        assert (await _post(browser, dropped, f"{dropped}/withdrawal")).status_code == 303
        assert (await _post(browser, "/documents", f"{dropped}/receipt")).status_code == 404
    for head in PREFECTURE:
        async with await door.browser(head) as browser:
            assert (await _post(browser, this, f"{this}/approval")).status_code == 303
    async with await door.browser("xgll.lgo") as browser:
        assert (await _post(browser, this, f"{this}/receipt")).status_code == 303
        assert (await _post(browser, this, f"{this}/receipt")).status_code in (404, 409)
        derived = await _post(browser, this, f"{this}/plan", **PLAN)
        plan = derived.headers["location"]
        assert "与本级相同" in (await browser.get(plan)).text
        own = (await browser.get("/plan")).text
        duty = own.split('name="duty_id"')[1].split('<option value="')[2].split('"')[0]
        reported = await _post(browser, "/plan", "/plan/reports", duty_id=duty, progress="done", text="已落实。")
        assert reported.status_code == 303, reported.text
        table = (await browser.get("/plan/reports.csv")).text
        assert "已落实。" in table and "德钦县" not in table
        for address in ("/plan/phases", "/goals"):
            assert (await _post(browser, "/plan", address)).status_code in (403, 422), address
    async with await door.browser("diqing.supervisor") as browser:
        assert (await _post(browser, "/quality", "/quality", title="空")).status_code == 422
    async with await door.browser("deqin.lgo") as browser:
        listed = (await browser.get("/documents")).text
        assert this in listed and plan not in listed
        for address in ("", f"/clauses/{first}", f"/attachments/{attachment}"):
            assert (await browser.get(f"{plan}{address}")).status_code == 404
        for address in ("approval", "withdrawal", "editions", "follow", "clauses", f"clauses/{first}"):
            form = {**PLAN, "path": "九(八)", "text": "无权", "reason": "无权"}
            assert (await _post(browser, "/documents", f"{this}/{address}", **form)).status_code in (403, 404), address
    async with await door.browser("xgll.handler") as browser:
        for address in ("/documents", "/plan", "/plan/reports.csv", this):
            assert (await browser.get(address)).status_code == 403
