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
    """Dated: of a tenant's own, the newest that began by today; along its line, the strictest (decision 0038)."""

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
    """As they bind the tenant today: what the province sets, or less where a tenant of the line has set less."""
    days, most = {PROVINCE: NAMING_DAYS}, {PROVINCE: MOST_HANDOVERS}
    for row in await direct.fetch(session, OF_TENANT, tenant_id, local_date(instant(session))):
        if row["naming_days"] is not None:
            days[row["level"]] = row["naming_days"]
        if row["most_handovers"] is not None:
            most[row["level"]] = row["most_handovers"]
    return Limits(min(days.values()), min(most.values()))


PROVINCE = 1
"""The level that may set more than is given above: by a row for the whole province, or by one of its own."""
OF_TENANT = """
select s.naming_days, s.most_handovers, case s.tenant_id when t.prefecture_id then 2 when t.county_id then 3
           when t.township_id then 4 else 1 end as level
from handover_settings s left join tenants t on t.id = $1::int
where s.valid_from <= $2
  and (s.tenant_id is null or s.tenant_id in (t.province_id, t.prefecture_id, t.county_id, t.township_id))
order by s.tenant_id is not null, s.valid_from"""
