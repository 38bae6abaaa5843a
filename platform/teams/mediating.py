"""The parties who are at the table: petitioners who go on, and those of the other side who agreed to mediate."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.consent import ConsentKind, consented, parties_of, party_options
from cases.models import Case
from cases.parties import Party
from foundation.errors import invalid
from teams.fields import NOT_A_CHOICE
from tenants.subject import Subject


async def at_the_table(session: AsyncSession, case_id: UUID) -> Sequence[Party]:
    """Petitioners first; a unit that never consented is no party to the mediation."""
    answers = await consented(session, case_id, ConsentKind.MEDIATION)
    return [
        party
        for party in await parties_of(session, case_id)
        if party.status == "active" and (party.side == "petitioner" or answers.get(party.id))
    ]


async def party_at_table(session: AsyncSession, case: Case, party_id: UUID, field: str) -> Party:
    """Raises InvalidInput at `field` when this is nobody at the table."""
    for party in await at_the_table(session, case.id):
        if party.id == party_id:
            return party
    raise invalid(field, "not_a_choice", NOT_A_CHOICE)


async def mediating_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    here = {str(party.id) for party in await at_the_table(session, case.id)}
    return [option for option in await party_options(session, subject, case) if option.value in here]


async def unit_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Units of the other side at the table."""
    units = [party for party in await at_the_table(session, case.id) if party.kind == "unit"]
    return [Option(str(unit.id), unit.name) for unit in units]


OPTIONS = {"mediating_parties": mediating_options, "mediating_units": unit_options}
