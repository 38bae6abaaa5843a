"""The page of a case as it stood at a moment."""

from tests.cases.build import assessing
from tests.web.conftest import Browser
from tests.world import World


async def test_a_line_of_the_timeline_leads_to_the_case_as_it_stood_then(browser: Browser, world: World) -> None:
    walk = await assessing(world, persons=1)
    await browser.sign_in("xgll.director")
    case = (await browser.get(f"/cases/{walk.case_id}")).text
    links = [part.split('"')[0] for part in case.split(f'href="/cases/{walk.case_id}/past')[1:]]
    page = (await browser.get(f"/cases/{walk.case_id}/past{links[-1]}")).text
    assert "已登记，待报备审批" in page and "只读" in page
    assert '以下是 <time datetime="' in page and "&lt;time" not in page
    wrong = await browser.get(f"/cases/{walk.case_id}/past?at=soon")
    assert wrong.status_code == 422 and "请填写日期和时间" in wrong.text
