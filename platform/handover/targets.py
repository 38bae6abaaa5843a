"""To which offices a case may go, and in which direction that is."""

from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.exclusion import is_removed
from cases.models import Case
from foundation.errors import Conflict, invalid
from foundation.language import N_, in_brackets
from handover.models import Direction, HandoverOffer, HolderDispute, OfferState
from tenants.models import Office, Tenant
from tenants.subject import Subject
from tenants.tiers import DEPTH, OfficeKind, Tier


class TargetConflicted(Conflict):
    """Never to the unit concerned, nor to a tenant whose own organ it is (rules.md, refusal 6)."""

    code = "target_conflicted"
    message = N_("对方本级机关是涉事单位，不得移交")


class ReturnedBefore(Conflict):
    """One return per pair of offices (domain.md 13.1-7)."""

    code = "returned_before"
    message = N_("该单位已退回过一次；再有分歧由共同上级决定承办单位")


class AlreadyDisputed(Conflict):
    code = "already_disputed"
    message = N_("分歧已报共同上级，等待指定")


async def direction_to(session: AsyncSession, case: Case, office_id: int) -> tuple[Direction, Office]:
    """The direction from the present holder, or `InvalidInput` for an office that can't hold a case."""
    office = await session.get(Office, office_id)
    if office is None or office.valid_to is not None or office_id == case.holder_office_id:
        raise invalid("to_office_id", "not_a_choice", N_("请从所列单位中选择"))
    holder = await session.get_one(Office, case.holder_office_id)
    here = await session.get_one(Tenant, holder.tenant_id)
    there = await session.get_one(Tenant, office.tenant_id)
    direction = _direction(here, there, office)
    if direction is None:
        raise invalid("to_office_id", "not_a_choice", N_("乡镇只能由其人民调解委员会接收，其他各级由工作室接收"))
    return direction, office


def _direction(here: Tenant, there: Tenant, office: Office) -> Direction | None:
    if here.id == there.id:
        return Direction.CROSS if office.kind == OfficeKind.COMMITTEE else None
    township = there.tier == Tier.TOWNSHIP
    if office.kind != (OfficeKind.COMMITTEE if township else OfficeKind.WORKROOM):
        return None
    depths = DEPTH[Tier(here.tier)], DEPTH[Tier(there.tier)]
    if depths[1] == depths[0]:
        return Direction.SIDEWAYS
    return Direction.UP if depths[1] < depths[0] else Direction.DOWN


async def check_target(session: AsyncSession, case: Case, office: Office) -> None:
    """Refuse a conflicted tenant, an office that gave the case back once, and any while a superior is to decide."""
    if await open_dispute(session, case.id) is not None:
        raise AlreadyDisputed
    if await is_removed(session, case.id, tenant_id=office.tenant_id):
        raise TargetConflicted
    if await session.scalar(_returned(case).where(HandoverOffer.to_office_id == office.id).limit(1)) is not None:
        raise ReturnedBefore


def _returned(case: Case) -> Select[int]:
    """The offices that gave the case back to its holder."""
    return select(HandoverOffer.to_office_id).where(
        HandoverOffer.case_id == case.id,
        HandoverOffer.from_office_id == case.holder_office_id,
        HandoverOffer.state == OfferState.RETURNED,
    )


async def target_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Ancestors' workrooms first, then siblings', then township committees below and committees of the own house.

    What `check_target` would refuse for good is not offered: a conflicted tenant, or who gave the case back before.
    """
    tenant = await session.get_one(Tenant, subject.tenant_id)
    rows = (await session.execute(_reachable(tenant, case))).all()
    return [Option(str(office_id), name + in_brackets(place)) for office_id, name, place in rows]


def _reachable(tenant: Tenant, case: Case) -> Select[int, str, str]:
    above = [
        one for one in (tenant.province_id, tenant.prefecture_id, tenant.county_id) if one not in (None, tenant.id)
    ]
    workroom, committee = Office.kind == OfficeKind.WORKROOM, Office.kind == OfficeKind.COMMITTEE
    reachable = or_(
        and_(workroom, Tenant.id.in_(above)),
        and_(workroom, Tenant.parent_id == tenant.parent_id, Tenant.id != tenant.id, Tenant.tier == tenant.tier),
        and_(workroom, Tenant.parent_id == tenant.id, Tenant.tier != Tier.TOWNSHIP),
        and_(committee, Tenant.parent_id == tenant.id, Tenant.tier == Tier.TOWNSHIP),
        and_(committee, Tenant.id == tenant.id),
    )
    query = select(Office.id, Office.name, Tenant.name).join(Tenant, Tenant.id == Office.tenant_id)
    query = query.where(reachable, Office.valid_to.is_(None), Office.id != case.holder_office_id)
    query = query.where(Office.id.not_in(_returned(case)), ~func.sight_taken(case.id, Tenant.id, None))
    return query.order_by(Tenant.id.not_in(above), Tenant.id, Office.id)


async def open_offer(session: AsyncSession, case_id: UUID) -> HandoverOffer | None:
    query = select(HandoverOffer).where(HandoverOffer.case_id == case_id, HandoverOffer.state == OfferState.OPEN)
    offer: HandoverOffer | None = await session.scalar(query)
    return offer


async def open_dispute(session: AsyncSession, case_id: UUID) -> HolderDispute | None:
    query = select(HolderDispute).where(HolderDispute.case_id == case_id, HolderDispute.decided_at.is_(None))
    dispute: HolderDispute | None = await session.scalar(query)
    return dispute
