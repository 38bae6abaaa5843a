"""What recurs by the clock: when each job last ran, how it ended, and when it last failed. One row for each job."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class JobRun(Base):
    """Written by the worker's relay; several workers run a job once between them, so the last one's word stands."""

    __tablename__ = "job_runs"

    name: Mapped[str] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime]
    milliseconds: Mapped[int]
    result: Mapped[int | None] = mapped_column(BigInteger, comment="how many it dealt with; null = it failed")
    failed_at: Mapped[datetime | None] = mapped_column(comment="of the last failure, also when it ran well since")
    last_error: Mapped[str | None] = mapped_column(comment="the error's name, never its text")


async def note(
    connection: AsyncConnection, name: str, now: datetime, milliseconds: int, result: int | None, error: str | None
) -> None:
    """The run that has just ended. A good one keeps what is known of the last failure."""
    ran: dict[str, Any] = {"ran_at": now, "milliseconds": milliseconds, "result": result}
    failed = {"failed_at": now, "last_error": error} if error else {}
    row = insert(JobRun).values(name=name, **ran, **failed)
    await connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={**ran, **failed}))
