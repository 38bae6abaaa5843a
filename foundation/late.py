"""What a transaction writes last, just before it commits, because others wait for it.

A row that many need (the head of an audit chain) is locked until the commit: the later it is written, the shorter they
wait. What was noted inside a savepoint goes with it.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

Write = Callable[[AsyncSession, Sequence[Any]], Awaitable[None]]
"""Writes everything that was noted for it, in that order."""
NOTED, BEGUN = "late", "late at savepoints"


class LateSession(Session):
    """Knows what was noted when each of its savepoints began."""


def begin(session: AsyncSession) -> None:
    """A transaction in which may be noted."""
    session.info.update({NOTED: [], BEGUN: {}})


def note(session: AsyncSession, write: Write, *values: Any) -> None:
    """To be written last."""
    session.info[NOTED] += [(write, value) for value in values]


async def write_noted(session: AsyncSession) -> None:
    """All of it; from now on nothing is left to be written."""
    noted, session.info[NOTED] = session.info[NOTED], []
    for write in dict.fromkeys(write for write, _ in noted):
        await write(session, [value for by, value in noted if by is write])


@event.listens_for(LateSession, "after_transaction_create")
def _begun(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info[BEGUN][transaction] = len(session.info[NOTED])


@event.listens_for(LateSession, "after_soft_rollback")
def _rolled_back(session: Session, transaction: SessionTransaction) -> None:
    """To the savepoint, or all of it."""
    if transaction.nested or transaction.parent is None:
        del session.info[NOTED][session.info[BEGUN].get(transaction, 0) :]
