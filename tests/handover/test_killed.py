"""A process that is killed at any statement of an acceptance leaves all of it or nothing, and the retry ends it."""

import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from httpx import Response

from foundation.bounds import COMMIT
from tests.cases.build import Walk
from tests.door import Door
from tests.handover.cutting import Cut, cutting
from tests.handover.test_handover import offered
from tests.handover.test_once import ACCEPT, RECEIVER
from tests.handover.traces import check_whole, traces
from tests.world import World

FEWEST, MOST = 15, 200
"""Statements that an acceptance surely takes: fewer were cut means that they went another way."""


async def accepting(door: Door, walk: Walk) -> Callable[[], Awaitable[Response]]:
    """The same request, with one key, as often as it is called."""
    client, version = await door.program(RECEIVER), (await door.world.case(walk.case_id)).version
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": f'"{version}"'}

    async def accept() -> Response:
        return await client.post(f"/api/v1/cases/{walk.case_id}/acts/accept-handover", json=ACCEPT, headers=headers)

    return accept


@pytest.mark.obligation("62")
async def test_cut_off_at_any_statement_nothing_is_left_and_the_retry_succeeds(door: Door) -> None:
    walk = await offered(door.world)
    accept, before, struck = await accepting(door, walk), await traces(door.world, walk.case_id), 0
    for _ in range(MOST):
        with cutting(Cut(struck + 1)) as cut:
            answered = await accept()
        if answered.status_code == 200:
            break
        assert await traces(door.world, walk.case_id) == before, cut.seen[-1]
        struck += cut.struck  # else a connection that was cut before had to be found out
    assert struck > FEWEST
    assert answered.status_code == 200
    after = await check_whole(door.world, walk.case_id)
    assert (after["moves"], after["holder"]) == (1, await door.world.office(RECEIVER))
    assert (await accept()).text == answered.text
    assert await traces(door.world, walk.case_id) == after


@pytest.mark.obligation("62")
async def test_who_was_cut_off_at_the_commit_asks_again_and_hears_that_it_is_done(door: Door) -> None:
    walk = await offered(door.world)
    accept = await accepting(door, walk)
    with cutting(Cut("COMMIT", after=True)):
        assert (await accept()).status_code >= 500
    after = await check_whole(door.world, walk.case_id)
    assert after["moves"] == 1
    assert (await accept()).status_code == 200
    assert await traces(door.world, walk.case_id) == after


@pytest.mark.parametrize("at", ["move_custody", COMMIT])
async def test_a_process_killed_when_custody_has_moved_but_nothing_is_committed_leaves_nothing(
    world: World, at: str
) -> None:
    walk = await offered(world)
    before = await traces(world, walk.case_id)
    command = [
        sys.executable,
        "-m",
        "tests.handover.killed_accept",
        str(world.store.engine.url.render_as_string(hide_password=False)),
        world.owner_url,
    ]
    done = subprocess.run([*command, str(walk.case_id), world.clock.now().isoformat(), at], timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert await traces(world, walk.case_id) == before
    await walk.do(RECEIVER, "accept-handover", **ACCEPT)
    assert (await check_whole(world, walk.case_id))["moves"] == 1
