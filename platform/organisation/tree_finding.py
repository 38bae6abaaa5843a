"""Finding a unit by a code or a name that it has or ever had: an old paper still leads to who answers today."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import NotFound
from organisation.tree_history import PlaceVersion, TenantVersion
from organisation.tree_reading import Kin, TenantHistory, histories_of, same_place

MOST = 20


class Found(Struct, frozen=True):
    """As it is now, or was last. `formerly`: other names, codes and parents, newest first; `now`: who came after."""

    tenant_id: int
    name: str
    code: str
    above: str
    ended_on: date | None
    formerly: tuple[str, ...]
    now: tuple[Kin, ...]


async def units_named(session: AsyncSession, words: str) -> list[Found]:
    """Whose code is or was `words`, or whose name holds or held every word; exact names come first."""
    asked = words.split()
    if not asked:
        return []
    query = (
        select(TenantVersion.tenant_id)
        .join(PlaceVersion, same_place())
        .where(_called(asked))
        .group_by(TenantVersion.tenant_id)
        .order_by(func.bool_or(TenantVersion.name == words).desc(), TenantVersion.tenant_id)
        .limit(MOST)
    )
    return [_found(one) for one in await histories_of(session, (await session.scalars(query)).all())]


async def present_unit(session: AsyncSession, code: str) -> int:
    """The tenant in force whose code is or was this one, or the only one that came after it; raises NotFound.

    Codes of statistics come last: they number otherwise, and mean another unit than the same code of an old paper.
    """
    found = await units_named(session, code)
    for one in sorted(found, key=lambda one: (one.code != code, code not in one.formerly)):
        if one.ended_on is None:
            return one.tenant_id
        if len(one.now) == 1:
            return one.now[0].tenant_id
    raise NotFound


def _called(asked: list[str]) -> ColumnElement[bool]:
    named = and_(*(TenantVersion.name.contains(word, autoescape=True) for word in asked))
    return (
        or_(PlaceVersion.code_mca == asked[0], PlaceVersion.code_nbs == asked[0], named) if len(asked) == 1 else named
    )


def _found(told: TenantHistory) -> Found:
    last, *earlier = told.spells
    named = _others(last.name, (one.name for one in earlier))
    coded = _others(last.code, (one.code for one in earlier))
    below = _others(last.parent, (one.parent for one in earlier))
    formerly = (*named, *coded, *below)
    return Found(told.tenant_id, last.name, last.code, last.parent, told.ended_on, formerly, told.successors)


def _others(now: str, before: Iterable[str]) -> list[str]:
    return [one for one in dict.fromkeys(before) if one and one != now]
