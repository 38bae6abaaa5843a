"""Rows 6–12 of the reference case: acceptance, deed, team, evidence, the panel, the opinion, the agreement."""

from datetime import timedelta
from typing import Any

from foundation.clock import local_date
from tests.teams.build import OPINION, TEAM
from tests.walk.conclusion import an_order_opens_the_facts_for_its_term
from tests.walk.walker import Walker

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8d"
    "b00000000049454e44ae426082"
)


async def row_6_the_case_is_accepted_and_its_class_is_frozen(walk: Walker) -> None:
    proofs = {"complicated": "评析表：两类诉求、十二户", "hard_evidence": "接谈登记表：裂缝成因须鉴定"}
    facts = [{"fact": fact, "proof": proof} for fact, proof in proofs.items()]
    await walk.do("xgll.director", "accept-case", facts=facts, arrangement="组成专调小组，三十日内办结")
    view = await walk.read("xgll.director")
    assert (view["state"], view["case_class"]) == ("accepted", "complex")
    assert view["details"]["persons_at_acceptance"] == 12
    assert "疑难复杂" in view["details"]["class_clause"]


async def row_7_the_deed_is_signed_by_company_and_committee(walk: Walker) -> None:
    await walk.refused("xgll.director", "sign-entrustment", "deed_missing", capacity="unit", signed_name="公司代表")
    await _contacts_are_masked_until_revealed_with_a_reason(walk)
    await walk.do("xgll.director", "propose-entrustment", unit_clear=True, scope="墙体开裂与临时用地补偿")
    late = await walk.attempt("xgll.signatory", "sign-entrustment", capacity="petition_office", signed_name="信访局")
    assert late.json()["code"] == "unit_still_has_time"
    await walk.do("xgll.director", "sign-entrustment", capacity="unit", signed_name="公司代表", sealed=True)
    await walk.do("xgll.director", "sign-entrustment", capacity="committee", signed_name="调委会", sealed=True)
    deeds = [paper["number"] for paper in await walk.read("xgll.director", "papers") if paper["kind"] == "deed"]
    assert len(deeds) == 1
    assert deeds[0]


async def _contacts_are_masked_until_revealed_with_a_reason(walk: Walker) -> None:
    masked = (await walk.read("xgll.director", "parties"))[0]
    assert (masked["name"], masked["clear"]) == ("和**", False)
    await walk.do("xgll.director", "reveal-party", party_id=masked["id"], purpose="contact")
    clear = (await walk.read("xgll.director", "parties"))[0]
    assert (clear["name"], clear["telephone"]) == ("和春生", "13808870001")


async def row_8_a_team_is_formed_accepted_and_a_conflict_replaced(walk: Walker) -> None:
    chosen = {**TEAM, "xgll.grassroots": "grassroots_legal_worker"}
    rows = [{"person_id": await walk.person(n), "role": r, "no_conflict": True} for n, r in chosen.items()]
    await walk.do("xgll.director", "form-team", members=rows)
    assert (await walk.read("xgll.director"))["details"]["case_no"].startswith("云533401信调〔2026〕")
    members = await walk.options("xgll.director", "replace-member", "team_members")
    conflicted = next(value for label, value in members.items() if "基层法律" in label)
    await walk.do("xgll.director", "replace-member", member_id=conflicted, reason="conflict")
    assert await walk.status("xgll.grassroots") == 404
    parties = [*await walk.petitioners(), await walk.company()]
    await walk.refused("xgll.director", "confirm-team", "members_not_accepted")
    waiting = await walk.options("xgll.director", "accept-member", "members_to_accept")
    for member in waiting.values():
        await walk.do(
            "xgll.director", "accept-member", member_id=member, party_ids=parties, accepted=True, form="written"
        )
    await walk.do("xgll.director", "confirm-team")
    await walk.do("xgll.handler", "write-plan", dispute="开裂原因与租金数额", measures="走访、鉴定、分户协商")


