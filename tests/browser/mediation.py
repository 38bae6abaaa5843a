"""Rows 6–12 in the browser: acceptance, deed, team, evidence, the panel, the opinion, the agreement."""

from playwright.async_api import expect

from tests.browser.reception import COMPANY, ELEVEN
from tests.browser.walker import Walker
from tests.funding.build import picture

TEAM = {
    "xgll.handler": "承办人",
    "xgll.mediator": "人民调解员",
    "xgll.lawyer": "律师",
    "xgll.notary_a": "公证员",
    "xgll.traffic": "受邀公职人员",
    "xgll.grassroots": "基层法律服务工作者",
}
OPINION = {
    "facts": "爆破点距房屋六十米，鉴定认定裂缝与爆破有因果关系",
    "legal_basis": "民法典第1165条、第1184条",
    "proposal": "公司按户修复并支付租金和青苗补偿",
}


async def row_06_the_case_is_accepted_and_its_class_is_frozen(walk: Walker) -> None:
    page = await walk.act("xgll.director", "accept-case", {"arrangement": "组成专调小组，三十日内办结"})
    facts = walk.section(page, "facts")
    for words in ("群体性", "10人以上", "受理时 12 人"):
        await expect(facts).to_contain_text(words)
    await walk.shot(page, "row-06-accepted")


async def row_07_the_deed_is_signed_by_company_and_committee(walk: Walker) -> None:
    await walk.lacking("xgll.director", "签署委托书", "委托书")
    await walk.act("xgll.director", "propose-entrustment", {"unit_clear": True, "scope": "墙体开裂与临时用地补偿"})
    signed = {"capacity": "信访部门", "signed_name": "信访局"}
    page = await walk.refused("xgll.signatory", "sign-entrustment", "单位", signed)
    await walk.shot(page, "row-07-the-unit-still-has-time")
    await walk.act(
        "xgll.director", "sign-entrustment", {"capacity": "被访单位", "signed_name": "公司代表", "sealed": True}
    )
    sealed = {"capacity": "人民调解委员会", "signed_name": "调委会", "sealed": True}
    page = await walk.act("xgll.director", "sign-entrustment", sealed)
    deed = walk.section(page, "papers").locator("li", has_text="信访案件办理委托书").first
    await expect(deed).to_contain_text("〔2026〕")
    await walk.shot(page, "row-07-entrusted")


async def row_08_a_team_is_formed_accepted_and_a_conflict_replaced(walk: Walker) -> None:
    members = [{"person_id": await walk.name(login), "role": role, "no_conflict": True} for login, role in TEAM.items()]
    page = await walk.act("xgll.director", "form-team", {"members": members})
    await expect(page.get_by_role("heading", level=1)).to_contain_text("云533401信调〔2026〕")
    await walk.shot(page, "row-08-team-formed")
    conflicted = {"member_id": await walk.name("xgll.grassroots"), "reason": "发现有利害关系"}
    await walk.act("xgll.director", "replace-member", conflicted)
    assert await walk.status("xgll.grassroots") == 404
    await walk.lacking("xgll.director", "确认专调小组", "接受")
    for login in ("xgll.mediator", "xgll.traffic"):
        answer = {"member_id": await walk.name(login), "party_ids": [*ELEVEN, COMPANY], "accepted": True}
        await walk.act("xgll.director", "accept-member", answer)
    page = await walk.act("xgll.director", "confirm-team")
    await expect(walk.section(page, "team").locator("li", has_text="已更换")).to_have_count(1)
    await walk.act("xgll.handler", "write-plan", {"dispute": "开裂原因与租金数额", "measures": "走访、鉴定、分户协商"})
    await walk.shot(await walk.page("xgll.handler"), "row-08-planned")


async def row_18_an_order_opens_the_facts_for_its_term(walk: Walker) -> None:
    """While the case is still open: sight, reply, strike-off, sight gone."""
    page = await walk.open("diqing.supervisor")
    await expect(walk.section(page, "claims")).to_have_count(0)
    order = {"ground": "重大疑难复杂", "requirements": "每周报告进展", "deadline": walk.day(20), "contact": "综合科"}
    page = await walk.act("diqing.supervisor", "issue-order", order)
    await expect(walk.section(page, "claims").locator("li")).to_have_count(3)
    await walk.shot(page, "row-18-order-opens-sight")
    reply = {"order_id": "重大疑难复杂", "reply": "小组已组成", "proof": "组成告知书"}
    await walk.act("xgll.director", "reply-order", reply)
    verdict = {"order_id": "重大疑难复杂", "verdict": "同意销号", "proof": "回复属实"}
    await walk.act("diqing.supervisor", "strike-off-order", verdict)
    walk.world.clock.advance(seconds=1)
    page = await walk.open("diqing.supervisor")
    await expect(walk.section(page, "claims")).to_have_count(0)
    await expect(walk.section(page, "orders")).to_be_visible()


