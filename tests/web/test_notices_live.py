"""In a real browser: the bell rings and the inbox renews itself while the page is open, with a stream and without."""

from litestar import Litestar
from playwright.async_api import Browser, Route, expect
from redis.asyncio import Redis

from foundation import cookies, live
from foundation.live import Live
from server.parts import Parts
from tests.browser.served import served
from tests.oversight.telling import deliver, forgotten, offered
from tests.web.test_notice_stream import listening, session_of
from tests.world import World


async def test_the_bell_and_the_inbox_of_an_open_page_follow_what_happens(
    app: Litestar, chrome: Browser, world: World, parts: Parts
) -> None:
    await forgotten(world)
    of_app: Live = app.state["live"]
    token = await session_of(world, "xgll.director")
    async with of_app.running(), Redis.from_url(parts.addresses.redis) as redis, served(app) as address:
        await listening(app)
        page = await chrome.new_page(base_url=address)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text))
        await page.context.add_cookies([{"name": cookies.SESSION, "value": token, "url": address}])
        await page.goto("/notices?show=unread")
        before = int(await page.locator("[data-bell]").get_attribute("data-unread") or "0")
        case_id = await offered(world)
        number = (await world.case(case_id)).registration_no
        await live.publish(redis, await deliver(world))
        await expect(page.locator("[data-bell-count]")).to_have_text(str(before + 1))
        await expect(page.locator("#notice-list")).to_contain_text(number)
        await page.close()
    assert complaints == []


async def test_a_page_whose_stream_is_cut_or_held_back_asks_by_itself_after_a_minute(
    app: Litestar, chrome: Browser, world: World
) -> None:
    """A proxy that keeps the stream to itself raises no error in the browser: silence alone tells."""
    await forgotten(world)
    token = await session_of(world, "xgll.director")

    async def held(route: Route) -> None:
        """Neither answered nor refused."""

    async def cut(route: Route) -> None:
        await route.abort()

    async with served(app) as address:
        for blocks in (held, cut):
            page = await chrome.new_page(base_url=address)
            await page.context.add_cookies([{"name": cookies.SESSION, "value": token, "url": address}])
            await page.clock.install()
            await page.route("**/notices/stream", blocks)
            await page.goto("/notices")
            before = int(await page.locator("[data-bell]").get_attribute("data-unread") or "0")
            await offered(world)
            await deliver(world)
            await expect(page.locator("[data-bell]")).to_have_attribute("data-unread", str(before))
            await page.clock.fast_forward(61_000)
            await expect(page.locator("[data-bell-count]")).to_have_text(str(before + 1))
            await page.close()
