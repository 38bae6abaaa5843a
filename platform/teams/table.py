"""Who of the team may sit at the table: members whom the parties accepted, where that is asked."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.models import Case
from foundation.language import current_language, in_brackets, translate
from teams import seats
from teams.models import TeamMember
from teams.roles import TeamRole
from tenants.models import Person
from tenants.subject import Subject


async def seated(session: AsyncSession, case: Case) -> list[TeamMember]:
    return [member for member in await members(session, case) if member.status == "accepted"]


async def members(session: AsyncSession, case: Case) -> list[TeamMember]:
    team = await seats.active_team(session, case.id)
    return await seats.serving(session, team.id) if team else []


async def names_of(session: AsyncSession, chosen: Sequence[TeamMember], language: str = "zh") -> list[str]:
    """Name and part. A paper keeps them in Chinese: it must read the same when the team has changed."""
    query = select(Person.id, Person.name).where(Person.id.in_({one.person_id for one in chosen}))
    names = {person_id: name for person_id, name in await session.execute(query)}
    return [
        names[one.person_id] + in_brackets(translate(TeamRole(one.role).label, language), language) for one in chosen
    ]


async def options_of(session: AsyncSession, chosen: Sequence[TeamMember]) -> list[Option]:
    labels = await names_of(session, chosen, current_language.get())
    return [Option(str(one.id), label) for one, label in zip(chosen, labels, strict=True)]


async def all_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return await options_of(session, await members(session, case))


async def seated_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return await options_of(session, await seated(session, case))


async def asked_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Members about whom the parties are asked."""
    return await options_of(session, [one for one in await members(session, case) if one.needs_acceptance])


OPTIONS = {"team_members": all_options, "team_seated": seated_options, "members_to_accept": asked_options}
