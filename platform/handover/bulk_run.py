"""A batch at work: one case after the other, each in a transaction of its own, which also marks its item.

A process killed at any instant leaves every case either done with its item or neither: the next one goes on there.
Two workers on one batch never take the same item.
"""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import exists, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.acts import perform
from cases.catalogue import Catalogue
from cases.models import Case
from foundation import mishaps
from foundation.database_refusals import Busy, named_refusal
from foundation.errors import DomainError, InvalidInput, NotFound
from foundation.language import N_
from foundation.store import Scope, Store, instant
from handover.bulk_kinds import WORKS, Work
from handover.bulk_models import Batch, BatchItem, BatchKind, BatchState, ItemState
from handover.bulk_start import go_on_later
from policies import gate
from tenants.standing import acting
from tenants.subject import Subject

OUT_OF_SIGHT = text("select bulk_out_of_sight(:batch)")
SLICE = 25
"""Cases of one message: far less than its lease takes."""


class Unexpected(DomainError):
    """A defect at one case, on record in the log, holds up none of the others."""

    code = "unexpected"
    status = 500
    message = N_("系统出错，本案未办理；请单独办理，或者告诉管理员")


async def go_on(store: Store, catalogue: Catalogue, batch_id: UUID, scope: Scope) -> None:
    """Do a slice, and leave word for the next one; end the batch when nothing waits."""
    for _ in range(SLICE):
        if not await _next(store, catalogue, batch_id, scope):
            return await _end(store, batch_id, scope)
    async with store.scoped(scope) as session:
        await go_on_later(session, await session.get_one(Batch, batch_id))


async def _next(store: Store, catalogue: Catalogue, batch_id: UUID, scope: Scope) -> bool:
    """One case; False when there is none to take, or when nobody stands behind the batch any more."""
    async with store.scoped(scope) as session:
        found = await _taken(session, batch_id)
        if found is None:
            return False
        batch, ordinal, case_id = found
        session.info["token_id"] = batch.token_id  # the audit names the program that ordered it
        subject = await acting(session, batch.person_id, batch.post_id, batch.token_id)
        if subject is None:
            await _mark_batch(session, batch_id, BatchState.STOPPED)
            return False
        state, refusal = await _outcome(session, subject, catalogue, batch, case_id)
        item = update(BatchItem).where(BatchItem.batch_id == batch_id, BatchItem.ordinal == ordinal)
        await session.execute(item.values(state=state, refusal=refusal, decided_at=instant(session)))
        return True


async def _taken(session: AsyncSession, batch_id: UUID) -> tuple[Batch, int, UUID] | None:
    """The first waiting item, locked until this transaction ends; one that is locked is another worker's."""
    query = (
        select(Batch, BatchItem.ordinal, BatchItem.case_id)
        .join(BatchItem, BatchItem.batch_id == Batch.id)
        .where(Batch.id == batch_id, Batch.state == BatchState.RUNNING, BatchItem.state == ItemState.WAITING)
        .order_by(BatchItem.ordinal)
        .limit(1)
        .with_for_update(of=BatchItem, skip_locked=True)
    )
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1], row[2]) if row and row[2] else None


async def _outcome(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, batch: Batch, case_id: UUID
) -> tuple[ItemState, dict[str, Any] | None]:
    """Raises only what may pass by itself: the server is busy or was lost. Not found is the case alone: of what the act
    itself does not find, it tells.
    """
    work, case = WORKS[BatchKind(batch.kind)], None
    try:
        async with session.begin_nested():
            case = await gate.fetch(session, subject, work.action, case_id, lock=True)
            await _do(session, subject, catalogue, work, dict(batch.form), case)
    except Exception as error:  # whatever this case meets must not hold up the others
        if case is None and isinstance(error, NotFound):
            return ItemState.NOT_FOUND, None
        named = error if isinstance(error, DomainError) else named_refusal(error)
        if isinstance(named, Busy):
            raise
        if named is None:
            mishaps.record(error)
        return ItemState.REFUSED, _told(named or Unexpected())
    return ItemState.DONE, None


async def _do(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, work: Work, given: dict[str, Any], case: Case
) -> None:
    """By the door that every act takes; the case was locked first, so the version is the one that the act meets."""
    form = msgspec.convert(given, work.form, strict=False)
    for name, own in await work.steps(session, subject, case, form):
        await perform(session, subject, catalogue, case.id, name, own, case.version)


def _told(error: DomainError) -> dict[str, Any]:
    """Code and msgids, to be said in the reader's language."""
    if isinstance(error, InvalidInput):
        says = [[one.message, _plain(one.params)] for one in error.fields]
    else:
        says = [[error.message, _plain(error.params)]]
    return {"code": error.code, "says": says}


def _plain(params: dict[str, object]) -> dict[str, object]:
    return {name: value if isinstance(value, int | str) else str(value) for name, value in params.items()}


async def _end(store: Store, batch_id: UUID, scope: Scope) -> None:
    """Done, unless another worker still has one of the items in hand; what nobody may see any more is not found."""
    async with store.scoped(scope) as session:
        await session.execute(OUT_OF_SIGHT, {"batch": batch_id})
        waits = exists().where(BatchItem.batch_id == batch_id, BatchItem.state == ItemState.WAITING)
        if not await session.scalar(select(waits)):
            await _mark_batch(session, batch_id, BatchState.DONE)


async def _mark_batch(session: AsyncSession, batch_id: UUID, state: BatchState) -> None:
    running = update(Batch).where(Batch.id == batch_id, Batch.state == BatchState.RUNNING)
    await session.execute(running.values(state=state, ended_at=instant(session)))
