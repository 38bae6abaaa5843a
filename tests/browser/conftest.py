"""A walker in Chromium over the whole application and the real province."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.served import served
from tests.browser.walker import Walker
from tests.door import Door


@pytest.fixture
async def walk(chrome: Browser, door: Door) -> AsyncIterator[Walker]:
    """Every page that the walk opened must have been without errors."""
    folder = os.environ.get("TIAOJIE_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    async with served(door.app) as address:
        walker = Walker(chrome, address, door.world, Path(folder) if folder else None)
        yield walker
        await walker.close()
    assert walker.complaints == []