async def row_09_evidence_comes_in_and_an_appraisal_stops_only_the_mediation_clock(walk: Walker) -> None:
    for kind, title in (("照片", "墙体裂缝"), ("租赁", "临时用地协议")):
        file = {"name": f"{title}.png", "mimeType": "image/png", "buffer": picture()}
        piece = {"kind": kind, "title": title, "obtained_on": walk.day(), "file": file}
        page = await walk.act("xgll.handler", "add-evidence", piece)
    pieces = walk.section(page, "evidence")
    await expect(pieces.locator("li")).to_have_count(2)
    assert all(len(text) >= 16 for text in await pieces.locator("code").all_inner_texts())
    visit = {"mode": "走访", "held_at": "2026-03-02T09:00", "place": "建塘镇施工现场", "findings": "十一户墙体开裂"}
    await walk.act("xgll.handler", "record-investigation", visit)
    asked = {
        "party_id": ELEVEN[0],
        "advanced_by": COMPANY,
        "body": "迪庆司法鉴定中心",
        "matter": "裂缝与爆破的因果关系",
    }
    page = await walk.act("xgll.handler", "commission-appraisal", asked)
    timers = walk.section(page, "timers").locator("li")
    await expect(timers.filter(has_text="已暂停")).to_have_count(1)
    await expect(timers.filter(has_text="已暂停")).to_contain_text("调解")
    await walk.shot(page, "row-09-the-clock-stands")
    await walk.days_pass(5)
    received = {"appraisal_id": "迪庆司法鉴定中心", "report_no": "迪司鉴〔2026〕12号", "fee_fen": "8,000"}
    opinion = {**received, "opinion": "裂缝与爆破振动存在因果关系"}
    page = await walk.act("xgll.handler", "receive-appraisal", opinion)
    await expect(walk.section(page, "timers").get_by_text("已暂停")).to_have_count(0)


async def row_10_the_prefecture_returns_the_case_and_lends_an_expert(walk: Walker) -> None:
    offer = {"to_office_id": "迪庆藏族自治州", "reason": "重大疑难复杂"}
    await walk.act("xgll.director", "offer-handover", offer)
    page = await walk.open("diqing.director", walk.case.replace("/cases/", "/handovers/"))
    await walk.follow(page.get_by_role("link", name="退回", exact=True))
    walk.world.clock.advance(seconds=1)
    await walk.fill(page, {"reason": "民事诉求，按属地", "proof": "州工作室会商纪要〔2026〕3号"})
    await walk.press(page, "提交")
    await expect(page.locator(".alert-success")).to_be_visible()
    walk.world.clock.advance(seconds=1)
    page = await walk.open("xgll.director")
    await expect(page.locator("main")).to_contain_text("香格里拉市人民调解工作室")
    await expect(walk.section(page, "papers").get_by_text("移交告知书")).not_to_have_count(0)
    await expect(walk.section(page, "offers")).to_contain_text("民事诉求，按属地由原单位办理")
    await walk.shot(page, "row-10-returned")
    page = await walk.begin("xgll.director", "offer-handover")
    await expect(page.locator('[name="to_office_id"] option')).not_to_have_count(0)
    await expect(page.locator('[name="to_office_id"] option', has_text=offer["to_office_id"])).to_have_count(0)
    lent = {"person_id": await walk.name("diqing.expert_a"), "role": "会诊专家", "until": walk.day(20)}
    await walk.act("xgll.director", "lend-assistance", {**lent, "purpose": "参加会商，对裂缝成因提出意见"})
    page = await walk.open("diqing.expert_a")
    await expect(walk.section(page, "claims").locator("li")).to_have_count(3)
    await expect(walk.section(page, "parties")).to_have_count(0)
    await walk.shot(page, "row-10-what-the-expert-sees")
    await walk.nothing_names_a_person(page)


