"""Who has nothing to do with the case: sisters, look-alikes, the removed, the ended, administrators."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.relations import ROLE_OF
from policies.relations import Relation
from tenants.models import Office, Tenant
from tests.leaks.guests import admit, relate


class Stranger(Struct, frozen=True):
    name: str
    token: str
    person_id: UUID


class Seat(Struct, frozen=True):
    """A role at an office; with a relation to the case that gives nothing now."""

    name: str
    role: str
    office_id: int
    relation: Relation | None = None
    since: timedelta = timedelta(days=-1)
    until: timedelta = timedelta(days=1)


async def look_alikes(session: AsyncSession, tenant_id: int, kind: str) -> dict[int, int]:
    """Offices of tenants of other branches whose id begins with the digits of this one: tenant → office."""
    query = (
        select(Tenant.id, Office.id)
        .join(Office, Office.tenant_id == Tenant.id)
        .where(text("tenants.id::text like :digits || '%' and tenants.id <> :own and county_id is distinct from :own"))
        .where(Office.kind == kind)
        .order_by(Tenant.id)
        .limit(2)
    )
    return dict((await session.execute(query, {"digits": str(tenant_id), "own": tenant_id})).all())


async def make(session: AsyncSession, seats: Sequence[Seat], case_id: UUID, now: datetime) -> list[Stranger]:
    guests = await admit(session, [(seat.role, seat.office_id) for seat in seats], now)
    for seat, guest in zip(seats, guests, strict=True):
        if seat.relation is not None:
            role = ROLE_OF.get(seat.relation)
            await relate(session, case_id, guest.person_id, seat.relation, role, now + seat.since, now + seat.until)
    return [Stranger(seat.name, guest.token, guest.person_id) for seat, guest in zip(seats, guests, strict=True)]
