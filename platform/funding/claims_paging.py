"""A page of a list of claims: it goes on after the last row that was seen, by the row's id."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import InvalidInput, invalid
from foundation.language import N_

Row = TypeVar("Row")
MOST = 100
"""Rows on one page."""


def gone() -> InvalidInput:
    return invalid("after", "not_a_choice", N_("没有这一页，请从头看起"))


async def seen(session: AsyncSession, model: type[Row], after: UUID) -> Row:
    """The last row of the page before; raises InvalidInput for one that the session does not see."""
    last = await session.get(model, after)
    if last is None:
        raise gone()
    return last


def cut(rows: Sequence[Row], name: Callable[[Row], UUID]) -> tuple[Sequence[Row], UUID | None]:
    """Of one row more than a page holds: the page, and after which row the next one begins; None = there is none."""
    return rows[:MOST], name(rows[MOST - 1]) if len(rows) > MOST else None
