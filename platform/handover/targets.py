"""To which offices a case may go, and in which direction that is: the six directions, one tier at a time."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.exclusion import is_removed
from cases.models import Case
from cases.timeline import holder_tenant
from foundation import direct
from foundation.errors import invalid
from foundation.language import N_, in_brackets
from handover.answering import workroom_above
from handover.models import Direction, HandoverOffer, HolderDispute, OfferState
from handover.shuffles import check_shuffling, former_offices, returned_by, settled_for
from handover.target_errors import AlreadyDisputed, TargetConflicted, TargetSponsored, TierSkipped
from tenants.committees import CommitteeKind
from tenants.models import Office, Tenant
from tenants.subject import Subject
from tenants.tiers import DEPTH, OfficeKind, Tier

TRADES = (CommitteeKind.INDUSTRY.value, CommitteeKind.PROFESSIONAL.value)
"""Committees that 跨部门 may reach in another tenant; those of the own house whatever their kind."""
SPONSORED = text("select committee_sponsored(:case, :office)")


def offices_from(tenant: Tenant) -> ColumnElement[bool]:
    """Over Office and Tenant: all that may ever take a case from an office of this tenant, whatever the case."""
    above = _above_of(tenant)
    workroom, committee = Office.kind == OfficeKind.WORKROOM, Office.kind == OfficeKind.COMMITTEE
    beside = and_(Tenant.tier == tenant.tier, Tenant.id != tenant.id)
    siblings, children = and_(beside, Tenant.parent_id == tenant.parent_id), Tenant.parent_id == tenant.id
    trade = and_(committee, Office.committee_kind.in_(TRADES))
    townships = Tenant.tier == Tier.TOWNSHIP
    return or_(
        and_(workroom, Tenant.id.in_(above)),
        and_(workroom, beside, ~townships, Tenant.province_id == tenant.province_id),
        and_(workroom, children, ~townships),
        and_(committee, or_(siblings, children), townships),
        and_(committee, Tenant.id == tenant.id),
        and_(trade, or_(Tenant.id.in_(above), siblings, children)),
    )


def _above_of(tenant: Tenant) -> list[int]:
    line = (tenant.province_id, tenant.prefecture_id, tenant.county_id)
    return [one for one in line if one is not None and one != tenant.id]


def nearest_first(tenant: Tenant) -> tuple[ColumnElement[Any], ...]:
    """To order them by: those above, the nearest tier first; the own house, those below, siblings; then all others."""
    above = _above_of(tenant)
    return (
        Tenant.id.not_in(above),
        case((Tenant.id.in_(above), Tenant.tier), else_=""),  # C, F, P
        Tenant.id != tenant.id,
        Tenant.parent_id.is_distinct_from(tenant.id),
        Tenant.parent_id.is_distinct_from(tenant.parent_id),
    )


async def direction_to(session: AsyncSession, case: Case, office_id: int) -> tuple[Direction, Office]:
    """The direction from the present holder, or `InvalidInput` for an office that can't hold a case."""
    holder = await session.get_one(Office, case.holder_office_id)
    here = await session.get_one(Tenant, holder.tenant_id)
    query = select(Office, Tenant).join(Tenant, Tenant.id == Office.tenant_id).where(Office.id == office_id)
    reachable = query.where(offices_from(here), Office.valid_to.is_(None), Office.id != case.holder_office_id)
    found = (await session.execute(reachable)).one_or_none()
    if found is None:
        raise invalid(
            "to_office_id",
            "not_a_choice",
            N_("请从所列单位中选择：乡镇只能由其人民调解委员会接收，其他各级由工作室接收"),
        )
    office, there = found
    return _direction(here, there, office), office


async def direction_of(session: AsyncSession, from_office: int, office: Office) -> Direction:
    """Of a move that somebody else has decided."""
    here = await session.get_one(Tenant, (await session.get_one(Office, from_office)).tenant_id)
    return _direction(here, await session.get_one(Tenant, office.tenant_id), office)


