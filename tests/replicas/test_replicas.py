"""Two web servers and a worker on the same servers walk the reference case; killed in the middle, they lose nothing."""

import asyncio
import signal
from uuid import UUID, uuid4

import pytest
from httpx import Response, TransportError
from sqlalchemy import func, select, text

from cases.history import Event
from cases.models import Case
from foundation.audit_chain import verify
from foundation.jobs import LEASE
from foundation.outbox import OutboxRow
from indicators.recount import recount
from policies.editions import publish
from policies.rules import FILE
from tests.replicas.fleet import Fleet, Replica, until
from tests.walk import conclusion, mediation, reception
from tests.walk.walker import API, Walker

UNIT = {"role": "visited", "name": "云岭路桥建设有限公司", "kind": "enterprise", "found_by": "接谈登记"}
WAITERS = """
select count(*) from pg_locks where not granted and locktype = 'transactionid'
and transactionid = pg_current_xact_id()::xid
"""


async def test_the_reference_case_walks_over_two_replicas_and_outlives_two_kills(fleet: Fleet) -> None:
    walk = Walker(fleet)
    for row in reception.ROWS[:4]:
        await row(walk)
    await _a_web_server_dies_in_the_middle_of_an_act(fleet, walk)
    await fleet.started[0].kill()
    for row in (*reception.ROWS[4:], *mediation.ROWS, *conclusion.ROWS):
        await row(walk)
    await walk.close()
    await _another_worker_delivers_what_waited(fleet)
    await _the_books_agree(fleet)
    await _new_rules_reach_every_process(fleet)
    killed, ended = -signal.SIGKILL, -signal.SIGTERM  # uvicorn gives the signal back when all is closed
    assert await fleet.stop() == [killed, killed, ended, ended, 0]


async def _a_web_server_dies_in_the_middle_of_an_act(fleet: Fleet, walk: Walker) -> None:
    """The same key again, on the other server, has the one effect; on a third it gets the same answer."""
    dying, living = fleet.web
    before = await _version(fleet, walk)
    key = {"If-Match": f'"{before}"', "Idempotency-Key": str(uuid4())}
    await _killed_while_it_waits(fleet, walk, dying, key)
    assert await _version(fleet, walk) == before
    done = await _send(fleet, walk, living, key)
    assert done.status_code == 200, done.text
    fleet.web.remove(dying)
    third = await fleet.start_web()
    await fleet.join(third)
    again = await _send(fleet, walk, third, key)
    assert (again.status_code, again.content) == (200, done.content)
    assert await _version(fleet, walk) == before + 1
    assert await _times_done(fleet, walk, "record-unit") == 1


async def _killed_while_it_waits(fleet: Fleet, walk: Walker, dying: Replica, key: dict[str, str]) -> None:
    """The act has written its key and waits for the case's row, which the test holds until the process is dead."""
    async with fleet.world.owner() as session:
        await session.execute(select(Case.id).where(Case.id == UUID(walk.case)).with_for_update())
        sending = asyncio.create_task(_send(fleet, walk, dying, key))

        async def waits() -> bool:
            return bool(await session.scalar(text(WAITERS)))

        await until(waits)
        await dying.kill()
        with pytest.raises(TransportError):
            await sending


async def _send(fleet: Fleet, walk: Walker, replica: Replica, key: dict[str, str]) -> Response:
    bearer = f"Bearer {await fleet.token('xgll.director')}"
    async with fleet.client_of(replica, Authorization=bearer) as client:
        return await client.post(f"{API}/cases/{walk.case}/acts/record-unit", json=UNIT, headers=key)


async def _version(fleet: Fleet, walk: Walker) -> int:
    return (await fleet.world.case(UUID(walk.case))).version


async def _times_done(fleet: Fleet, walk: Walker, act: str) -> int:
    count = select(func.count()).where(Event.case_id == UUID(walk.case), Event.act == act)
    async with fleet.world.owner() as session:
        return (await session.execute(count)).scalar_one()


async def _another_worker_delivers_what_waited(fleet: Fleet) -> None:
    """What the dead one had leased comes free when its lease ends."""
    left = select(func.count()).where(OutboxRow.done_at.is_(None))

    async def nothing_waits() -> bool:
        async with fleet.world.owner() as session:
            return (await session.execute(left)).scalar_one() == 0

    assert not await nothing_waits()
    fleet.world.clock.advance(seconds=LEASE.total_seconds() + 1)
    await fleet.start_worker()
    await until(nothing_waits)


async def _the_books_agree(fleet: Fleet) -> None:
    async with fleet.world.owner() as session:
        verdict = await verify(session)
        assert (verdict.links > 50, verdict.breaks) == (True, [])
        assert await recount(session) == []


async def _new_rules_reach_every_process(fleet: Fleet) -> None:
    """Without the first rule: both web servers say that they decide by another version."""
    before = {(await fleet.ready(replica))["gate"] for replica in fleet.web}
    assert len(before) == 1
    rules = "".join(line for line in FILE.read_text(encoding="utf-8").splitlines(True) if not line.startswith("1,"))
    async with fleet.world.owner() as session:
        edition = await publish(session, rules, "test")
        assert edition
        expected = edition.version

    async def everywhere() -> bool:
        told = await asyncio.gather(*(fleet.ready(replica) for replica in fleet.web))
        return all(expected.startswith(one["gate"]) for one in told)

    await until(everywhere)
