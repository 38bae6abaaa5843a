"""What is closed at the end of a process keeps it for a few seconds at most, and never the other parts."""

import asyncio
from time import monotonic

import pytest

from foundation import closing, watch


async def test_a_part_that_fails_and_one_that_is_silent_keep_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "SECONDS", 0.2)
    closed: list[str] = []

    async def fails() -> None:
        raise ConnectionResetError

    async def closes() -> None:
        closed.append("last")

    began = monotonic()
    await closing.close(first=fails, second=asyncio.Event().wait, last=closes)
    assert closed == ["last"]
    assert monotonic() - began < 2


@pytest.mark.parametrize("later", range(4))
async def test_a_watch_that_is_stopped_at_the_instant_it_is_woken_stops(later: int) -> None:
    """Python 3.11's wait_for would forget the one for the other."""
    woken = asyncio.Event()

    async def watching() -> None:
        while True:
            await watch.a_beat(woken)
            woken.clear()

    keeping = asyncio.create_task(watching())
    await asyncio.sleep(0)
    woken.set()
    for _ in range(later):
        await asyncio.sleep(0)
    keeping.cancel()
    ended, _ = await asyncio.wait([keeping], timeout=2)
    assert keeping in ended and keeping.cancelled()
