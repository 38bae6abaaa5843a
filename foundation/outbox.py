"""Side effects leave through rows written in the same transaction as the fact; the relay delivers at least once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.batch import write_last_as
from foundation.direct import made
from foundation.ids import new_id
from foundation.model import Base
from foundation.store import instant


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "available_at", postgresql_where=text("done_at is null and set_aside_at is null")),
        Index("ix_outbox_aside", "set_aside_at", postgresql_where=text("set_aside_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(comment="ids and codes only, never personal data")
    created_at: Mapped[datetime]
    available_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(comment="the error's name, never its text")
    set_aside_at: Mapped[datetime | None] = mapped_column(comment="tried too often: waits for a person; done = dropped")


async def publish(session: AsyncSession, topic: str, **payload: Any) -> None:
    """Leave a message for the worker; it goes with the transaction or not at all."""
    now = instant(session)
    row = {"id": new_id(now), "topic": topic, "payload": payload, "created_at": now, "available_at": now, "attempts": 0}
    write_last_as(session, OutboxRow, row)


def message(now: datetime, topic: str, **payload: Any) -> OutboxRow:
    """The row of `publish`, for who writes several at once."""
    row = {"id": new_id(now), "topic": topic, "payload": payload, "created_at": now, "available_at": now}
    return made(OutboxRow, row)
