"""Which disputes arise where, and how many of them were settled: by place, whoever holds them; unranked (N7)."""

from collections import Counter

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from indicators.hiding import hide
from indicators.models import PlaceCount
from indicators.overview import TOTALS_ONLY, tenant_below
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Place
from tenants.subject import Subject
from tenants.tiers import Tier

PLACE_OF = dict(zip(Tier, (Place.province_id, Place.prefecture_id, Place.county_id, Place.township_id), strict=True))


class DisputeRow(Struct, frozen=True):
    """One type of dispute (code of the dictionary); None = hidden."""

    dispute_type: int
    cases: int | None
    settled: int | None


async def disputes(session: AsyncSession, subject: Subject, tenant_id: int | None = None) -> tuple[DisputeRow, ...]:
    """Types that occur at the tenant's place and below, in the dictionary's order; raises Forbidden, NotFound."""
    gate.require_role(subject, Action.STATS_READ, Relation.NONE)
    tenant = await tenant_below(session, subject, tenant_id)
    query = (
        select(PlaceCount.dispute_type, PlaceCount.ending, func.sum(PlaceCount.cases))
        .join(Place, Place.id == PlaceCount.place_id)
        .where(PLACE_OF[Tier(tenant.tier)] == tenant.place_id)
        .group_by(PlaceCount.dispute_type, PlaceCount.ending)
    )
    cases, settled = Counter[int](), Counter[int]()
    for code, ending, number in await session.execute(query):
        cases[code] += number
        settled[code] += number if ending == "settled" else 0
    codes = sorted(code for code, number in cases.items() if number)
    columns = ([cases[code] for code in codes], [settled[code] for code in codes])
    shown = [hide(column) for column in columns] if subject.role in TOTALS_ONLY else columns
    return tuple(DisputeRow(*row) for row in zip(codes, *shown, strict=True))
