"""Rows 13–18 in the browser: the notarial deed, relief, performance, money, the dossier, and all the others."""

from playwright.async_api import Page, expect

from tests.browser.reception import COMPANY, ELEVEN
from tests.browser.walker import BARE_ID, PHONE, Walker
from tests.people import NAMES

UNIT = "云岭路桥建设有限公司"
TERMS = tuple(f"{ordinal}." for ordinal in range(1, 12))
"""What the agreement gives to each of the eleven."""
SCORES = dict.fromkeys(("quantity", "quality", "difficulty", "effect", "procedure"), 10)


async def row_13_the_parties_choose_a_notarial_deed_by_another_notary(walk: Walker) -> None:
    await walk.begin("xgll.handler", "record-referral")
    deed = {
        "channel": "公证债权文书",
        "applicants": [*ELEVEN, COMPANY],
        "own_application": "是",
        "organ": "香格里拉市公证处",
        "applied_on": walk.day(),
        "terms": TERMS,
    }
    inside, outside = await walk.name("xgll.notary_a"), await walk.name("xgll.notary_b")
    page = await walk.refused("xgll.handler", "record-referral", "公证员", {**deed, "notary": inside})
    await walk.shot(page, "row-13-not-the-notary-of-the-team")
    await walk.act("xgll.handler", "record-referral", {**deed, "notary": outside})


async def row_14_relief_is_checked_referred_and_its_answer_tracked(walk: Walker) -> None:
    hardship = {"party": "2.", "hardship": "低保", "facts": "低保户，房屋需修缮", "wanted": "是"}
    await walk.act("xgll.handler", "check-relief", {"hardships": [hardship]})
    relief = {"check": "2.", "organ": "建塘镇人民政府", "applied_on": walk.day()}
    page = await walk.refused("xgll.handler", "refer-relief", "司法救助", {**relief, "kind": "国家司法救助"})
    await walk.shot(page, "row-14-no-judicial-relief")
    await walk.act("xgll.handler", "refer-relief", {**relief, "kind": "临时救助"})
    answer = {"referral": "2.", "answer": "已给予救助", "answered_on": walk.day()}
    await walk.act("xgll.handler", "answer-relief", answer)


async def row_15_the_company_performs_each_is_visited_and_the_case_is_closed(walk: Walker) -> None:
    await walk.lacking("xgll.director", "结案", "履行")
    paid = [
        {"term": term, "on_date": walk.day(), "amount_fen": "10000.00", "receipt_no": f"转账{number}"}
        for number, term in enumerate(TERMS, 1)
    ]
    page = await walk.act("xgll.handler", "record-performance", {"rows": paid})
    for party in ELEVEN:
        visit = {"party": party, "performed": "是", "satisfied": "是", "pressure": "未反映"}
        page = await walk.act("xgll.handler", "return-visit", visit)
    await walk.shot(page, "row-15-visited")
    page = await walk.act("xgll.director", "close-case", {"summary": "协议已全部履行，回访满意"})
    await expect(page.locator("main")).to_contain_text("已结案")
    await walk.shot(page, "row-15-closed")


async def row_16_the_payer_is_decided_and_the_money_goes_through_many_hands(walk: Walker) -> None:
    reward = {**SCORES, "reason": "逐户走访，全部履行"}
    shares = [{"person_id": await walk.name(login), "percent": 50} for login in ("xgll.handler", "xgll.mediator")]
    page = await walk.refused("xgll.handler", "propose-settlement", "缺少事实：责任主体", {**reward, "shares": shares})
    await walk.shot(page, "row-16-facts-missing")
    finding = {"producer": "企业", "unit_name": UNIT, "stopped": "否", "fault": "企业"}
    clause = {"basis": "责任条款", "reference": "协议责任条款", **finding}
    await walk.act("xgll.payer", "find-responsibility", clause)
    fee = {"fee": "公证费", "institution": "香格里拉市公证处", "actual_fen": "1,200.00", "incurred_on": walk.day()}
    await walk.act("xgll.handler", "record-fee", {**fee, "invoice_no": "公证票0012"})
    await _neither_official_nor_director_is_paid(walk)
    await walk.act("xgll.handler", "propose-settlement", {**reward, "shares": shares})
    await walk.act("xgll.reviewer", "review-settlement", {"verdict": "同意"})
    await walk.not_offered("xgll.director", "approve-settlement")
    await walk.act("xgll.justice", "approve-settlement", {"verdict": "同意"})
    await walk.act("xgll.petition", "approve-settlement", {"verdict": "同意"})
    page = await walk.act("xgll.cashier", "pay-settlement", {"voucher_no": "付2026-001"})
    await walk.shot(page, "row-16-paid")
    page = await walk.open("xgll.handler")
    await expect(page.locator('.acts a[href$="/acts/propose-settlement"]')).to_have_count(0)
    await _money_shows_payer_and_trace(walk)


