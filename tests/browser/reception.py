"""Rows 1–5 in the browser: the window, the approval, the way up, the assessment, the consents."""

from playwright.async_api import expect

from tests.browser.walker import Walker
from tests.people import CLAIMS, NAMES

PREFECTURE = "迪庆藏族自治州人民政府"
ELEVEN = tuple(f"信访人 {ordinal}." for ordinal in range(1, 12))
"""Those who go on, as lists offer them: who has not revealed the names still sees the numbers."""
COMPANY = "对方 1."
NATURES = {"injury": "人身、财产损害", "land_use": "临时用地", "expropriation": "征收决定"}
REGISTRATION = {
    "mode": "工作室（窗口）接谈",
    "source": "当事人申请",
    "place_id": "建塘镇",
    "dispute_type": "征地拆迁",
    "petition_no": "香信访〔2026〕0301",
    "first_visit": True,
    "petitioners": [
        {
            "name": name,
            "telephone": f"1380887{index:04d}",
            "address": f"建塘镇某村{index}组",
            "language": "藏语",
            **({"representative": True} if index <= 6 else {}),
        }
        for index, name in enumerate(NAMES, 1)
    ],
    "visited_unit": "云岭路桥建设有限公司",
    "other_side": [{"kind": "单位", "name": "云岭路桥建设有限公司", "unit_kind": "企业"}],
    "statement": "公路施工爆破后，多户房屋墙体开裂；临时占用的土地未付租金，青苗未补偿。",
    "oral": True,
    "read_back": True,
    "interpreter": "翻译员甲",
    "materials": [
        {"name": "墙体裂缝照片", "copies": "12", "original": "原件", "handling": "留存"},
        {"name": "临时用地协议", "copies": "1", "original": "复印件", "handling": "核对后当场退还"},
    ],
    "claims": [{"text": claim["text"], "nature": NATURES[claim["nature"]]} for claim in CLAIMS],
    "advice": "已讲明调解自愿、不收费，不影响诉讼时效",
    "privacy_notice": True,
}


async def row_01_the_window_registers_twelve_people(walk: Walker) -> None:
    page = await walk.open("jiantang.clerk", "/desk")
    await walk.follow(page.get_by_role("navigation", name="主导航").get_by_role("link", name="接谈登记"))
    await walk.fill(page, {**REGISTRATION, "statement": ""})
    await walk.press(page, "登记")
    await expect(page.locator("#error-summary")).to_contain_text("陈述")
    await expect(page.locator('[name="petitioners.11.name"]')).to_have_value(NAMES[11])
    await walk.shot(page, "row-01-error-at-the-field")
    await walk.fill(page, {"statement": REGISTRATION["statement"]})
    await walk.press(page, "登记")
    walk.codes = await page.locator('dt:text-is("查询码") + dd').all_inner_texts()
    walk.registration = await page.locator('dt:text-is("登记号") + dd').first.inner_text()
    assert len(set(walk.codes)) == len(NAMES)
    refused = page.get_by_role("region", name="回执").filter(has_text="代表已满5人，未列为代表；您的信访事项照常登记")
    await expect(refused).to_have_count(1)
    await expect(refused).to_contain_text(NAMES[5])
    await walk.shot(page, "row-01-receipts")
    await walk.follow(page.get_by_role("link", name="打开案件").first)
    await expect(page.get_by_role("heading", level=1)).to_have_text(walk.registration)
    walk.case = page.url.removeprefix(walk.address)
    await expect(walk.section(page, "parties").locator("tbody tr")).to_have_count(13)
    await expect(walk.section(page, "papers")).to_contain_text("接谈")
    await walk.shot(page, "row-01-case")


async def row_02_the_head_approves_and_offers_the_case_up(walk: Walker) -> None:
    await walk.not_offered("jiantang.clerk", "approve-registration")
    page = await walk.act("jiantang.head", "approve-registration", {"answer": "同意"})
    await expect(walk.section(page, "timers")).to_contain_text("信访工作条例第22条")
    await expect(walk.section(page, "facts")).to_contain_text("香信访〔2026〕0301")
    page = await walk.act("jiantang.head", "offer-handover", {"to_office_id": "香格里拉市", "reason": "涉及企业"})
    await expect(page.locator("main")).to_contain_text("案件正在移交，暂停办理")
    await walk.shot(page, "row-02-offered")


