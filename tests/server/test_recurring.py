"""Terms that ran out are marked once, by a named system subject, and stand in the audit."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import select
from structlog.testing import capture_logs

from cases import timers
from cases.history import Timer
from foundation.audit import AuditRow
from foundation.endpoints import Endpoints
from foundation.job_runs import JobRun
from foundation.outbox import OutboxRow
from server.handlers import BATCHED, HANDLERS
from server.recurring import mark_overdue, system_subject
from server.worker import BackgroundWorker
from tenants.accounts import Account, SignIn
from tests.people import registration
from tests.tenants.people import enter
from tests.world import PASSWORD, World


async def with_a_term(world: World) -> UUID:
    """A case whose mediation began now."""
    registered = await world.register("jiantang.clerk", **await registration(world, persons=1))
    async with world.as_("jiantang.head") as (session, _):
        case = await session.get_one(type(registered.case), registered.case.id)
        await timers.start(session, case, "mediation")
    return registered.case.id


async def terms(world: World, case_id: UUID) -> list[Timer]:
    async with world.owner() as session:
        return list(await session.scalars(select(Timer).where(Timer.case_id == case_id).order_by(Timer.due_at)))


async def test_a_term_is_marked_when_it_has_run_out_and_only_once(world: World) -> None:
    case_id = await with_a_term(world)
    await mark_overdue(world.store)
    assert {term.overdue_at for term in await terms(world, case_id)} == {None}
    world.clock.advance(days=31)
    assert await mark_overdue(world.store) >= 2
    marked = world.clock.now()
    world.clock.advance(minutes=1)
    assert await mark_overdue(world.store) == 0
    assert [term.overdue_at for term in await terms(world, case_id)] == [marked, marked, marked]


async def test_a_paused_or_finished_term_does_not_run_out(world: World) -> None:
    case_id = await with_a_term(world)
    async with world.as_("jiantang.head") as (session, _):
        case = await session.get_one(type(await world.case(case_id)), case_id)
        await timers.pause(session, case, "mediation")
        for kind in ("petition_disposition", "registration_approval"):
            await timers.finish(session, case, kind)
    world.clock.advance(days=400)
    await mark_overdue(world.store)
    assert {term.overdue_at for term in await terms(world, case_id)} == {None}


async def test_the_mark_is_in_the_audit_by_the_systems_name_and_leaves_a_message(world: World) -> None:
    case_id = await with_a_term(world)
    world.clock.advance(days=31)
    await mark_overdue(world.store)
    async with world.owner() as session:
        query = select(AuditRow).where(AuditRow.object_id == str(case_id), AuditRow.action == "timer:overdue")
        rows = list(await session.scalars(query))
        left = select(OutboxRow.topic).where(OutboxRow.payload["case"].astext == str(case_id))
        topics = set(await session.scalars(left))
    assert {row.actor for row in rows} == {"system.deadlines"}
    assert {row.detail["kind"] for row in rows} == {"mediation", "petition_disposition", "registration_approval"}
    assert topics == {"case.changed", "notice.told", "timer.overdue"}
    assert topics <= HANDLERS.keys() | BATCHED


async def test_a_system_subject_has_no_post_and_no_account(world: World) -> None:
    subject = await system_subject(world.store, "system.deadlines")
    assert subject is not None
    assert (subject.account_id, subject.post_id, subject.role) == (None, None, "system")
    assert subject.actor == "system.deadlines"


async def test_by_night_sessions_that_have_ended_are_removed(own_world: World, own_province: Endpoints) -> None:
    await enter(own_world.store, "xgll.aux", PASSWORD)
    own_world.clock.advance(hours=13)
    await enter(own_world.store, "xgll.director", PASSWORD)
    worker = BackgroundWorker(own_province, own_world.clock, HANDLERS)
    await worker._forget({})
    async with own_world.owner() as session:
        logins = select(Account.login).join(SignIn, SignIn.account_id == Account.id)
        assert (await session.scalars(logins)).all() == ["xgll.director"]
    await closed(worker)


async def closed(worker: BackgroundWorker) -> None:
    await worker.relay.close()
    await worker.store.close()
    await worker.queue.disconnect()


async def test_a_run_that_is_broken_off_is_told_as_interrupted_not_as_done_or_failed(
    own_world: World, own_province: Endpoints
) -> None:
    """A worker that is made to stop: the job is tried again; what is known of its last run stays as it was."""
    began, first = asyncio.Event(), True

    async def slow(_context: dict[str, Any]) -> int:
        nonlocal first
        began.set()
        if first:
            first = False
            await asyncio.Event().wait()
        return 7

    worker = BackgroundWorker(own_province, own_world.clock, HANDLERS)
    worker.saq.functions["a._slow"] = slow
    await worker.queue.connect()
    await worker.queue.enqueue("a._slow", retries=2, retry_delay=0)
    with capture_logs() as logs:
        running = asyncio.create_task(worker.saq.process())
        await asyncio.wait_for(began.wait(), 10)
        running.cancel()
        await running
    assert [(one["event"], one["log_level"]) for one in logs if one.get("name") == "slow"] == [
        ("interrupted", "warning")
    ]
    async with own_world.owner() as session:
        assert (await session.scalars(select(JobRun))).all() == []
    await worker.saq.process()
    async with own_world.owner() as session:
        (again,) = await session.scalars(select(JobRun))
        assert (again.name, again.result, again.failed_at) == ("slow", 7, None)
    await closed(worker)
