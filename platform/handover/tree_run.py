"""Carrying out a plan for the tree, step by step, each a short transaction: a job that is killed goes on where it was.

First the tree itself changes (organisation.tree_apply), and offers along lines that are no more end. Then the cases
come along: those whose office stays follow in batches that take no longer than a moment; those whose office is no more
go to its successor one by one, by the one way that custody moves. Last, when all who came before have gone, a sweep
finds nothing left. Two jobs at one plan: one does the work.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from time import perf_counter
from uuid import UUID

from msgspec import Struct
from sqlalchemy import or_, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.errors import InvalidInput
from foundation.store import Store, instant
from handover.tree_bringing import Notices, bring, collect, finish, free, hand_up_again, succeed
from handover.tree_passing import MOST, pass_documents, pass_relations, pass_settlements
from handover.tree_stuck import failure_of, note_failure, only_stuck_left, retry_stuck
from organisation.tree_apply import begin
from organisation.tree_plans import PlanState, TreePlan
from organisation.tree_words import ripen
from tenants.subject import Subject

WAITS = text("select tree_waits(:plan)")
FIRST, SMALLEST, LARGEST = 50, 10, 200
"""Cases in a batch: in the first, and at least and at most in those after it."""
FREED = 40
"""Offers that end in one transaction: a moment."""
MOMENT = 0.05
"""Seconds that a batch should take: others wait for its rows four times that at most, also where the machine stalls."""
PAUSE = 0.1
"""Seconds before another round, when somebody holds what is left."""
NOT_OURS = ("TJ409", "TJ403")
"""Another job is at the plan, or it may not begin (any more)."""
BUSY = "55P03"
"""Somebody is just bringing a case in or out: once more."""


class Ran(Struct):
    """What one run did; `longest`: seconds of the longest transaction that held tree, offices or cases. `stuck`: all
    that is left failed and is tried again by the next run."""

    done: bool = False
    stuck: bool = False
    cases: int = 0
    longest: float = 0.0


async def due_plans(store: Store, subject: Subject) -> Sequence[UUID]:
    """Those that have begun and are not done, and those whose day has come."""
    async with store.scoped(subject.scope) as session:
        await ripen(session, subject)
        today = local_date(instant(session))
        ready = (TreePlan.state == PlanState.APPROVED.value) & (TreePlan.effective_on <= today)
        query = select(TreePlan.id).where(or_(TreePlan.state == PlanState.RUNNING.value, ready))
        return (await session.scalars(query.order_by(TreePlan.effective_on, TreePlan.recorded_at))).all()


async def run_plan(
    store: Store, subject: Subject, plan_id: UUID, *, told: Callable[[int], object] | None = None
) -> Ran:
    """To its end; not done when another job is at it, or it can't begin: then `TreePlan.fault` says why.

    `subject`: a system subject in the province's scope.
    """
    ran = Ran()
    try:
        if await _begun(store, subject, plan_id, ran):
            await retry_stuck(store, subject, plan_id)
            while not (ran.done or ran.stuck):
                await _bring_all(store, subject, plan_id, ran, told)
                ran.done = await _finished(store, subject, plan_id, ran)
                ran.stuck = not ran.done and await only_stuck_left(store, subject, plan_id)
                await asyncio.sleep(0 if ran.done else PAUSE)
    except DBAPIError as refused:
        if _code(refused) not in NOT_OURS:
            raise
    return ran


async def _begun(store: Store, subject: Subject, plan_id: UUID, ran: Ran) -> bool:
    """Whether the tree is changed, now or before."""
    try:
        return bool(await _timed(store, subject, ran, partial(_begin, subject=subject, plan_id=plan_id)))
    except InvalidInput as invalid:
        await _tell_fault(store, subject, plan_id, invalid)
        return False


async def _begin(session: AsyncSession, subject: Subject, plan_id: UUID) -> bool:
    state = await session.scalar(select(TreePlan.state).where(TreePlan.id == plan_id))
    if state == PlanState.APPROVED:
        await begin(session, subject, plan_id)
        return True
    return state == PlanState.RUNNING


async def _tell_fault(store: Store, subject: Subject, plan_id: UUID, invalid: InvalidInput) -> None:
    """On the plan, for whoever can mend or withdraw it: which line, which rule. Once, and not on one that somebody has
    withdrawn at that moment."""
    fields = [
        {"field": one.field, "rule": one.rule, "message": one.message, "params": one.params} for one in invalid.fields
    ]
    waits = TreePlan.id == plan_id, TreePlan.state == PlanState.APPROVED.value
    async with store.scoped(subject.scope) as session:
        known = await session.scalar(select(TreePlan.fault).where(*waits))
        if known is None or known["fields"] != fields:
            fault = {"at": instant(session).isoformat(), "fields": fields}
            await session.execute(update(TreePlan).where(*waits).values(fault=fault))


async def _bring_all(
    store: Store, subject: Subject, plan_id: UUID, ran: Ran, told: Callable[[int], object] | None
) -> None:
    async with store.scoped(subject.scope) as session:
        await collect(session, plan_id)
    await _free_all(store, subject, plan_id, ran)
    await _in_batches(store, subject, plan_id, ran, told)
    while await _next(store, subject, plan_id, ran):
        pass
    for passes in (pass_relations, pass_settlements, pass_documents):
        await _to_its_end(store, subject, ran, partial(passes, plan_id=plan_id))
    await hand_up_again(store, subject, plan_id)


async def _free_all(store: Store, subject: Subject, plan_id: UUID, ran: Ran) -> None:
    """Batch by batch; an offer that somebody is just answering comes last, and is waited for."""
    wait = False
    while True:
        try:
            freed = await _timed(store, subject, ran, partial(free, plan_id=plan_id, limit=FREED, wait=wait))
        except DBAPIError as busy:
            if _code(busy) != BUSY:
                raise
            await asyncio.sleep(PAUSE)
            continue
        if not freed and wait:
            return
        wait = not freed


async def _next(store: Store, subject: Subject, plan_id: UUID, ran: Ran) -> bool:
    """One case to its successor; one that can't go is put last with the reason. False: there is none to take."""
    taken: list[UUID] = []
    try:
        await _timed(store, subject, ran, partial(succeed, subject=subject, plan_id=plan_id, taken=taken))
    except Exception as error:  # whatever this case meets must not hold up the others
        if not taken or (why := failure_of(error)) is None:
            raise
        await note_failure(store, subject, plan_id, taken[0], why)
    else:
        ran.cases += len(taken)
    return bool(taken)