async def row_03_the_workroom_sees_a_preview_then_takes_over(walk: Walker) -> None:
    page = await walk.open("xgll.director", "/desk")
    await walk.follow(page.get_by_role("link", name="件移交等待您处理"))
    await walk.shot(page, "row-03-inbox")
    await walk.follow(page.get_by_role("link", name=walk.registration))
    preview = await walk.read(page)
    for fact in ("12", "建塘镇", "涉及企业", "云岭路桥建设有限公司"):
        assert fact in preview, fact
    for secret in (*NAMES, "墙体", "1380887"):
        assert secret not in preview, secret
    await walk.shot(page, "row-03-preview")
    assert await walk.status("xgll.director") in (403, 404)
    for stranger in ("deqin.director", "weixi.director"):
        assert await walk.status(stranger) == 404
        assert await walk.status(stranger, walk.case.replace("/cases/", "/handovers/")) == 404
    await walk.take_over("xgll.director")
    await _the_township_keeps_only_the_status(walk)


async def _the_township_keeps_only_the_status(walk: Walker) -> None:
    page = await walk.open("jiantang.head")
    shown = await walk.read(page)
    assert "评析中" in shown
    for secret in (*NAMES, "墙体", "1380887"):
        assert secret not in shown, secret
    await walk.shot(page, "row-03-the-township-afterwards")
    for stranger in ("deqin.director", "weixi.director"):
        assert await walk.status(stranger) == 404
    await walk.shot(await walk.page("weixi.director"), "row-03-a-stranger")


async def row_04_two_claims_are_suitable_and_the_third_is_split_off(walk: Walker) -> None:
    for claim, matter in (("1.", "施工等造成的损害"), ("2.", "临时用地")):
        suitable = {"claim_id": claim, "decision": "适合调解", "land_matter": matter}
        await walk.act("xgll.director", "assess-claim", suitable)
    unfit = {"claim_id": "3.", "decision": "适合调解", "land_matter": "征收补偿标准"}
    page = await walk.refused("xgll.director", "assess-claim", "评析结论", unfit)
    await expect(page.locator("#f-decision-error")).to_be_visible()
    await walk.shot(page, "row-04-unfit")
    refusal = {
        "claim_id": "3.",
        "decision": "不适合调解",
        "land_matter": "征收补偿标准",
        "ground": "与行政机关之间的行政争议",
        "legal_basis": "2025年意见第二条；行政复议法第11条",
        "way": "行政复议",
        "organ": PREFECTURE,
        "last_day": "2026-04-20",
    }
    await walk.act("xgll.director", "assess-claim", refusal)
    split = {"claim_id": "3.", "party_ids": ["12."], "organ": PREFECTURE, "advice": "可申请行政复议"}
    page = await walk.act("xgll.director", "split-claim", split)
    await walk.shot(page, "row-04-split")
    await walk.follow(walk.section(page, "claims").get_by_role("link", name="已拆分另案"))
    await expect(page.get_by_role("heading", level=1)).not_to_have_text(walk.registration)
    await expect(walk.section(page, "facts")).to_contain_text("拆分自")
    await walk.shot(page, "row-04-the-split-case")
    await walk.follow(walk.section(page, "papers").get_by_role("link", name="权利救济告知书"))
    notice = await walk.read(page)
    for word in ("与行政机关之间的行政争议", "行政复议法第11条", "行政复议", PREFECTURE, "2026-04-20", "12348"):
        assert word in notice, word
    await walk.shot(page, "row-04-written-refusal")


async def row_05_eleven_go_on_one_declines_and_the_company_agrees(walk: Walker) -> None:
    for kind in ("同意调解", "同意向对方提供"):
        await walk.act("xgll.director", "record-consent", {"party_ids": ELEVEN, "kind": kind, "given": True})
    await walk.not_offered("xgll.director", "accept-case")
    page = await walk.act("xgll.director", "record-consent", {"party_ids": ["信访人 12."], "kind": "同意调解"})
    await expect(walk.section(page, "papers")).to_contain_text("救济")
    agrees = {"party_ids": [COMPANY], "kind": "同意调解", "given": True}
    page = await walk.act("xgll.director", "record-consent", agrees)
    await expect(walk.section(page, "parties").get_by_text("不同意调解")).to_have_count(1)
    await walk.shot(page, "row-05-consents")


ROWS = (
    row_01_the_window_registers_twelve_people,
    row_02_the_head_approves_and_offers_the_case_up,
    row_03_the_workroom_sees_a_preview_then_takes_over,
    row_04_two_claims_are_suitable_and_the_third_is_split_off,
    row_05_eleven_go_on_one_declines_and_the_company_agrees,
)
