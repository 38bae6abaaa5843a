"""Rows 1–5 of the reference case: the window, the approval, the way up, the assessment, the consents."""

from typing import Any

from tests.people import CLAIMS, registration
from tests.walk.walker import API, Walker


async def row_1_the_window_registers_twelve_people(walk: Walker) -> None:
    clerk = await walk.client("jiantang.clerk")
    form = await registration(walk.world, representatives=6)
    form["claims"] = [claim | {"known_on": "2026-02-10"} for claim in CLAIMS]
    made = await clerk.post(f"{API}/cases", json=form, headers={"Idempotency-Key": "walk-registration-1"})
    again = await clerk.post(f"{API}/cases", json=form, headers={"Idempotency-Key": "walk-registration-1"})
    assert (made.status_code, again.json()) == (201, made.json())
    view, receipts = made.json()["case"], made.json()["receipts"]
    walk.case, walk.number = view["id"], view["registration_no"]
    walk.codes = [receipt["code"] for receipt in receipts]
    assert len(receipts) == 12
    assert [r["ordinal"] for r in receipts if r["representation_refused"]] == [6]
    assert sum(r["representative"] for r in receipts) == 5
    papers = {paper["kind"] for paper in await walk.read("jiantang.clerk", "papers")}
    assert "interview" in papers


async def row_2_the_head_approves_and_offers_the_case_up(walk: Walker) -> None:
    assert (await walk.attempt("jiantang.clerk", "approve-registration", answer="approve")).status_code == 403
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    timers = await walk.read("jiantang.head", "timers")
    assert [t["source"] for t in timers if t["kind"] == "petition_disposition"] == ["信访工作条例第22条"]
    assert {t["kind"] for t in timers if t["remedy"]} == {"civil_limitation", "reconsideration", "administrative_suit"}
    assert (await walk.read("jiantang.head"))["details"]["petition_no"] == "香信访〔2026〕0301"
    receiver = await walk.world.office("xgll.director")
    await walk.do("jiantang.head", "offer-handover", to_office_id=receiver, reason="company")
    unit: dict[str, Any] = {"name": "某公司", "kind": "enterprise", "found_by": "接谈登记"}
    await walk.refused("jiantang.head", "record-unit", "case_frozen", role="visited", **unit)


async def row_3_the_workroom_sees_a_preview_then_takes_over(walk: Walker) -> None:
    preview = (await walk.get("xgll.director", f"/cases/{walk.case}/handover")).json()
    assert (preview["person_count"], preview["reason"], preview["place"]) == (12, "company", "建塘镇")
    assert "和春生" not in str(preview)
    assert "墙体" not in str(preview)
    for part in ("parties", "claims", "papers"):
        assert await walk.status("xgll.director", part) == 403, part
    for stranger in ("deqin.director", "weixi.director"):
        assert await walk.status(stranger) == 404
        assert await walk.status(stranger, "handover") == 404
    await walk.do("xgll.director", "accept-handover", no_conflict=True)
    assert (await walk.read("xgll.director"))["holder"]["name"].startswith("香格里拉市")
    township = await walk.read("jiantang.head")
    assert township["state"] == "assessing"
    for part in ("parties", "claims", "notes"):
        assert await walk.read("jiantang.head", part) == []
    for stranger in ("deqin.director", "weixi.director"):
        assert await walk.status(stranger) == 404


async def row_4_two_claims_are_suitable_and_the_third_is_split_off(walk: Walker) -> None:
    first, second, third = (claim["id"] for claim in await walk.read("xgll.director", "claims"))
    for claim, matter in ((first, "damage"), (second, "temporary_use")):
        await walk.refused("xgll.director", "assess-claim", "invalid_input", claim_id=claim, decision="suitable")
        await walk.do("xgll.director", "assess-claim", claim_id=claim, decision="suitable", land_matter=matter)
    standard = {"claim_id": third, "land_matter": "compensation_standard"}
    problem = await walk.refused("xgll.director", "assess-claim", "invalid_input", decision="suitable", **standard)
    assert [error["field"] for error in problem["errors"]] == ["decision"]
    await walk.do(
        "xgll.director",
        "assess-claim",
        **standard,
        decision="refused",
        ground="administrative",
        legal_basis="2025年意见第二条；行政复议法第11条",
        way="reconsideration",
        organ="迪庆藏族自治州人民政府",
        last_day="2026-04-20",
    )
    people = await walk.petitioners()
    await walk.do(
        "xgll.director",
        "split-claim",
        claim_id=third,
        party_ids=people[-1:],
        organ="迪庆藏族自治州人民政府",
        advice="可申请行政复议，也可以请求协调裁决补偿标准",
    )
    split = (await walk.read("xgll.director", "claims"))[2]["split_case_id"]
    sibling = (await walk.get("xgll.director", f"/cases/{split}")).json()
    assert sibling["state"] == "refused"
    assert sibling["registration_no"] != walk.number
    papers = (await walk.get("xgll.director", f"/cases/{split}/papers")).json()
    ids = {paper["kind"]: paper["id"] for paper in papers}
    assert ids.keys() == {"refusal", "remedy_notice", "warning"}
    notice = (await walk.get("xgll.director", f"/cases/{split}/papers/{ids['remedy_notice']}")).json()["content"]
    assert notice["channels"] == [{"name": "行政复议", "organ": "迪庆藏族自治州人民政府", "last_day": "2026-04-20"}]
    assert any("12348" in helper for helper in notice["free_helpers"])


async def row_5_eleven_go_on_one_declines_and_the_company_agrees(walk: Walker) -> None:
    people = await walk.petitioners()
    staying, declining = people[:-1], people[-1:]
    for kind in ("mediation", "disclosure"):
        await walk.do("xgll.director", "record-consent", party_ids=staying, kind=kind, given=True)
    await walk.refused("xgll.director", "accept-case", "consent_missing", arrangement="三十日内办结")
    await walk.do("xgll.director", "record-consent", party_ids=declining, kind="mediation", given=False)
    notices = [p for p in await walk.read("xgll.director", "papers") if p["kind"] == "remedy_notice"]
    assert len(notices) == 1
    company = await walk.company()
    await walk.do("xgll.director", "record-consent", party_ids=[company], kind="mediation", given=True)
    assert len(await walk.petitioners()) == 11


ROWS = (
    row_1_the_window_registers_twelve_people,
    row_2_the_head_approves_and_offers_the_case_up,
    row_3_the_workroom_sees_a_preview_then_takes_over,
    row_4_two_claims_are_suitable_and_the_third_is_split_off,
    row_5_eleven_go_on_one_declines_and_the_company_agrees,
)
