"""An open page hears of the own notices as they are made, of nobody else's, and as long as its session stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

from litestar import Litestar
from redis.asyncio import Redis
from sqlalchemy import delete, select, update

from foundation import cookies, live
from foundation.clock import FrozenClock
from foundation.ids import new_id
from foundation.live import MOST_WAITING, Live, News
from server.parts import Parts
from tenants.accounts import SignIn
from tenants.models import Post
from tenants.sessions import IDLE, begin, hashed, own
from tests.oversight.telling import deliver, forgotten, offered
from tests.web.conftest import Browser
from tests.world import World

SECONDS = 10


class OpenPage:
    """The stream as a browser holds it."""

    def __init__(self) -> None:
        self.status = 0
        self.text = ""
        self.more = asyncio.Event()
        self.left = asyncio.Event()
        self.over = False

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.text += message.get("body", b"").decode()
        self.over = message["type"] == "http.response.body" and not message.get("more_body")
        self.more.set()

    async def until(self, wanted: str) -> None:
        async with asyncio.timeout(SECONDS):
            while wanted not in self.text:
                self.more.clear()
                await self.more.wait()


@asynccontextmanager
async def opened(app: Litestar, token: str, last: str = "") -> AsyncIterator[OpenPage]:
    page = OpenPage()
    headers = [(b"cookie", f"{cookies.SESSION}={token}".encode()), (b"host", b"testserver")]
    scope = {
        "type": "http", "method": "GET", "path": "/notices/stream", "raw_path": b"/notices/stream", "root_path": "",
        "query_string": b"", "scheme": "http", "http_version": "1.1", "asgi": {"version": "3.0"},
        "client": ("127.0.0.1", 50000), "server": ("testserver", 80),
        "headers": [*headers, *([(b"last-event-id", last.encode())] if last else [])],
    }  # fmt: skip
    running = asyncio.create_task(cast(Any, app)(scope, page.receive, page.send))
    try:
        async with asyncio.timeout(SECONDS):
            while not page.text and not running.done():
                page.more.clear()
                await asyncio.wait([running, asyncio.create_task(page.more.wait())], return_when="FIRST_COMPLETED")
        yield page
    finally:
        page.left.set()
        await running


async def session_of(world: World, login: str) -> str:
    subject = await world.subject(login)
    assert subject.account_id is not None
    async with world.store.scoped(own(subject.person_id)) as session:
        return await begin(session, subject.account_id, subject.post_id, second_factor=True)


async def listening(app: Litestar) -> None:
    of_app: Live = app.state["live"]
    async with asyncio.timeout(SECONDS):
        while not of_app.listens:
            await asyncio.sleep(0)


async def test_an_open_page_hears_of_the_own_notices_and_of_no_others_and_of_what_it_missed(
    app: Litestar, world: World, parts: Parts
) -> None:
    await forgotten(world)
    of_app: Live = app.state["live"]
    mine, theirs = await session_of(world, "xgll.director"), await session_of(world, "deqin.director")
    async with of_app.running(), Redis.from_url(parts.addresses.redis) as redis:
        await listening(app)
        async with opened(app, mine) as page, opened(app, theirs) as other:
            await page.until('"live":true')
            await offered(world)
            news = await deliver(world)
            director = (await world.subject("xgll.director")).person_id
            (told,) = [one for one in news if one.person_id == director]
            await live.publish(redis, news)
            await page.until(f'id: {told.id}\nevent: notice\ndata: {{"kind":"handover_offered"}}')
            stranger = (await world.subject("deqin.director")).person_id
            await live.publish(redis, [News(new_id(world.clock.now()), stranger, "case_changed")])
            await other.until("case_changed")
            assert "handover_offered" not in other.text
            assert "case_changed" not in page.text
            assert world.store.in_use() == 0
        async with opened(app, mine, last=str(new_id(world.clock.now() - timedelta(hours=1)))) as again:
            await again.until(f"id: {told.id}")
    assert of_app.streams == {}


async def test_a_stream_ends_with_its_session_its_post_and_its_process_and_keeps_no_session_alive(
    app: Litestar, world: World, clock: FrozenClock
) -> None:
    of_app: Live = app.state["live"]
    post = (await world.subject("weixi.director")).post_id
    token = await session_of(world, "weixi.director")
    async with opened(app, token) as page:
        await page.until("event: bell")
        clock.advance(seconds=IDLE.total_seconds() - 1)
        await of_app.check()
        assert not page.over
        clock.advance(seconds=2)
        await of_app.check()
        await page.until("event: over")
    async with opened(app, token) as page:
        assert page.status == 204
    token = await session_of(world, "weixi.director")
    async with opened(app, token) as page:
        async with world.owner() as session:
            await session.execute(update(Post).where(Post.id == post).values(until=clock.now()))
        clock.advance(seconds=1)
        await of_app.check()
        await page.until("event: over")
    async with world.owner() as session:
        await session.execute(update(Post).where(Post.id == post).values(until=None))
    async with opened(app, token) as page:
        async with world.owner() as session:
            await session.execute(delete(SignIn).where(SignIn.token_hash == hashed(token)))
        await of_app.check()
        await page.until("event: over")


async def test_asking_for_the_bell_leaves_the_session_as_it_was(
    browser: Browser, world: World, clock: FrozenClock
) -> None:
    token = await session_of(world, "xgll.director")
    browser.client.cookies.set(cookies.SESSION, token)
    seen = select(SignIn.seen_at).where(SignIn.token_hash == hashed(token))
    async with world.owner() as session:
        before = await session.scalar(seen)
    clock.advance(seconds=300)
    assert set((await browser.get("/notices/unread")).json()) == {"unread"}
    async with world.owner() as session:
        assert await session.scalar(seen) == before
    browser.client.cookies.clear()
    assert (await browser.get("/notices/unread")).status_code == 401


async def test_a_page_that_reads_too_slowly_is_told_to_look_again_and_holds_no_more_than_its_bound() -> None:
    async def everybody(sessions: object) -> list[bytes]:
        return [b"s"]

    one = Live("redis://nowhere", everybody, lambda: False)
    person = uuid4()
    with one.stream(person, b"s") as stream:
        for _ in range(3 * MOST_WAITING):
            stream.tell(News(uuid4(), person, "case_changed"))
            assert len(stream.news) <= MOST_WAITING
        _, look_again = stream.take()
        assert look_again
    assert one.streams == {}


async def test_the_bell_counts_and_the_inbox_marks_and_leads_on(browser: Browser, world: World) -> None:
    await forgotten(world)
    await offered(world)
    await deliver(world)
    await browser.sign_in("xgll.director")
    page = (await browser.get("/notices")).text
    assert "有案件移交给本单位，待接收" in page
    unread = int(page.split('data-unread="')[1].split('"')[0])
    assert unread >= 1
    notice = page.split('action="/notices/')[2].split("/read")[0]
    answer = await browser.send(f"/notices/{notice}/read", {"go": "/desk"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    desk = (await browser.get("/desk")).text
    assert f'data-unread="{unread - 1}"' in desk
    answer = await browser.send(f"/notices/{notice}/read", {"go": "https://elsewhere.example/"})
    assert answer.headers["location"] == "/notices"
    await browser.send("/notices/read", {})
    assert 'data-unread="0"' in (await browser.get("/notices?show=unread")).text
    assert (await browser.get("/notices/told")).status_code == 200
    routing = (await browser.get("/notices/routing")).text
    assert "不能关闭" in routing
    assert (await browser.send("/notices/routing", {"route": "report-breach:holds", "off": "yes"})).status_code == 409