def _direction(here: Tenant, there: Tenant, office: Office) -> Direction:
    """Of an office within `offices_from(here)`, or one that is named."""
    trade = office.kind == OfficeKind.COMMITTEE and office.committee_kind in TRADES
    if here.id == there.id or trade:
        return Direction.CROSS
    depths = DEPTH[Tier(here.tier)], DEPTH[Tier(there.tier)]
    if depths[1] == depths[0]:
        return Direction.SIDEWAYS
    return Direction.UP if depths[1] < depths[0] else Direction.DOWN


async def check_target(session: AsyncSession, case: Case, office: Office) -> None:
    """Refuse any while a superior is to decide; who is concerned; a tier passed over; and shuffling."""
    if await open_dispute(session, case.id) is not None:
        raise AlreadyDisputed
    await check_concerned(session, case, office)
    if await settled_for(session, case) == office.id:
        return
    await check_shuffling(session, case, office)
    await _check_tier(session, case, office)


async def check_concerned(session: AsyncSession, case: Case, office: Office, at: str = "to_office_id") -> None:
    """A tenant whose own organ is the unit concerned, or a committee that the unit has set up."""
    if await is_removed(session, case.id, tenant_id=office.tenant_id):
        raise TargetConflicted(at)
    if await session.scalar(SPONSORED, {"case": case.id, "office": office.id}):
        raise TargetSponsored(at)


async def _check_tier(session: AsyncSession, case: Case, office: Office) -> None:
    tenant = await session.get_one(Tenant, holder_tenant(case))
    if office.kind != OfficeKind.WORKROOM or office.tenant_id not in _above_of(tenant):
        return
    nearest = await next_above(session, case)
    if nearest is not None and nearest.id != office.id:
        raise TierSkipped(office=nearest.name)


async def next_above(session: AsyncSession, case: Case) -> Office | None:
    """The workroom of the nearest tier above that has no conflict, somebody to answer, and did not give it back."""
    returned = set(await session.scalars(returned_by(case)))
    found = await workroom_above(session, case, holder_tenant(case))
    while found is not None and found.id in returned:
        found = await workroom_above(session, case, found.tenant_id)
    return found


async def target_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """The tier above first, then siblings, then township committees below and committees for trades.

    What `check_target` would refuse for good is not offered.
    """
    tenant = await session.get_one(Tenant, subject.tenant_id)
    above = _above_of(tenant)
    nearest = await next_above(session, case)
    passed_over = [one for one in above if nearest is None or one != nearest.tenant_id]
    held = await former_offices(session, case)
    query = _reachable(tenant, case, held).where(or_(Office.kind != OfficeKind.WORKROOM, Tenant.id.not_in(passed_over)))
    rows = (await session.execute(query.order_by(*nearest_first(tenant), Tenant.id, Office.id))).all()
    return [Option(str(office_id), name + in_brackets(place)) for office_id, name, place in rows]


def _reachable(tenant: Tenant, case: Case, held: Collection[int]) -> Select[int, str, str]:
    query = select(Office.id, Office.name, Tenant.name).join(Tenant, Tenant.id == Office.tenant_id)
    query = query.where(offices_from(tenant), Office.valid_to.is_(None), Office.id != case.holder_office_id)
    query = query.where(Office.id.not_in(returned_by(case)), Office.id.not_in(held))
    return query.where(~func.sight_taken(case.id, Tenant.id, None), ~func.committee_sponsored(case.id, Office.id))


async def open_offer(session: AsyncSession, case_id: UUID) -> HandoverOffer | None:
    rows = await direct.fetch(session, OPEN, case_id)
    return direct.adopt(session, HandoverOffer, rows[0]) if rows else None


OPEN = f"""select {", ".join(column.name for column in HandoverOffer.__table__.columns)} from handover_offers
    where case_id = $1 and state = '{OfferState.OPEN.value}'"""


async def open_dispute(session: AsyncSession, case_id: UUID, *, lock: bool = False) -> HolderDispute | None:
    """`lock`: for who decides it, so that two never decide at once."""
    query = select(HolderDispute).where(HolderDispute.case_id == case_id, HolderDispute.decided_at.is_(None))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    dispute: HolderDispute | None = await session.scalar(query)
    return dispute
