"""The stream of an open page: what the bell shows, and each new notice as it is made (server-sent events).

No transaction and no connection to the database is held while it stands.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.response import Stream as StreamResponse
from litestar.status_codes import HTTP_204_NO_CONTENT

from foundation.live import Live, News, Stream
from foundation.store import Scope, Store
from oversight.notice_inbox import since
from tenants.sessions import Peek, peek, unread_of
from web.given import TheStore
from web.page import AnyRequest
from web.session_cookies import token_in

BEAT_SECONDS = 20
"""A sign now and then, so that neither a proxy nor the page takes the stream for dead."""
BEAT = b"event: beat\ndata: {}\n\n"
DEAF = b": \n\n"
"""Instead, while no news come to this process: the page then asks by itself."""
AGAIN = b"retry: 3000\n\n"
OVER = b"event: over\ndata: {}\n\n"
MOST_REPEATED = 50


@get("/notices/stream")
async def stream(request: AnyRequest, store: TheStore) -> Response[Any]:
    """Who is not signed in gets no stream, and a browser then asks no more (204)."""
    seen = await peek(store, token_in(request))
    if seen is None:
        return Response(None, status_code=HTTP_204_NO_CONTENT)
    live: Live = request.app.state["live"]
    last = _last_seen(request.headers.get("last-event-id", ""))
    return StreamResponse(
        _events(store, live, seen, last),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


async def _events(store: Store, live: Live, seen: Peek, last: UUID | None) -> AsyncIterator[bytes]:
    """Registered before it looks at what it missed: nothing falls between."""
    with live.stream(seen.person_id, seen.session) as mine:
        yield AGAIN + _bell(live, seen.unread)
        for one in await _missed(store, seen.person_id, last):
            yield _event(one)
        while not mine.ended:
            yield await _next(store, live, mine)
        yield OVER if not live.leaving() else DEAF


async def _next(store: Store, live: Live, mine: Stream) -> bytes:
    with suppress(TimeoutError):
        async with asyncio.timeout(BEAT_SECONDS):
            await mine.woken.wait()
    news, look_again = mine.take()
    told = b"".join(_event(one) for one in news)
    if look_again:
        told += _bell(live, await unread_of(store, mine.person_id))
    return told or (BEAT if live.listens else DEAF)


async def _missed(store: Store, person_id: UUID, last: UUID | None) -> list[News]:
    if last is None:
        return []
    async with store.scoped(Scope(None, person_id)) as session:
        found = await since(session, person_id, last, MOST_REPEATED)
        return [News(one.id, one.person_id, one.kind) for one in found]


def _event(news: News) -> bytes:
    """Codes only: the words are the page's."""
    return b"id: %s\nevent: notice\ndata: %s\n\n" % (str(news.id).encode(), msgspec.json.encode({"kind": news.kind}))


def _bell(live: Live, unread: int) -> bytes:
    return b"event: bell\ndata: %s\n\n" % msgspec.json.encode({"unread": unread, "live": live.listens})


def _last_seen(typed: str) -> UUID | None:
    """What the browser says it saw last; anything else is as if it had seen nothing."""
    try:
        return UUID(typed)
    except ValueError:
        return None


ROUTES = [stream]
