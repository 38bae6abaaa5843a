"""What a tenant sets for itself about handovers: days to name a holder, and how often a case may be handed over."""

from datetime import date

from msgspec import Struct
from sqlalchemy import CheckConstraint, Identity, Index, Integer, SmallInteger
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation import direct
from foundation.clock import local_date
from foundation.model import Base
from foundation.store import instant

NAMING_DAYS = 5
"""Working days from the second disagreement (domain.md 13.1-7)."""
MOST_HANDOVERS = 4
"""Once to be diverted, once up, once to who knows best, and one more."""


class HandoverSetting(Base):
    """Dated: the newest that began by today counts, the nearest tenant's before those above it."""

    __tablename__ = "handover_settings"
    __table_args__ = (
        Index("uq_handover_settings_day", "tenant_id", "valid_from", unique=True, postgresql_nulls_not_distinct=True),
        CheckConstraint("naming_days between 1 and 30", "naming_days"),
        CheckConstraint("most_handovers between 1 and 20", "most_handovers"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    tenant_id: Mapped[int | None] = mapped_column(comment="null = the whole province")
    naming_days: Mapped[int | None] = mapped_column(SmallInteger, comment="working days; null = as given above")
    most_handovers: Mapped[int | None] = mapped_column(SmallInteger, comment="of one case; null = as given above")
    valid_from: Mapped[date]
    reason: Mapped[str]


class Limits(Struct, frozen=True):
    naming_days: int = NAMING_DAYS
    most_handovers: int = MOST_HANDOVERS


async def limits_of(session: AsyncSession, tenant_id: int | None) -> Limits:
    """As the tenant has them today."""
    days, most = NAMING_DAYS, MOST_HANDOVERS
    for row in await direct.fetch(session, OF_TENANT, tenant_id, local_date(instant(session))):
        days, most = row["naming_days"] or days, row["most_handovers"] or most
    return Limits(days, most)


OF_TENANT = """
select s.naming_days, s.most_handovers from handover_settings s left join tenants t on t.id = $1::int
where s.valid_from <= $2
  and (s.tenant_id is null or s.tenant_id in (t.province_id, t.prefecture_id, t.county_id, t.township_id))
order by case s.tenant_id when t.province_id then 1 when t.prefecture_id then 2 when t.county_id then 3
         when t.township_id then 4 else 0 end, s.valid_from"""
