"""A query written in SQLAlchemy, compiled once, and run by the driver itself: for the few reads that must be fast.

SQLAlchemy's own work on a statement (cache key, parameters, result, instances) costs more than PostgreSQL's.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect

DIALECT = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's dialects have no types


class Prepared(Struct, frozen=True):
    """`sql` with $1, $2 …; `values` in their order, None where `names` says that the value comes with each call."""

    sql: str
    names: Sequence[str]
    values: dict[str, Any]

    def arguments(self, **late: Any) -> list[Any]:
        """In the order of the text; `late` are the `bindparam`s that had no value when it was compiled."""
        given = {**self.values, **late}
        return [given[name] for name in self.names]


def prepare(query: Select[Any]) -> Prepared:
    """The query's text and values, as the driver takes them (uuids, instants, numbers, texts and lists of them)."""
    compiled = query.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    return Prepared(str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params))
