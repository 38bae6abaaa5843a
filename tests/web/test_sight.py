"""What each reader sees of a case, and what not."""

from uuid import UUID

from tests.people import NAMES, registration
from tests.web.conftest import Browser
from tests.world import World


async def registered(world: World) -> UUID:
    return (await world.register("jiantang.clerk", **await registration(world))).case.id


async def offered(world: World) -> UUID:
    """Registered, approved and offered up to the city's workroom."""
    case_id = await registered(world)
    await world.do("jiantang.head", case_id, "approve-registration", answer="approve")
    target = await world.office("xgll.director")
    await world.do("jiantang.head", case_id, "offer-handover", to_office_id=target, reason="company")
    return case_id


async def test_a_preview_shows_type_place_unit_and_numbers_and_no_person(browser: Browser, world: World) -> None:
    case_id = await offered(world)
    await browser.sign_in("xgll.director")
    assert f"/handovers/{case_id}" in (await browser.get("/handovers")).text
    page = (await browser.get(f"/handovers/{case_id}")).text
    assert "征地拆迁纠纷" in page and "云岭路桥建设有限公司" in page and "接收" in page
    assert not any(name in page for name in NAMES) and "开裂" not in page
    assert (await browser.get(f"/cases/{case_id}/acts/write-note")).status_code in (403, 404)


async def test_a_frozen_case_says_that_it_is_being_handed_over(browser: Browser, world: World) -> None:
    case_id = await offered(world)
    await browser.sign_in("jiantang.head")
    page = (await browser.get(f"/cases/{case_id}")).text
    assert "案件正在移交" in page and "/acts/withdraw-handover" in page and "/acts/record-consent" not in page


async def test_after_the_handover_the_sender_sees_the_status_and_no_person(browser: Browser, world: World) -> None:
    case_id = await offered(world)
    await world.do("xgll.director", case_id, "accept-handover", no_conflict=True)
    await browser.sign_in("jiantang.head")
    page = await browser.get(f"/cases/{case_id}")
    assert page.status_code == 200 and "香格里拉市人民调解工作室" in page.text
    assert not any(name in page.text for name in NAMES) and "开裂" not in page.text
    assert "<dt>人数</dt>" not in page.text


async def test_masked_data_shows_after_a_reason_and_the_look_is_on_the_page(browser: Browser, world: World) -> None:
    case_id = await offered(world)
    await world.do("xgll.director", case_id, "accept-handover", no_conflict=True)
    await browser.sign_in("xgll.director")
    masked = (await browser.get(f"/cases/{case_id}")).text
    assert "和春生" not in masked and "13808870001" not in masked
    address = masked.split(f'href="/cases/{case_id}/acts/reveal-party?')[1].split('"')[0]
    form = (await browser.get(f"/cases/{case_id}/acts/reveal-party?{address}")).text
    assert "selected" in form
    party = address.split("party_id=")[1]
    done = await browser.send(f"/cases/{case_id}/acts/reveal-party", {"party_id": party, "purpose": "contact"})
    assert done.status_code == 303
    clear = (await browser.get(f"/cases/{case_id}")).text
    assert "和春生" in clear and "13808870001" in clear and "联系当事人办理本案" in clear


async def test_an_overseer_sees_the_course_and_the_totals_and_nobodys_name(browser: Browser, world: World) -> None:
    case_id = await registered(world)
    await browser.sign_in("yunnan.supervisor")
    page = await browser.get(f"/cases/{case_id}")
    assert page.status_code == 200 and "办理经过" in page.text
    assert not any(name in page.text for name in NAMES) and "开裂" not in page.text
    assert (await browser.get(f"/cases/{case_id}/acts/write-note")).status_code == 403


async def test_a_claim_offers_its_assessment_only_when_it_can_be_assessed(browser: Browser, world: World) -> None:
    case_id = await registered(world)
    await browser.sign_in("jiantang.head")
    link = f"/cases/{case_id}/acts/assess-claim?claim_id="
    assert link not in (await browser.get(f"/cases/{case_id}")).text
    await world.do("jiantang.head", case_id, "approve-registration", answer="approve")
    assert link in (await browser.get(f"/cases/{case_id}")).text


async def test_a_case_says_why_it_shows_and_its_director_who_else_sees_it(browser: Browser, world: World) -> None:
    case_id = await offered(world)
    await world.do("xgll.director", case_id, "accept-handover", no_conflict=True)
    await browser.sign_in("xgll.director")
    assert "我为什么能看到" in (await browser.get(f"/cases/{case_id}")).text
    page = (await browser.get(f"/cases/{case_id}/access")).text
    assert "规则 11" in page and "此刻能看到本案的人" in page and "州市看办理过程，不看身份" in page
    supervisor = await world.subject("diqing.supervisor")
    asked = f"/cases/{case_id}/access?action=case:read.statement&post={supervisor.post_id}"
    assert "不允许" in (await browser.get(asked)).text
    assert (await browser.get(f"/cases/{case_id}/access?action=case:steal")).status_code == 404


async def test_who_sees_the_status_only_learns_the_own_reason_and_nobody_elses(browser: Browser, world: World) -> None:
    case_id = await offered(world)
    await world.do("xgll.director", case_id, "accept-handover", no_conflict=True)
    await browser.sign_in("jiantang.head")
    page = await browser.get(f"/cases/{case_id}/access?action=case:read")
    assert page.status_code == 200 and "移送后只看节点、最终结果" in page.text and "不允许" in page.text
    assert "此刻能看到本案的人" not in page.text
    await browser.sign_in("deqin.director")
    assert (await browser.get(f"/cases/{case_id}/access")).status_code == 404
