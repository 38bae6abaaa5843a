"""The end of a process, bounded: a server that fell silent keeps nobody."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

SECONDS = 3.0

log = structlog.get_logger(__name__)


async def close(**parts: Callable[[], Awaitable[object]]) -> None:
    """All at once. One that fails, or does not end in time, is told and left to the kernel."""
    await asyncio.gather(*(_close(name, end) for name, end in parts.items()))


async def _close(name: str, end: Callable[[], Awaitable[object]]) -> None:
    try:
        async with asyncio.timeout(SECONDS):
            await end()
    except Exception as error:  # whatever it is, the others close and the process ends
        log.warning("not_closed", part=name, kind=type(error).__name__)
