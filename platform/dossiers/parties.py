"""The parties of a case as this room's acts meet them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.consent import parties_of
from cases.models import Case
from cases.parties import Party
from foundation.errors import invalid
from foundation.language import N_

ACTIVE = ("active", "settled")
"""Those who still take part; who declined or withdrew has got the notice of remedies instead."""


async def taking_part(session: AsyncSession, case_id: UUID, side: str | None = None) -> Sequence[Party]:
    """`side`: petitioner | respondent; both when none is named."""
    parties = await parties_of(session, case_id)
    return [party for party in parties if party.status in ACTIVE and side in (None, party.side)]


async def party_at(session: AsyncSession, case: Case, field: str, party_id: UUID) -> Party:
    """The party of this case that a field names; refuses a party of another case at that field."""
    party = await session.get(Party, party_id)
    if party is None or party.case_id != case.id:
        raise invalid(field, "not_a_choice", N_("请从所列项目中选择"))
    return party
