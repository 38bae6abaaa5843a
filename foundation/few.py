"""Doing much at the same time, but never all of it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from time import monotonic
from typing import Any, TypeVar

Result = TypeVar("Result")
AT_ONCE = 4
"""Each takes a connection of the pool now and then."""


def never() -> bool:
    """Nobody asks to stop."""
    return False


def while_time(seconds: float, leaving: Callable[[], bool] = never) -> Callable[[], bool]:
    """Whether there is time yet to begin something: a slow other side must not keep a job beyond its own limit, nor a
    process that has been asked to stop."""
    until = monotonic() + seconds
    return lambda: monotonic() < until and not leaving()


async def few_at_once(work: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """In the order given. The first failure is raised when all have ended, so that none is left half done."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(task: Coroutine[Any, Any, Result]) -> Result:
        async with free:
            return await task

    results = await asyncio.gather(*(one(task) for task in work), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]
