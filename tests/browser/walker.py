"""One case walked through the pages by many people, each in a browser of their own; nothing may go wrong in any."""

import re
from datetime import timedelta
from pathlib import Path

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    ViewportSize,
    expect,
)

from foundation.clock import local_date
from tests.browser.filling import Typed, fill
from tests.people import NAMES
from tests.second_step import code_of
from tests.world import PASSWORD, World

DESKTOP: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
TAG = re.compile("<[^>]*>")
BARE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-")
LONGEST = 8_000
"""Milliseconds that a page may take on a machine busy with other tests."""


class Walker:
    """`case` is the path of the case under way. `complaints` are what browsers reported: must stay empty."""

    def __init__(self, browser: Browser, address: str, world: World, shots: Path | None) -> None:
        self.browser, self.address, self.world, self.shots = browser, address, world, shots
        self.case = ""
        self.registration = ""
        self.codes: list[str] = []
        self.complaints: list[str] = []
        self._pages: dict[str, Page] = {}
        self._last = ""

    async def page(self, login: str) -> Page:
        """The person's own browser, signed in on the sign-in page."""
        if login not in self._pages:
            page = await self.nobody()
            await page.goto("/sign-in")
            await fill(page, {"login": login, "password": PASSWORD})
            await self.press(page, "登录")
            if "/sign-in/code" in page.url:
                await fill(page, {"code": await code_of(self.world, login)})
                await self.press(page, "登录")
            await expect(page.get_by_role("heading", level=1)).to_have_text("我的工作台")
            self._pages[login] = page
        return self._pages[login]

    async def nobody(self, size: ViewportSize = DESKTOP) -> Page:
        """A browser in which nobody has signed in."""
        context: BrowserContext = await self.browser.new_context(
            base_url=self.address, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(LONGEST)
        page = await context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        """Errors count, except that a refused page itself answers 4xx."""
        refused = message.text.startswith("Failed to load resource") and "/static/" not in message.location["url"]
        if message.type in ("error", "warning") and not refused:
            self.complaints.append(f"{message.location['url']}: {message.text}")

    async def open(self, login: str, path: str = "") -> Page:
        """The page at the path, or that of the case."""
        page = await self.page(login)
        await page.goto(path or self.case)
        self._last = "" if path else login
        return page

    async def status(self, login: str, path: str = "") -> int:
        answer = await (await self.page(login)).goto(path or self.case)
        assert answer is not None
        self._last = ""
        return answer.status

    async def begin(self, login: str, act: str) -> Page:
        """The act's form, opened from the case page where it is offered."""
        page = await self.page(login)
        if self._last != login or not self._on_case(page):
            await self.open(login)
        self._last = ""
        return await self.follow(page.locator(f'.acts a[href$="/acts/{act}"]'))

    async def send(self, login: str, act: str, typed: Typed | None = None) -> Page:
        """The form filled and sent; the page that answers."""
        self.world.clock.advance(seconds=1)
        page = await self.begin(login, act)
        await fill(page, typed or {})
        await self.press(page, "提交")
        return page

    async def fill(self, page: Page, typed: Typed) -> None:
        await fill(page, typed)

    async def take_over(self, login: str) -> Page:
        """From the preview, having checked for a conflict of interest."""
        self.world.clock.advance(seconds=1)
        page = await self.open(login, self.case.replace("/cases/", "/handovers/"))
        await fill(page, {"no_conflict": True})
        await self.press(page, "接收")
        await expect(page.locator(".alert-success")).to_be_visible()
        return page

    async def act(self, login: str, act: str, typed: Typed | None = None) -> Page:
        """Done, and said to be done."""
        page = await self.send(login, act, typed)
        assert await page.locator(".alert-success").count() == 1, (login, act, await self.read(page))
        self._last = login
        return page

    def _on_case(self, page: Page) -> bool:
        return page.url.split("?")[0].endswith(self.case)

    async def refused(self, login: str, act: str, words: str, typed: Typed | None = None) -> Page:
        """The form comes back and says why in these words, above it or at its field."""
        page = await self.send(login, act, typed)
        await expect(page.locator(".alert-warning, .error-summary").first).to_contain_text(words)
        return page

    async def not_offered(self, login: str, act: str) -> None:
        page = await self.open(login)
        await expect(page.locator("#acts-title")).to_be_visible()
        assert await page.locator(f'.acts a[href$="/acts/{act}"]').count() == 0, (login, act)

    async def follow(self, link: Locator) -> Page:
        """Click, and wait for the page behind it."""
        async with link.page.expect_navigation():
            await link.click()
        return link.page

    async def lacking(self, login: str, title: str, words: str) -> None:
        """The case page names the act and what is still missing for it."""
        page = await self.open(login)
        await expect(page.locator(".acts li", has_text=title).filter(has_text="还缺")).to_contain_text(words)

    async def press(self, page: Page, words: str) -> Response:
        """Press the button in the page's body and wait for the page that follows."""
        async with page.expect_navigation() as leaving:
            await page.locator("main").get_by_role("button", name=words, exact=True).click()
        answer = await leaving.value
        assert answer is not None
        return answer

    async def read(self, page: Page) -> str:
        return await page.locator("main").inner_text()

    async def speak(self, page: Page, language: str) -> None:
        """The switch in the page's head."""
        async with page.expect_navigation():
            await page.get_by_role("button", name=language, exact=True).click()

    def section(self, page: Page, name: str) -> Locator:
        """A section of the case page: `parties`, `claims`, `timers`…"""
        return page.locator(f'section[aria-labelledby="{name}-title"]')

    async def nothing_names_a_person(self, page: Page) -> None:
        """Neither the case page nor any paper that it leads to."""
        for address, shown in (await self.papers(page)).items():
            assert not [word for word in (*NAMES, "1380887") if word in shown], address

    async def papers(self, page: Page) -> dict[str, str]:
        """What the case page and every paper behind it say; a bare id among it would be nobody's language."""
        links = await page.locator('main a[href*="/papers/"]').all()
        found = {}
        for address in (page.url, *[await link.get_attribute("href") or "" for link in links]):
            answer = await page.request.get(address)
            assert answer.ok, address
            found[address] = TAG.sub("", await answer.text())
            assert not BARE_ID.search(found[address]), (address, found[address])
        return found

    async def name(self, login: str) -> str:
        return (await self.world.subject(login)).name

    def day(self, days: int = 0) -> str:
        return str(local_date(self.world.clock.now()) + timedelta(days=days))

    async def shot(self, page: Page, name: str) -> None:
        """Only where pictures are asked for: each takes as long as a page."""
        if self.shots is not None:
            await page.screenshot(path=self.shots / f"{name}.png", full_page=True)

    async def days_pass(self, days: int) -> None:
        """Sessions end meanwhile; everybody signs in again."""
        self.world.clock.advance(days=days)
        await self.close()

    async def close(self) -> None:
        for page in self._pages.values():
            await page.context.close()
        self._pages.clear()
        self._last = ""
