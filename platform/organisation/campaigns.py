"""专项行动 as dated data (obligation 12a): a case may carry its tag, which decides nothing and scores nobody (N7)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Identity, Integer, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import local_date
from foundation.model import Base
from foundation.store import instant
from tenants.models import Tenant


class Campaign(Base):
    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    name: Mapped[str]
    source: Mapped[str] = mapped_column(comment="the paper that orders it")
    tasks: Mapped[str] = mapped_column(comment="what is to be done, in words: no figure is reckoned from it")
    tenant_id: Mapped[int | None] = mapped_column(comment="for this tenant and those below it; null = whole province")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


async def campaigns(session: AsyncSession, tenant: Tenant) -> Sequence[Campaign]:
    """Those under way today in the tenant's area."""
    today = local_date(instant(session))
    line = [one for one in (tenant.province_id, tenant.prefecture_id, tenant.county_id, tenant.township_id) if one]
    query = select(Campaign).where(
        or_(Campaign.tenant_id.is_(None), Campaign.tenant_id.in_(line)),
        Campaign.valid_from <= today,
        or_(Campaign.valid_to.is_(None), Campaign.valid_to >= today),
    )
    return (await session.scalars(query.order_by(Campaign.id))).all()
