"""Lists to choose from that belong to the case itself."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.consent import SIDES, parties_of
from cases.models import Case
from foundation.language import translate
from organisation.campaigns import campaigns
from tenants.models import Place, Tenant
from tenants.subject import Subject


async def places(session: AsyncSession, subject: Subject, case: Case | None) -> list[Option]:
    """Places in the subject's own area, townships first: where a dispute can be registered."""
    tenant = await session.get_one(Tenant, subject.tenant_id)
    own = tenant.place_id
    inside = or_(
        Place.id == own, Place.township_id == own, Place.county_id == own, Place.prefecture_id == own,
        Place.province_id == own,
    )  # fmt: skip
    query = select(Place.id, Place.name).where(inside, Place.valid_to.is_(None)).order_by(Place.tier.desc(), Place.id)
    return [Option(str(place_id), name) for place_id, name in (await session.execute(query.limit(2000))).all()]


async def campaigns_under_way(session: AsyncSession, subject: Subject, case: Case | None) -> list[Option]:
    tenant = await session.get_one(Tenant, subject.tenant_id)
    return [Option(str(one.id), one.name) for one in await campaigns(session, tenant)]


async def parties_by_number(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Without names: chosen before anything is revealed."""
    parties = await parties_of(session, case.id)
    return [Option(str(party.id), f"{translate(SIDES[party.side])} {party.ordinal}") for party in parties]


OPTIONS = {"places": places, "campaigns": campaigns_under_way, "parties_by_number": parties_by_number}
