"""Sealed columns, found in the models: batches of rows that some other key sealed, exchanged where still unchanged."""

from collections.abc import Iterator, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Table,
    and_,
    func,
    or_,
    select,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.cipher import Sealed
from foundation.keyring import HEADER, Keyring, KeyUnknown
from migrations.metadata import metadata
from server.resealing.exchanged import AnyRow, Exchanged

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


class SealedTable(Struct, frozen=True):
    """A table with its key and its sealed columns."""

    table: Table
    key: tuple[Column[Any], ...]
    columns: tuple[Column[Any], ...]
    purposes: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.table.name


def sealed_tables() -> list[SealedTable]:
    """Every table that holds ciphertext, by name."""
    return sorted(_sealed_tables(), key=lambda one: one.name)


def _sealed_tables() -> Iterator[SealedTable]:
    for table in metadata.sorted_tables:
        found = {column: column.type.purpose for column in table.columns if isinstance(column.type, Sealed)}
        if found:
            yield SealedTable(table, tuple(table.primary_key.columns), tuple(found), tuple(found.values()))


async def headers(session: AsyncSession, one: SealedTable) -> dict[bytes | None, int]:
    """How many values each key and suite has sealed here."""
    found: dict[bytes | None, int] = {}
    for column in one.columns:
        header = _header(column)
        for made_by, count in await session.execute(
            select(header, func.count()).where(column.is_not(None)).group_by(header)
        ):
            found[bytes(made_by)] = found.get(bytes(made_by), 0) + count
    return found


async def batch(
    session: AsyncSession, one: SealedTable, header: bytes, after: Sequence[Any] | None, size: int
) -> list[AnyRow]:
    """The next rows in the order of the key in which a value begins otherwise than `header`."""
    query = select(*one.key, *(_raw(column) for column in one.columns)).where(_stale(one, header))
    if after is not None:
        query = query.where(tuple_(*one.key) > tuple_(*after))
    return [tuple(row) for row in await session.execute(query.order_by(*one.key).limit(size))]


async def waiting(session: AsyncSession, one: SealedTable, header: bytes) -> int:
    """How many rows there are of which a value begins otherwise than `header`."""
    return await session.scalar(select(func.count()).select_from(one.table).where(_stale(one, header))) or 0


async def exchange(session: AsyncSession, one: SealedTable, rows: Sequence[AnyRow], ring: Keyring) -> Exchanged:
    """Seal the rows anew. One that somebody has changed in the meantime stays as it is, and so does what won't open."""
    anew = [(row, sealed) for row in rows if (sealed := _anew(one, row, ring)) is not None]
    if not anew:
        return Exchanged(0, len(rows))
    width = len(one.key)
    lists: dict[str, list[Sequence[Any]]] = {
        "k": [row[:width] for row, _ in anew],
        "o": [row[width:] for row, _ in anew],
        "n": [new for _, new in anew],
    }
    parameters = {
        f"{letter}{n}": list(values)
        for letter, found in lists.items()
        for n, values in enumerate(zip(*found, strict=True))
    }
    changed: int = (await session.execute(text(_statement(one)), parameters)).rowcount  # type: ignore[attr-defined]  # an UPDATE's result has it
    return Exchanged(changed, len(rows) - len(anew))


def _anew(one: SealedTable, row: AnyRow, ring: Keyring) -> list[bytes | None] | None:
    """The row's values under the current key; None when one of them was altered or its key is gone."""
    values = row[len(one.key) :]
    try:
        return [value and ring.seal(ring.open(value, to), to) for value, to in zip(values, one.purposes, strict=True)]
    except (InvalidTag, KeyUnknown):
        return None


def _statement(one: SealedTable) -> str:
    """UPDATE … FROM arrays: one statement for a batch, each row only if its ciphertexts are still the old ones."""
    kinds = [column.type.compile(DIALECT) for column in one.key]
    arrays = [f"cast(:k{n} as {kind}[])" for n, kind in enumerate(kinds)]
    names = [f"k{n}" for n in range(len(one.key))]
    for letter in ("o", "n"):
        arrays += [f"cast(:{letter}{n} as bytea[])" for n in range(len(one.columns))]
        names += [f"{letter}{n}" for n in range(len(one.columns))]
    sets = ", ".join(f"{column.name} = x.n{n}" for n, column in enumerate(one.columns))
    same = [f"t.{column.name} = x.k{n}" for n, column in enumerate(one.key)]
    same += [f"t.{column.name} is not distinct from x.o{n}" for n, column in enumerate(one.columns)]
    return (
        f"update {one.name} t set {sets} from unnest({', '.join(arrays)}) as x({', '.join(names)})"
        f" where {' and '.join(same)}"
    )


def _stale(one: SealedTable, header: bytes) -> ColumnElement[bool]:
    return or_(*(and_(column.is_not(None), _header(column) != header) for column in one.columns))


def _raw(column: Column[Any]) -> ColumnElement[bytes]:
    """The ciphertext itself."""
    return type_coerce(column, LargeBinary)


def _header(column: Column[Any]) -> ColumnElement[bytes]:
    return func.substring(_raw(column), 1, HEADER, type_=LargeBinary)
