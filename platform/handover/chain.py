"""The chain of holders: who had a case, since when, how long, and how it came there."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.custody import CustodyMove, moves_of
from cases.models import Case
from cases.origins import CaseOrigin
from cases.timeline import holder_tenant
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.language import N_
from foundation.store import instant
from handover.models import CustodyLoop
from tenants.models import Tenant


class CameBy(Choice):
    REGISTERED = "registered", N_("登记")
    OUTSIDE = "outside", N_("外部系统移交")
    HANDED = "handed", N_("移交")
    NAMED = "named", N_("指定办理")
    TREE = "tree", N_("区划调整")


SOURCES = {"handover_offers": CameBy.HANDED, "holder_disputes": CameBy.NAMED, "tree_plans": CameBy.TREE}


class Stay(Struct, frozen=True):
    """One holder's time with the case. `until` None = it holds it now; `loop`: the case had been there before."""

    office_id: int
    tenant_id: int
    tier: str
    since: datetime
    until: datetime | None
    days: int
    """Whole days by the calendar of Yunnan, counted against this holder; the last one's until the case was closed."""
    came_by: str
    loop: str | None


async def stays(
    session: AsyncSession, case: Case, origin: CaseOrigin | None = None, moves: Sequence[CustodyMove] | None = None
) -> tuple[Stay, ...]:
    """Oldest first, as far as the session's scope shows; a former holder sees them until it gave the case away.

    `origin`: of a case that another system handed over; until that day it was with no office of ours. `moves`: if they
    are in hand.
    """
    moves = await moves_of(session, case.id) if moves is None else moves
    loops = {row.number: row.kind for row in await loops_of(session, case)}
    begins = _begins(case, moves, origin)
    ends: list[datetime | None] = [at for _, _, at, _, _ in begins[1:]]
    if begins[-1][0] == case.holder_office_id:
        ends.append(None)
    tiers = await _tiers(session, {tenant for _, tenant, _, _, _ in begins})
    stops = case.closed_at or instant(session)
    return tuple(
        Stay(office, tenant, tiers[tenant], since, until, _days(since, until or stops), came, loops.get(number))
        for (office, tenant, since, came, number), until in zip(begins, ends, strict=False)
    )


async def loops_of(session: AsyncSession, case: Case) -> Sequence[CustodyLoop]:
    query = select(CustodyLoop).where(CustodyLoop.case_id == case.id).order_by(CustodyLoop.number)
    return (await session.scalars(query)).all()


Begin = tuple[int, int, datetime, str, int]
"""Office, tenant, since, how it came, number of the move."""


def _begins(case: Case, moves: Sequence[CustodyMove], origin: CaseOrigin | None) -> list[Begin]:
    held = (case.holder_office_id, holder_tenant(case))
    first = (moves[0].from_office_id, moves[0].from_tenant_id) if moves else held
    return [
        (*first, origin.recorded_at, CameBy.OUTSIDE.value, 0)
        if origin
        else (*first, case.filed_at, CameBy.REGISTERED.value, 0),
        *((one.to_office_id, one.to_tenant_id, one.recorded_at, came_by(one.source), one.number) for one in moves),
    ]


def came_by(source: str) -> str:
    """Of a move's source."""
    return SOURCES[source.partition(":")[0]].value


async def _tiers(session: AsyncSession, tenants: set[int]) -> dict[int, str]:
    rows = await session.execute(select(Tenant.id, Tenant.tier).where(Tenant.id.in_(tenants)))
    return {tenant: tier for tenant, tier in rows}


def _days(since: datetime, until: datetime) -> int:
    return max(0, (local_date(until) - local_date(since)).days)