async def _to_its_end(
    store: Store, subject: Subject, ran: Ran, passes: Callable[[AsyncSession], Awaitable[int]]
) -> None:
    """Batch by batch, until one is not full; what somebody holds just now is asked for again."""
    passed = MOST
    while passed == MOST:
        try:
            passed = await _timed(store, subject, ran, passes)
        except DBAPIError as busy:
            if _code(busy) != BUSY:
                raise
            await asyncio.sleep(PAUSE)


async def _in_batches(
    store: Store, subject: Subject, plan_id: UUID, ran: Ran, told: Callable[[int], object] | None
) -> None:
    """As large as a moment allows. What is held by others comes last, and is waited for."""
    size, wait = FIRST, False
    notices: Notices = {}
    while True:
        began = perf_counter()
        batch = partial(bring, subject=subject, plan_id=plan_id, limit=size, wait=wait, notices=notices)
        try:
            brought = await _timed(store, subject, ran, batch)
        except DBAPIError as busy:
            if _code(busy) != BUSY:
                raise
            size = max(1, size // 2)  # and it may grow again
            continue
        ran.cases += brought
        if told:
            told(ran.cases)
        if not brought and wait:
            return
        wait = not brought
        if brought == size:
            size = max(SMALLEST, min(LARGEST, int(size * MOMENT / (perf_counter() - began))))


async def _timed(store: Store, subject: Subject, ran: Ran, work: Callable[[AsyncSession], Awaitable[int]]) -> int:
    began = perf_counter()
    async with store.scoped(subject.scope) as session:
        done = await work(session)
    ran.longest = max(ran.longest, perf_counter() - began)
    return done


async def _finished(store: Store, subject: Subject, plan_id: UUID, ran: Ran) -> bool:
    try:
        await _timed(store, subject, ran, partial(_waited, plan_id=plan_id))
    except DBAPIError as busy:
        if _code(busy) != BUSY:
            raise
        return False
    async with store.scoped(subject.scope) as session:
        return await finish(session, subject, plan_id)


async def _waited(session: AsyncSession, plan_id: UUID) -> int:
    """For who read the tree before it changed, and has not committed yet."""
    await session.execute(WAITS, {"plan": plan_id})
    return 0


def _code(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", ""))
