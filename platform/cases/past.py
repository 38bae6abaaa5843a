"""What stood before: the earlier values of a case's rows, kept by a trigger, so that any past moment can be told.

Only unsealed columns are kept: states, decisions, dates, ids. Words are in papers, which never change.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ForeignKey, Index, inspect, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base

Row = TypeVar("Row", bound=Base)
Earlier = Mapping[tuple[str, UUID], Mapping[str, Any]]
"""(table, id) -> the columns that have changed since a moment, with their values at it."""


class PastRow(Base):
    """One change of one row: when it was made, and what the changed columns held before."""

    __tablename__ = "past_rows"
    __table_args__ = (Index("ix_past_rows_case", "case_id", "recorded_at"),)

    row_id: Mapped[UUID] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(primary_key=True)
    of_table: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    earlier: Mapped[dict[str, Any]] = mapped_column(JSONB)


async def earlier(session: AsyncSession, case_id: UUID, moment: datetime) -> Earlier:
    """What changed after `moment`, as it was then. Row-level security cuts it as it cuts the case's other rows."""
    query = select(PastRow).where(PastRow.case_id == case_id, PastRow.recorded_at > moment)
    found: dict[tuple[str, UUID], dict[str, Any]] = {}
    for change in await session.scalars(query.order_by(PastRow.recorded_at.desc())):
        found.setdefault((change.of_table, change.row_id), {}).update(change.earlier)
    return found


def at(rows: Iterable[Row], changes: Earlier, moment: datetime, born: str = "recorded_at") -> list[Row]:
    """The rows that stood at `moment`, as they were then: copies, which no session writes."""
    return [_then(row, changes) for row in rows if getattr(row, born) <= moment]


def _then(row: Row, changes: Earlier) -> Row:
    mapper = inspect(type(row))
    values = {column.key: getattr(row, column.key) for column in mapper.column_attrs}
    for name, value in changes.get((type(row).__tablename__, values["id"]), {}).items():
        known = mapper.columns.get(name)
        if known is not None:
            values[name] = value if value is None else msgspec.convert(value, known.type.python_type, strict=False)
    return type(row)(**values)