async def row_9_evidence_comes_in_and_an_appraisal_stops_only_the_mediation_clock(walk: Walker) -> None:
    for kind, name in (("photograph", "墙体裂缝"), ("lease", "临时用地协议")):
        file = await walk.upload("xgll.handler", f"{name}.png", PNG)
        assert len(file["sha256"]) == 64
        await walk.do("xgll.handler", "add-evidence", kind=kind, title=name, obtained_on="2026-03-02", file=file["id"])
    people, company = await walk.petitioners(), await walk.company()
    await walk.do(
        "xgll.handler",
        "record-investigation",
        mode="visit",
        held_at="2026-03-02T09:00:00+08:00",
        place="建塘镇施工现场",
        findings="十一户墙体开裂，爆破点距房屋约六十米",
    )
    before = {t["kind"]: t["due_at"] for t in await walk.read("xgll.handler", "timers")}
    await walk.do(
        "xgll.handler",
        "commission-appraisal",
        party_id=people[0],
        advanced_by=company,
        body="迪庆司法鉴定中心",
        matter="裂缝与爆破的因果关系",
    )
    timers = await walk.read("xgll.handler", "timers")
    assert [t["kind"] for t in timers if t["paused"]] == ["mediation"]
    assert (await walk.read("xgll.director"))["due_at"] is None
    await walk.days_pass(5)
    running = await walk.options("xgll.handler", "receive-appraisal", "running_appraisals")
    await walk.do(
        "xgll.handler",
        "receive-appraisal",
        appraisal_id=next(iter(running.values())),
        report_no="迪司鉴〔2026〕12号",
        opinion="裂缝与爆破振动存在因果关系",
        fee_fen=800_000,
    )
    after = {t["kind"]: t["due_at"] for t in await walk.read("xgll.handler", "timers")}
    assert after.pop("mediation") > before.pop("mediation")
    assert after == before
    assert {"civil_limitation", "reconsideration"} <= after.keys()


async def row_10_the_prefecture_returns_the_case_and_lends_an_expert(walk: Walker) -> None:
    prefecture = await walk.world.office("diqing.director")
    await walk.do("xgll.director", "offer-handover", to_office_id=prefecture, reason="major")
    holder = (await walk.read("xgll.director"))["holder"]["id"]
    await walk.do("diqing.director", "return-handover", reason="local", proof="州工作室会商纪要〔2026〕3号")
    walk.world.clock.advance(seconds=1)
    assert (await walk.read("xgll.director"))["holder"]["id"] == holder
    told = [paper for paper in await walk.read("xgll.director", "papers") if paper["kind"] == "transfer_notice"]
    assert len(told) >= 2
    again = await walk.attempt("xgll.director", "offer-handover", to_office_id=prefecture, reason="major")
    assert again.json()["code"] == "returned_before"
    day = local_date(walk.world.clock.now()) + timedelta(days=20)
    await walk.do(
        "xgll.director",
        "lend-assistance",
        person_id=await walk.person("diqing.expert_a"),
        role="panel_expert",
        purpose="参加会商，对裂缝成因提出意见",
        until=str(day),
    )
    assert len(await walk.read("diqing.expert_a", "claims")) == 3
    assert await walk.read("diqing.expert_a", "parties") == []


async def row_11_a_major_case_confers_before_an_opinion_is_issued(walk: Walker) -> None:
    problem = await walk.refused("xgll.handler", "issue-opinion", "conference_missing", **OPINION)
    assert problem["status"] == 409
    await _experts_advise_once_every_party_accepts_them(walk)
    members = await walk.options("xgll.handler", "confer", "team_seated")
    views = [{"member_id": member, "view": "同意按鉴定意见协商"} for member in members.values()]
    await walk.do("xgll.handler", "confer", held_at="2026-03-07T09:00:00+08:00", views=views, conclusion="按户协商")
    await walk.do("xgll.handler", "issue-opinion", **OPINION)
    assert (await walk.read("xgll.director"))["state"] == "proposed"