async def row_11_a_major_case_confers_before_an_opinion_is_issued(walk: Walker) -> None:
    await walk.lacking("xgll.handler", "提出处理意见", "会商")
    expert = await walk.name("diqing.expert_a")
    await walk.act(
        "xgll.handler", "accept-expert", {"person_id": expert, "party_ids": [*ELEVEN, COMPANY], "accepted": True}
    )
    call = {"question": "裂缝成因", "material": "鉴定意见、现场照片（去标识）", "experts": [expert]}
    await walk.act("xgll.handler", "convene-panel", call)
    opinion = {"question": "裂缝成因", "opinion": "爆破振动是主要原因", "basis": "鉴定意见书与现场照片"}
    await walk.act("diqing.expert_a", "panel-opinion", opinion)
    minutes = {"held_at": "2026-03-07T08:30", "present": [expert], "course": "逐项讨论", "conclusion": "爆破是主要原因"}
    page = await walk.act("xgll.handler", "record-panel", minutes)
    await walk.shot(page, "row-11-panel")
    page = await walk.begin("xgll.handler", "confer")
    seated = await page.locator('[name="views.0.member_id"] option').all_inner_texts()
    views = [{"member_id": member, "view": "同意按鉴定意见协商"} for member in seated[1:]]
    await walk.fill(page, {"held_at": "2026-03-07T09:00", "views": views, "conclusion": "按户协商"})
    await walk.shot(page, "row-11-conference")
    walk.world.clock.advance(seconds=1)
    await walk.press(page, "提交")
    page = await walk.act("xgll.handler", "issue-opinion", OPINION)
    await expect(walk.section(page, "papers")).to_contain_text("调解建议")
    await walk.shot(page, "row-11-proposed")


async def row_12_each_party_signs_for_itself_and_the_seal_makes_it_effective(walk: Walker) -> None:
    term = {"obligor_id": COMPANY, "kind": "支付款项", "amount_fen": "10000", "due_on": walk.day(30)}
    terms = [{**term, "party_id": name, "text": "修复费、租金和青苗补偿，转账支付"} for name in ELEVEN]
    agreement = {
        "manner": "书面",
        "facts": "施工爆破致墙体开裂；临时用地租金和青苗补偿未付",
        "terms": terms,
        "responsible_id": "云岭路桥建设有限公司",
        "responsibility": "公司承担全部责任",
        "undertakes_cost": True,
        "accepts_enforcement": True,
    }
    promise = {**agreement, "matters": "修复和补偿；乙方承诺不再上访"}
    page = await walk.refused("xgll.handler", "draft-agreement", "争议事项", promise)
    await expect(page.locator("#f-matters-error")).to_be_visible()
    await expect(page.locator('[name="terms.10.text"]')).to_have_value("修复费、租金和青苗补偿，转账支付")
    await walk.shot(page, "row-12-no-renunciation")
    await walk.fill(page, {"matters": "修复、租金和青苗补偿"})
    await walk.press(page, "提交")
    await expect(walk.section(page, "agreement").locator("tbody tr")).to_have_count(len(ELEVEN))
    await _everyone_signs(walk)
    await walk.lacking("xgll.chair", "盖章", "签")
    await walk.act("xgll.mediator", "sign-agreement", {"capacity": "人民调解员"})
    await walk.not_offered("xgll.director", "seal-agreement")
    page = await walk.act("xgll.chair", "seal-agreement", {"copies": 14})
    await expect(walk.section(page, "agreement")).to_contain_text("已生效")
    await expect(walk.section(page, "timers")).to_contain_text("司法确认")
    await walk.shot(page, "row-12-effective")


async def _everyone_signs(walk: Walker) -> None:
    """Each asked alone about free will, then each signs."""
    alone = {"asked_alone": True, "read_out": True, "may_take_home": True, "free": "是"}
    for party in (*ELEVEN, COMPANY):
        await walk.act("xgll.handler", "confirm-free-will", {"party_id": party, **alone})
    for party in (*ELEVEN, COMPANY):
        await walk.act("xgll.mediator", "sign-agreement", {"capacity": "本人", "party_id": party})


ROWS = (
    row_06_the_case_is_accepted_and_its_class_is_frozen,
    row_07_the_deed_is_signed_by_company_and_committee,
    row_08_a_team_is_formed_accepted_and_a_conflict_replaced,
    row_18_an_order_opens_the_facts_for_its_term,
    row_09_evidence_comes_in_and_an_appraisal_stops_only_the_mediation_clock,
    row_10_the_prefecture_returns_the_case_and_lends_an_expert,
    row_11_a_major_case_confers_before_an_opinion_is_issued,
    row_12_each_party_signs_for_itself_and_the_seal_makes_it_effective,
)
