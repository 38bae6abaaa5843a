"""The dated data that the decision reads beside the table: tariff and the province's defaults."""

from collections.abc import Iterator
from functools import cache

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from funding.defaults import Defaults, load_defaults
from funding.payer_defaults import defaults
from funding.rows import Ask, Follow, Row
from funding.table import TABLE
from funding.table.finance import FINANCE
from funding.tariff import Tariff, load_tariff
from funding.tariff_rates import tariff


class Rulebook(msgspec.Struct, frozen=True):
    tariff: Tariff
    defaults: Defaults


@cache
def shipped() -> Rulebook:
    """The data that comes with the platform."""
    return Rulebook(load_tariff(), load_defaults(offered()))


async def rulebook(session: AsyncSession) -> Rulebook:
    """What is in force, was and will be: as the levels have approved it."""
    return Rulebook(await tariff(session), await defaults(session))


def every_row() -> Iterator[Row]:
    """All lines of the table, those inside options included, in reading order."""
    for section in TABLE.values():
        yield from _with_inner(section.rows)
    yield from _with_inner(FINANCE)


def offered() -> dict[str, frozenset[str]]:
    """Open row -> the choices between which the province may decide."""
    return {row.id: frozenset(row.effect.options) for row in every_row() if isinstance(row.effect, Ask)}


def _with_inner(rows: tuple[Row, ...]) -> Iterator[Row]:
    for row in rows:
        yield row
        if isinstance(row.effect, Ask):
            for inner in row.effect.options.values():
                yield from _with_inner(inner)
        elif isinstance(row.effect, Follow):
            yield from _with_inner(row.effect.rows)
