"""Whom a party did not accept (人民调解法 23(1)): no reason is asked, and nobody is put forward to them again (N8)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from foundation import direct

LATEST = """
select distinct on (party_id, about) about, given from consents
where case_id = $1 and kind in ('mediator', 'invited') and about is not null and withdrawn_at is null
order by party_id, about, recorded_at desc"""


async def declined_people(session: AsyncSession, case_id: UUID) -> frozenset[UUID]:
    """Persons about whom some party's last word was no."""
    rows = await direct.fetch(session, LATEST, case_id)
    return frozenset(UUID(about) for about, given in rows if not given)
