"""Whether the counters of money say what the books say; an owner's session, or the province's scope."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.model import Base
from funding.money_counts import MoneyCount, SettledCount, UnitBalance

COUNTED: dict[type[Base], str] = {
    MoneyCount: "counted_money",
    UnitBalance: "counted_units",
    SettledCount: "counted_settled",
}
"""Each counter with the view that counts the books anew (migrations.counting_money)."""


class MoneyDifference(Struct, frozen=True):
    """One counter that is wrong; `key` in the order of its primary key, `sums` the names of what was counted."""

    table: str
    key: tuple[Any, ...]
    sums: tuple[str, ...]
    stored: tuple[int, ...]
    counted: tuple[int, ...]


async def recount_money(session: AsyncSession) -> list[MoneyDifference]:
    """Every counter that differs from the books; none if all is well."""
    return [found for model, view in COUNTED.items() for found in await _differences(session, model, view)]


async def repair_money(session: AsyncSession) -> None:
    """Count anew from nothing; an owner's session. Booking waits until it has committed."""
    await session.execute(text("lock table ledger_entries, settlements in share mode"))
    await session.execute(text("select recount_money()"))


async def _differences(session: AsyncSession, model: type[Base], view: str) -> list[MoneyDifference]:
    columns = model.__table__.columns
    keys = [column.name for column in columns if column.primary_key]
    sums = [column.name for column in columns if not column.primary_key]
    stored, counted = (", ".join(f"coalesce({side}.{name}, 0)" for name in sums) for side in ("stored", "counted"))
    query = (
        f"select {', '.join(keys)}, {stored}, {counted} from {model.__tablename__} stored"
        f" full join {view} counted using ({', '.join(keys)}) where ({stored}) <> ({counted}) order by 1, 2"
    )
    rows = await session.execute(text(query))
    return list(_told(model.__tablename__, len(keys), tuple(sums), rows))


def _told(table: str, keys: int, sums: tuple[str, ...], rows: Any) -> Iterator[MoneyDifference]:
    for row in rows:
        values, counted = tuple(row), keys + len(sums)
        yield MoneyDifference(table, values[:keys], sums, values[keys:counted], values[counted:])