async def _neither_official_nor_director_is_paid(walk: Walker) -> None:
    page = await walk.begin("xgll.handler", "propose-settlement")
    offered = await page.locator('[name="shares.0.person_id"] option').all_inner_texts()
    for login in ("xgll.traffic", "xgll.director"):
        assert await walk.name(login) not in offered, login


async def _money_shows_payer_and_trace(walk: Walker) -> None:
    page = await walk.open("xgll.reviewer")
    money = walk.section(page, "money")
    for words in ("20,000.00", "10,000.00–30,000.00", "群体性", UNIT, "公证费"):
        await expect(money).to_contain_text(words)
    for trace in await money.locator("summary", has_text="依据").all():
        if await trace.is_visible():  # those of earlier answers lie folded away
            await trace.click()
    await expect(money.locator("details[open] li").first).to_be_visible()
    await walk.shot(page, "row-16-money")
    await walk.speak(page, "English")
    await expect(walk.section(page, "money").locator("details li").first).not_to_contain_text("责任")
    await walk.shot(page, "row-16-money-in-english")
    await walk.speak(page, "中文")


async def row_17_the_dossier_is_complete_and_archived(walk: Walker) -> None:
    await walk.lacking("xgll.archivist", "归档", "卷")
    page = await walk.begin("xgll.archivist", "check-dossier")
    items = (await page.locator('[name="on_paper.0.item"] option').all_inner_texts())[1:]
    checked = [{"item": item, "pages": 2, "note": "纸质件已核"} for item in items]
    await walk.act("xgll.archivist", "check-dossier", {"on_paper": checked})
    page = await walk.act("xgll.archivist", "archive-dossier", {"title": "施工损害与临时用地纠纷"})
    await expect(walk.section(page, "facts")).to_contain_text("卷号")
    await expect(page.locator(".stepper [aria-current=step]")).to_contain_text("归档")
    await walk.shot(page, "row-17-archived")
    filed = "".join((await walk.papers(page)).values())
    for word in ("接谈登记表", "评析表", "结案报告"):  # rule 52d: after closing, what was said and thought too
        assert word in filed
    assert len(await walk.papers(await walk.open("xgll.director"))) > 40


async def row_18_others_see_what_is_theirs_and_nothing_else(walk: Walker) -> None:
    for supervisor in ("diqing.supervisor", "yunnan.supervisor", "xgll.daily"):
        page = await walk.open(supervisor)
        await expect(page.locator("main")).to_contain_text("已归档")
        await walk.nothing_names_a_person(page)
        await expect(walk.section(page, "claims")).to_have_count(0)
    await expect(walk.section(await walk.open("yunnan.supervisor"), "timeline")).to_be_visible()
    await walk.shot(await walk.page("yunnan.supervisor"), "row-18-the-province")
    assert await walk.status("yunnan.supervisor", f"{walk.case}/acts/write-note") == 403
    for stranger in ("deqin.director", "weixi.director", "baohe.clerk"):
        assert await walk.status(stranger) == 404
    await _the_petitioner_reads_the_own_page(walk)


async def _the_petitioner_reads_the_own_page(walk: Walker) -> None:
    page = await walk.nobody(PHONE)
    await _ask(walk, page, "WRONGCODE1")
    await expect(page.get_by_role("alert")).to_contain_text("号码或查询码不对")
    await _ask(walk, page, walk.codes[0])
    shown = await walk.read(page)
    for words in ("已归档", "12348", "调解协议", "移交告知书", "谁查看过您的信息"):
        assert words in shown, words
    everything = await page.locator("main").text_content() or ""
    assert not [name for name in NAMES[1:] if name in everything]
    assert walk.codes[0] not in page.url
    await page.locator("summary", has_text="人民调解协议书").click()
    agreement = page.locator("details[open]")
    await expect(agreement).to_contain_text("10,000.00")
    await expect(agreement).to_contain_text(NAMES[0])
    assert not BARE_ID.search(await agreement.inner_text())
    await walk.shot(page, "row-18-the-petitioner-on-a-phone")
    await page.context.close()


async def _ask(walk: Walker, page: Page, code: str) -> None:
    await page.goto("/status")
    await walk.fill(page, {"registration_no": walk.registration, "code": code})
    await walk.press(page, "查询")


ROWS = (
    row_13_the_parties_choose_a_notarial_deed_by_another_notary,
    row_14_relief_is_checked_referred_and_its_answer_tracked,
    row_15_the_company_performs_each_is_visited_and_the_case_is_closed,
    row_16_the_payer_is_decided_and_the_money_goes_through_many_hands,
    row_17_the_dossier_is_complete_and_archived,
    row_18_others_see_what_is_theirs_and_nothing_else,
)
