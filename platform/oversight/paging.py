"""Lists page by page, after the row that was seen last: what they have in common."""

from collections.abc import Sequence
from typing import Annotated, TypeVar
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import InvalidInput, invalid
from foundation.language import N_

PAGE = 100
Row = TypeVar("Row")


class After(Struct, frozen=True, kw_only=True):
    """What a program asks such a list by."""

    after: Annotated[UUID, Meta(title=N_("接着上一页"))] | None = None


async def seen(session: AsyncSession, model: type[Row], after: UUID) -> Row:
    """The last row of the page before; raises InvalidInput for one that the session does not see."""
    last = await session.get(model, after)
    if last is None:
        raise no_page()
    return last


def no_page() -> InvalidInput:
    """What `after` names is no row of this list."""
    return invalid("after", "not_a_choice", N_("没有这一页，请从头看起"))


def goes_on(ids: Sequence[UUID], size: int) -> UUID | None:
    """After which row the next page begins, of one row more than a page holds; None = there is none."""
    return ids[size - 1] if len(ids) > size else None
