"""The offices that a rule names for one dispute, and what came with the program where no tenant has rules."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import TIER_COLUMNS, Case, CaseRelation
from cases.units import conflicted_tenants
from foundation.clock import local_date
from foundation.store import instant
from oversight.warning_rules import Occasion, WarningRule
from policies.relations import Relation
from tenants.models import Office, Tenant
from tenants.tiers import Tier

FILE = Path(__file__).parent / "data" / "warning_rules.csv"


class Ruled(Struct, frozen=True):
    """One office that a rule names, and the help asked of it; `rule_id` None = came with the program."""

    office_id: int
    help_needed: str
    rule_id: UUID | None


class Shipped(Struct, frozen=True):
    occasion: str
    tier: str
    office_kind: str
    help_needed: str


@cache
def shipped() -> Sequence[Shipped]:
    """What holds until a tenant has rules of its own."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Shipped(**row) for row in csv.DictReader(file))


async def named_by_rule(session: AsyncSession, case: Case, occasion: Occasion) -> list[Ruled]:
    """The offices for this dispute, each once; never the holder's, and of no tenant that is itself concerned (N3)."""
    rows = await _rows(session, case, occasion)
    path = await _path(session, case.place_id)
    apart = await concerned(session, case)
    named = [row.office_id for row in rows if isinstance(row, WarningRule) and row.office_id is not None]
    query = select(Office.id, Office.tenant_id, Office.kind).where(
        Office.valid_to.is_(None), or_(Office.tenant_id.in_(path.values()), Office.id.in_(named))
    )
    offices = (await session.execute(query.order_by(Office.id))).all()
    found: dict[int, Ruled] = {}
    for row in rows:
        for office_id, tenant_id, kind in offices:
            if tenant_id in apart or office_id == case.holder_office_id:
                continue
            if _means(row, office_id, kind, tenant_id, path):
                rule_id = row.id if isinstance(row, WarningRule) else None
                found.setdefault(office_id, Ruled(office_id, row.help_needed, rule_id))
    return list(found.values())


def _means(row: WarningRule | Shipped, office_id: int, kind: str, tenant_id: int, path: Mapping[str, int]) -> bool:
    if isinstance(row, WarningRule) and row.office_id is not None:
        return row.office_id == office_id
    return row.office_kind == kind and path.get(row.tier or "") == tenant_id


async def concerned(session: AsyncSession, case: Case) -> frozenset[int]:
    """Tenants whose own organ the dispute is with, or that are complained of."""
    now = instant(session)
    query = select(CaseRelation.tenant_id).where(
        CaseRelation.case_id == case.id, CaseRelation.relation == Relation.COMPLAINED_OF,
        CaseRelation.until > now, CaseRelation.since <= now,
    )  # fmt: skip
    complained = {tenant for tenant in await session.scalars(query) if tenant is not None}
    return await conflicted_tenants(session, case.id) | complained


async def _rows(session: AsyncSession, case: Case, occasion: Occasion) -> Sequence[WarningRule | Shipped]:
    """Of the nearest tenant from the holder up that has any for the occasion, as far as they concern this dispute."""
    line = [tenant for tenant in (getattr(case, column) for column in reversed(TIER_COLUMNS)) if tenant is not None]
    query = select(WarningRule).where(
        WarningRule.tenant_id.in_(line), WarningRule.occasion == occasion.value, _in_force(local_date(instant(session)))
    )
    rows = (await session.scalars(query.order_by(WarningRule.recorded_at, WarningRule.id))).all()
    for tenant in line:
        if own := [row for row in rows if row.tenant_id == tenant]:
            return [row for row in own if row.dispute_type in (None, case.dispute_type)]
    return [row for row in shipped() if row.occasion == occasion.value]


def _in_force(today: date) -> ColumnElement[bool]:
    return (WarningRule.valid_from <= today) & or_(WarningRule.valid_to.is_(None), WarningRule.valid_to > today)


async def _path(session: AsyncSession, place_id: int) -> Mapping[str, int]:
    """Tier → tenant of the place of the dispute; a village lies in its township."""
    query = select(Tenant).where(Tenant.place_id == place_id, Tenant.valid_to.is_(None))
    here = await session.scalar(query.limit(1))
    if here is None:
        return {}
    line = {
        Tier.PREFECTURE.value: here.prefecture_id,
        Tier.COUNTY.value: here.county_id,
        Tier.TOWNSHIP.value: here.township_id,
        here.tier: here.id,
    }
    return {tier: tenant for tier, tenant in line.items() if tenant is not None}
