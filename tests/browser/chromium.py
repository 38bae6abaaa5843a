"""Debian's Chromium without a window; its absence is a reason to skip, except where the whole proof is asked for."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, async_playwright

QUIET = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable() -> str:
    """Where Chromium is; skips the test without one, fails it in CI."""
    if found := shutil.which("chromium"):
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("chromium is missing: apt-get install chromium fonts-noto-cjk")
    pytest.skip("chromium is missing (apt-get install chromium fonts-noto-cjk)")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Its sandbox can't be had by root, as in a container."""
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    path = executable()
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=arguments)
        yield opened
        await opened.close()


@pytest.fixture(scope="session")
async def chrome() -> AsyncIterator[Browser]:
    """Started once in a worker; every test has a context of its own in it."""
    async with chromium() as opened:
        yield opened
