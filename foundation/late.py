"""What a transaction writes last, in one statement that goes with its commit (foundation.bounds).

A row that many need (the head of an audit chain) is locked until the commit: the later it is written, the shorter they
wait. Whatever nobody reads before the end (messages, kept answers, looks) goes with it in the same round trip. What was
noted inside a savepoint goes with it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from foundation import direct

NOTED, BEGUN = "late", "late at savepoints"


class Part(Struct, frozen=True):
    """A statement that writes all its rows at once: `sql` finds them as JSON in `{rows}`, and the instant in $2.

    `calls`: it is a select that writes by a function, and stands at the end; at most one part is so.
    """

    name: str
    sql: str
    calls: bool = False


Noted = tuple[Part, Any]
"""A row is anything that becomes a JSON object with the names that its part's SQL asks for."""


class LateSession(Session):
    """Knows what was noted when each of its savepoints began."""


def begin(session: AsyncSession) -> None:
    """A transaction in which may be noted."""
    session.info.update({NOTED: [], BEGUN: {}})


def note(session: AsyncSession, rows: Sequence[Noted]) -> None:
    """To be written last."""
    session.info[NOTED] += rows


async def write_noted(session: AsyncSession) -> None:
    """All of it, together with the commit; from now on nothing is left to be written."""
    noted, session.info[NOTED] = session.info[NOTED], []
    if noted:
        sql, content = _told(noted)
        await direct.close_with(session, sql, content, session.info["instant"].isoformat())


async def write(session: AsyncSession, rows: Sequence[Noted]) -> None:
    """In one round trip, part by part; what the session holds back is flushed before."""
    if rows:
        await direct.fetch(session, *_told(rows), session.info["instant"])


def _told(rows: Sequence[Noted]) -> tuple[str, str]:
    """The statement, and its rows by part."""
    by_part: dict[Part, list[Any]] = {}
    for part, row in rows:
        by_part.setdefault(part, []).append(row)
    content = {part.name: given for part, given in by_part.items()}
    return _statement(tuple(by_part)), msgspec.json.encode(content).decode()


@lru_cache(maxsize=100)
def _statement(parts: tuple[Part, ...]) -> str:
    """What writes by itself runs to its end whether or not it is asked for; what calls has to be asked for."""
    writing = ", ".join(f"late_{part.name} as ({_sql(part)})" for part in parts if not part.calls)
    calling = [_sql(part) for part in parts if part.calls]
    asked = calling[0] if calling else "select"
    return f"with noted_at as (select $2::timestamptz){', ' if writing else ''}{writing} {asked}"


def _sql(part: Part) -> str:
    return part.sql.replace("{rows}", f"($1::jsonb -> '{part.name}')")


@event.listens_for(LateSession, "after_transaction_create")
def _begun(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info[BEGUN][transaction] = len(session.info[NOTED])


@event.listens_for(LateSession, "after_soft_rollback")
def _rolled_back(session: Session, transaction: SessionTransaction) -> None:
    """To the savepoint, or all of it."""
    if transaction.nested or transaction.parent is None:
        del session.info[NOTED][session.info[BEGUN].get(transaction, 0) :]
