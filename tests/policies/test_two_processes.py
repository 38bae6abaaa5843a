"""An approved draft is in force in every process: in one that hears of it, and in one whose notification was lost."""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from foundation import watch
from foundation.endpoints import Endpoints
from tests.policies.drafting import SECOND, approved, drafted
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60
"""For what must come at all on a busy machine; the figure itself stands in decision 0023."""


async def started(url: str, manner: str) -> Process:
    command = (sys.executable, "-m", "tests.policies.watching_process", url, manner)
    path = f"{ROOT}:{ROOT / 'platform'}"
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=ROOT, env={"PYTHONPATH": path})


async def says(process: Process) -> tuple[int, float]:
    """The next edition it decides by, and when it began to."""
    assert process.stdout
    line = (await asyncio.wait_for(process.stdout.readline(), SECONDS)).decode().split()
    return int(line[0]), float(line[1])


async def ended(process: Process) -> None:
    assert process.stdin
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), SECONDS) == 0


async def test_two_processes_take_the_edition_also_when_one_lost_the_notification(
    own_province: Endpoints, own_world: World
) -> None:
    assert watch.SECONDS <= 1, "the safety net comes within a second"
    draft = await drafted(own_world)
    processes = [await started(own_province.app, manner) for manner in ("hears", "deaf")]
    assert [(await says(process))[0] for process in processes] == [0, 0]
    await approved(own_world, draft, SECOND)
    committed = time.time()
    for process in processes:
        edition, at = await says(process)
        print(f"edition {edition} after {at - committed:.3f} s")
        assert edition == 1
        await ended(process)
