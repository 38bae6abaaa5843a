"""The page of a case as it stood at a moment."""

from urllib.parse import quote

from foundation.clock import local_date
from tests.cases.build import assessing
from tests.teams.build import entrusted
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


async def test_a_day_that_stands_no_more_is_shown_as_a_day(browser: Browser, world: World) -> None:
    """The mediation's last day, once the mediation has ended."""
    walk = await entrusted(world)
    moment, due = world.clock.now().isoformat(), (await world.case(walk.case_id)).due_at
    channels = [{"way": "civil_suit", "organ": "香格里拉市人民法院"}]
    await walk.do("xgll.director", "terminate", ground="failed", channels=channels)
    assert due is not None and (await world.case(walk.case_id)).due_at is None
    await browser.sign_in("xgll.director")
    page = await browser.get(f"/cases/{walk.case_id}/past?at={quote(moment)}")
    assert page.status_code == 200 and f'<time datetime="{local_date(due)}">' in page.text
