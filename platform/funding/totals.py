"""Who has spent what on a case, and who has promised what: totals per tenant, without a person (费随案走)."""

from datetime import date

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.clock import local_date
from foundation.store import instant
from funding.custody import holder_on
from funding.fees import Fee
from funding.travel_requests import Trip, TripStatus
from tenants.models import Office

SPENT = (TripStatus.APPROVED, TripStatus.PAID)
PROMISED = (TripStatus.REQUESTED, TripStatus.APPROVED)


class Totals(Struct):
    """In fen. `third_party`: fees paid to institutions while the tenant held the case, whoever bears them; `incurred`:
    trips begun; `committed`: trips asked for or approved that still lie ahead."""

    tenant_id: int
    third_party: int = 0
    incurred: int = 0
    committed: int = 0


async def totals_of(session: AsyncSession, case: Case) -> list[Totals]:
    """One per tenant that has any; in the order in which each first spent."""
    found: dict[int, Totals] = {}
    for day, fen in await session.execute(_fees(case)):
        tenant = (await holder_on(session, case, day)).id
        found.setdefault(tenant, Totals(tenant)).third_party += int(fen)
    today = local_date(instant(session))
    for tenant, status, starts_on, fen in await session.execute(_trips(case)):
        _add(found.setdefault(tenant, Totals(tenant)), status, starts_on > today, fen)
    return [one for one in found.values() if one.third_party or one.incurred or one.committed]


def _add(totals: Totals, status: str, ahead: bool, fen: int) -> None:
    if ahead and status in PROMISED:
        totals.committed += fen
    elif not ahead and status in SPENT:
        totals.incurred += fen


def _fees(case: Case) -> Select[date, int]:
    query = select(Fee.incurred_on, func.sum(Fee.actual_fen)).where(Fee.case_id == case.id)
    return query.group_by(Fee.incurred_on).order_by(Fee.incurred_on)


def _trips(case: Case) -> Select[int, str, date, int]:
    query = select(Office.tenant_id, Trip.status, Trip.starts_on, Trip.standard_fen)
    return query.join(Office, Office.id == Trip.office_id).where(Trip.case_id == case.id).order_by(Trip.starts_on)
