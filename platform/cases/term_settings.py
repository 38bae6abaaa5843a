"""What a tenant sets for itself: how long before its end a term is "due soon", and lengths that no law names."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import Identity, Index, Integer, SmallInteger
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import Case
from cases.terms import FREE_LENGTH, TERMS
from foundation import direct
from foundation.clock import local_date
from foundation.model import Base
from foundation.store import instant


class TermSetting(Base):
    """Dated: the newest that began by today counts, the nearest tenant's before those above it."""

    __tablename__ = "term_settings"
    __table_args__ = (
        Index(
            "uq_term_settings_kind", "kind", "tenant_id", "valid_from", unique=True, postgresql_nulls_not_distinct=True
        ),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    tenant_id: Mapped[int | None] = mapped_column(comment="null = the whole province")
    kind: Mapped[str] = mapped_column(comment="of cases.terms")
    lead_days: Mapped[int | None] = mapped_column(SmallInteger, comment="due soon so many days before; null = as given")
    length: Mapped[int | None] = mapped_column(SmallInteger, comment="only of a term whose length no law names")
    valid_from: Mapped[date]
    reason: Mapped[str]


class Setting(NamedTuple):
    lead_days: int
    length: int


async def settings_of(session: AsyncSession, tenant_id: int | None) -> Mapping[str, Setting]:
    """Every term as the tenant has it today; without a tenant, as the province has it."""
    found = {kind: Setting(term.lead, term.length) for kind, term in TERMS.items()}
    for row in await direct.fetch(session, OF_TENANT, tenant_id, local_date(instant(session))):
        given = found[row["kind"]]
        lead = given.lead_days if row["lead_days"] is None else row["lead_days"]
        own_length = row["length"] is not None and row["kind"] in FREE_LENGTH
        found[row["kind"]] = Setting(lead, row["length"] if own_length else given.length)
    return found


async def length_of(session: AsyncSession, case: Case, kind: str) -> int:
    """In the unit of the term, as the holder's tenant has it."""
    holder = case.township_id or case.county_id or case.prefecture_id or case.province_id
    return (await settings_of(session, holder))[kind].length


class Leads(Struct, frozen=True):
    """Warning leads of every tenant, as set by today. `next_change`: by kind, from which day anybody's is another."""

    own: Mapping[tuple[int | None, str], int]
    next_change: Mapping[str, date] = {}

    def of(self, kind: str, chain: Sequence[int]) -> int:
        """`chain`: from the tenant that has the case up to the province."""
        for tenant in (*chain, None):
            if (tenant, kind) in self.own:
                return self.own[tenant, kind]
        return TERMS[kind].lead


async def leads(session: AsyncSession) -> Leads:
    """For who asks about many cases at once."""
    today = local_date(instant(session))
    rows = await direct.fetch(session, LEADS, today)
    coming = await direct.fetch(session, COMING, today)
    own = {(row["tenant_id"], row["kind"]): row["lead_days"] for row in rows}
    return Leads(own, {row["kind"]: row["day"] for row in coming})


LEADS = """
select distinct on (kind, tenant_id) kind, tenant_id, lead_days from term_settings
where lead_days is not null and valid_from <= $1 order by kind, tenant_id, valid_from desc"""
COMING = """
select kind, min(valid_from) as day from term_settings where lead_days is not null and valid_from > $1 group by kind"""

OF_TENANT = """
select s.kind, s.lead_days, s.length from term_settings s left join tenants t on t.id = $1::int
where s.valid_from <= $2
  and (s.tenant_id is null or s.tenant_id in (t.province_id, t.prefecture_id, t.county_id, t.township_id))
order by case s.tenant_id when t.province_id then 1 when t.prefecture_id then 2 when t.county_id then 3
         when t.township_id then 4 else 0 end, s.valid_from"""
