"""Who takes part in a case so that a party may ask them to leave, and who decides about it."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases import hooks
from cases.catalogue import Option
from cases.models import Case
from foundation.language import in_a_row, in_brackets, translate
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Person
from tenants.roles import ROLE_NAMES
from tenants.subject import Subject
from tenants.tiers import Tier

LEADERS = text(
    "select person_id, name, role from leaders_of(:case, :at_desk, :in_house) order by name, person_id, role"
)


class Part(Struct, frozen=True):
    """One person in one part of the case: a seat on the team, or the office that leads it."""

    person_id: UUID
    name: str
    role: str


async def leaders_of(session: AsyncSession, case: Case) -> Sequence[Part]:
    """Who leads the case for its holder, by the rules: those who may form its team. Without who is excluded."""
    roles = {"at_desk": _leading(case, Relation.HOLDS), "in_house": _leading(case, Relation.HOUSES)}
    return [Part(*row) for row in (await session.execute(LEADERS, {"case": case.id, **roles})).all()]


def _leading(case: Case, relation: Relation) -> list[str]:
    table, tier = gate.opened().table, _tier(case)
    return sorted(role for role in ROLE_NAMES if table.allows(role, tier, relation, Action.TEAM_FORM))


def _tier(case: Case) -> Tier:
    deepest = ((Tier.TOWNSHIP, case.township_id), (Tier.COUNTY, case.county_id), (Tier.PREFECTURE, case.prefecture_id))
    return next((tier for tier, tenant in deepest if tenant is not None), Tier.PROVINCE)


async def leads_alone(session: AsyncSession, case: Case, person_id: UUID) -> bool:
    """Without this person nobody would lead the case."""
    return {one.person_id for one in await leaders_of(session, case)} == {person_id}


async def parts_of(session: AsyncSession, case: Case) -> Sequence[Part]:
    """The team as a party is shown it, then who leads the case."""
    seats = await hooks.serving(session, case)
    query = select(Person.id, Person.name).where(Person.id.in_({one.person_id for one in seats}))
    names = {person_id: name for person_id, name in await session.execute(query)}
    return [
        *(Part(one.person_id, names[one.person_id], one.role) for one in seats),
        *await leaders_of(session, case),
    ]


def called(parts: Sequence[Part]) -> dict[UUID, str]:
    """Person -> name with all the parts."""
    people = dict.fromkeys(one.person_id for one in parts)
    return {person_id: _label([one for one in parts if one.person_id == person_id]) for person_id in people}


def _label(parts: Sequence[Part]) -> str:
    return parts[0].name + in_brackets(in_a_row(translate(ROLE_NAMES[one.role]) for one in parts))


async def options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(str(person_id), label) for person_id, label in called(await parts_of(session, case)).items()]


OPTIONS = {"recusal_people": options}
