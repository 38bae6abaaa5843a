"""Against shuffling (条例28): one return a pair, no way back but by the superior's word, and not too often.

A case that a tree plan moved was not handed over by anybody, and does not count. Nor does it count as having held a
case that its window or justice office only registered it.
"""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.custody import CustodyMove
from cases.models import Case
from cases.timeline import holder_tenant
from handover.models import HandoverOffer, OfferState
from handover.settings import limits_of
from handover.target_errors import FormerHolder, HandoverLimit, ReturnedBefore
from tenants.models import Office
from tenants.tiers import OfficeKind

MEDIATING = (OfficeKind.WORKROOM.value, OfficeKind.COMMITTEE.value)
"""Kinds of office that take custody of a case; the others only register it and pass it on."""
BY_PLAN = "tree_plans:%"
COORDINATED = text("select coordinated_for(:case)")


class Held(Struct, frozen=True):
    """One office that had the case before its present holder."""

    office_id: int
    tenant_id: int
    mediating: bool


async def check_shuffling(session: AsyncSession, case: Case, office: Office) -> None:
    """Raises ReturnedBefore, FormerHolder or HandoverLimit: then only the common superior may put the case there."""
    if await session.scalar(returned_by(case).where(HandoverOffer.to_office_id == office.id).limit(1)) is not None:
        raise ReturnedBefore
    before = await held_before(session, case)
    if is_former(office, before, holder_tenant(case)):
        raise FormerHolder
    if await limit_reached(session, case, before):
        raise HandoverLimit(times=len(before))


async def held_before(session: AsyncSession, case: Case) -> list[Held]:
    """One for each time that the case was handed over, oldest first."""
    query = (
        select(CustodyMove.from_office_id, CustodyMove.from_tenant_id, Office.kind)
        .join(Office, Office.id == CustodyMove.from_office_id)
        .where(CustodyMove.case_id == case.id, CustodyMove.source.not_like(BY_PLAN))
        .order_by(CustodyMove.number)
    )
    rows = (await session.execute(query)).all()
    return [Held(office_id, tenant_id, kind in MEDIATING) for office_id, tenant_id, kind in rows]


def is_former(office: Office, before: Sequence[Held], holder: int) -> bool:
    """The office itself, or any office of a tenant that mediated the case: else it would come back by a side door."""
    if any(one.office_id == office.id for one in before):
        return True
    return office.tenant_id != holder and any(one.mediating and one.tenant_id == office.tenant_id for one in before)


async def limit_reached(session: AsyncSession, case: Case, before: Sequence[Held]) -> bool:
    return len(before) >= (await limits_of(session, holder_tenant(case))).most_handovers


async def former_offices(session: AsyncSession, case: Case) -> set[int]:
    """Offices that had the case, and all offices of the tenants that mediated it."""
    before, holder = await held_before(session, case), holder_tenant(case)
    tenants = {one.tenant_id for one in before if one.mediating and one.tenant_id != holder}
    beside = await session.scalars(select(Office.id).where(Office.tenant_id.in_(tenants))) if tenants else ()
    return {one.office_id for one in before}.union(beside)


def returned_by(case: Case) -> Select[int]:
    """The offices that gave the case back to its holder."""
    return select(HandoverOffer.to_office_id).where(
        HandoverOffer.case_id == case.id,
        HandoverOffer.from_office_id == case.holder_office_id,
        HandoverOffer.state == OfferState.RETURNED,
    )


async def settled_for(session: AsyncSession, case: Case) -> int | None:
    """To which office the joint conference, by its newest word on this holder, gave the case; it can't be refused."""
    office: int | None = await session.scalar(COORDINATED, {"case": case.id})
    return office
