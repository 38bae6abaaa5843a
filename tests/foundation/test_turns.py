"""Turns: so many at once, in the order in which they came; none is lost, and none holds up the others for ever."""

import asyncio

import pytest

from foundation.turns import Turns

FOR_EVER = 3600.0
SECONDS = 20
"""Within which a failing test ends."""


class Works:
    """Each piece of work tells that it began and is at work until it is let go."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.began: list[int] = []
        self.most = self.at_work = 0
        self.go = asyncio.Event()

    async def one(self, number: int) -> None:
        async with self.turns.turn():
            self.began.append(number)
            self.at_work += 1
            self.most = max(self.most, self.at_work)
            try:
                await self.go.wait()
            finally:
                self.at_work -= 1

    def start(self, *numbers: int) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self.one(number)) for number in numbers]


async def settled() -> None:
    """All that can go on without waiting has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_so_many_are_at_work_at_once_and_each_gets_its_turn_as_it_came() -> None:
    works = Works(Turns(2, FOR_EVER))
    tasks = works.start(*range(9))
    await settled()
    assert works.began == [0, 1]
    works.go.set()
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*tasks)
    assert works.began == list(range(9)) and works.most == 2


async def test_who_takes_longer_than_a_turn_goes_on_and_the_next_begins_and_no_turn_ends_twice() -> None:
    turns = Turns(1, 0)
    long = Works(turns)
    tasks = long.start(0, 1, 2)
    async with asyncio.timeout(SECONDS):
        while long.at_work < 3:
            await asyncio.sleep(0)
        long.go.set()
        await asyncio.gather(*tasks)
    turns.longest = FOR_EVER
    after = Works(turns)
    tasks = after.start(0, 1, 2)
    await settled()
    assert after.began == [0]
    after.go.set()
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*tasks)


async def test_a_turn_within_a_turn_waits_no_longer_than_a_turn_lasts() -> None:
    turns = Turns(1, 0)
    async with asyncio.timeout(SECONDS), turns.turn(), turns.turn():
        pass


async def test_who_fails_or_is_cancelled_leaves_the_turn_to_the_next() -> None:
    works = Works(Turns(1, FOR_EVER))
    holding, waiting, *others = works.start(0, 1, 2, 3)
    await settled()
    waiting.cancel()
    holding.cancel()
    await settled()
    assert works.began == [0, 2], "one gave up while it waited, one at work"
    works.go.set()
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*others)
        with pytest.raises(ValueError, match="refused"):
            async with works.turns.turn():
                raise ValueError("refused")
        async with works.turns.turn():
            pass