async def _experts_advise_once_every_party_accepts_them(walk: Walker) -> None:
    opinion = {"question": "裂缝成因", "opinion": "爆破振动是主要原因", "basis": "鉴定意见书与现场照片"}
    await walk.refused("diqing.expert_a", "panel-opinion", "panel_missing", **opinion)
    expert = await walk.person("diqing.expert_a")
    call: dict[str, Any] = {"question": "裂缝成因", "material": "鉴定意见、现场照片（去标识）", "experts": [expert]}
    problem = await walk.refused("xgll.handler", "convene-panel", "invalid_input", **call)
    assert [(error["field"], error["rule"]) for error in problem["errors"]] == [("experts.0", "not_accepted")]
    parties = [*await walk.petitioners(), await walk.company()]
    await walk.do("xgll.handler", "accept-expert", person_id=expert, party_ids=parties, accepted=True)
    await walk.do("xgll.handler", "convene-panel", **call)
    await walk.do("diqing.expert_a", "panel-opinion", **opinion)
    minutes = {"held_at": "2026-03-07T08:30:00+08:00", "course": "逐项讨论", "conclusion": "爆破是主要原因"}
    await walk.do("xgll.handler", "record-panel", present=[expert], **minutes)


async def row_12_each_party_signs_for_itself_and_the_seal_makes_it_effective(walk: Walker) -> None:
    people, company = await walk.petitioners(), await walk.company()
    due = str(local_date(walk.world.clock.now()) + timedelta(days=30))
    terms = [
        {
            "party_id": person,
            "obligor_id": company,
            "kind": "money",
            "amount_fen": 1_000_000,
            "text": "修复费、租金和青苗补偿，转账支付",
            "due_on": due,
        }
        for person in people
    ]
    form: dict[str, Any] = {
        "manner": "written",
        "facts": "施工爆破致墙体开裂；临时用地租金和青苗补偿未付",
        "matters": "修复、租金和青苗补偿",
        "terms": terms,
        "responsible_id": company,
        "responsibility": "公司承担全部责任",
        "undertakes_cost": True,
        "accepts_enforcement": True,
    }
    promise: dict[str, Any] = {**form, "matters": "修复和补偿；乙方承诺不再上访"}
    problem = await walk.refused("xgll.handler", "draft-agreement", "invalid_input", **promise)
    assert [error["field"] for error in problem["errors"]] == ["matters"]
    await walk.do("xgll.handler", "draft-agreement", **form)
    for party in [*people, company]:
        await walk.do(
            "xgll.handler",
            "confirm-free-will",
            party_id=party,
            asked_alone=True,
            read_out=True,
            may_take_home=True,
            free=True,
        )
        await walk.do("xgll.mediator", "sign-agreement", capacity="self", party_id=party)
    await walk.refused("xgll.chair", "seal-agreement", "signatures_missing", copies=14)
    await walk.do("xgll.mediator", "sign-agreement", capacity="mediator")
    assert (await walk.attempt("xgll.director", "seal-agreement", copies=14)).status_code == 403
    await walk.do("xgll.chair", "seal-agreement", copies=14)
    view = await walk.read("xgll.director")
    assert (view["state"], view["outcome"]) == ("guided", "agreed")
    kinds = {timer["kind"] for timer in await walk.read("xgll.director", "timers") if not timer["done"]}
    assert {"confirmation", "performance"} <= kinds


ROWS = (
    row_6_the_case_is_accepted_and_its_class_is_frozen,
    row_7_the_deed_is_signed_by_company_and_committee,
    row_8_a_team_is_formed_accepted_and_a_conflict_replaced,
    an_order_opens_the_facts_for_its_term,
    row_9_evidence_comes_in_and_an_appraisal_stops_only_the_mediation_clock,
    row_10_the_prefecture_returns_the_case_and_lends_an_expert,
    row_11_a_major_case_confers_before_an_opinion_is_issued,
    row_12_each_party_signs_for_itself_and_the_seal_makes_it_effective,
)
