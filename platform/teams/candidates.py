"""The lists from which a team is chosen: only people whom a seat accepts, by the very rules of seating."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.models import Case
from foundation.language import N_, in_a_row, in_brackets, mark, translate
from teams import seats
from teams.roles import TeamRole
from teams.roster import Candidate, roster_of
from teams.seating import hindrances
from teams.vacancy import vacant
from tenants.roles import PROFESSIONS, ROLE_NAMES
from tenants.subject import Subject


async def candidate_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Who may take some part or other."""
    return await _offered(session, case, list(TeamRole))


async def vacancy_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Who may take one of the seats that stand empty."""
    return await _offered(session, case, await vacant(session, case))


async def successor_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Who may take the part of somebody who serves."""
    team = await seats.active_team(session, case.id)
    members = await seats.serving(session, team.id) if team else []
    return await _offered(session, case, {TeamRole(one.role) for one in members})


async def _offered(session: AsyncSession, case: Case, roles: Collection[TeamRole]) -> list[Option]:
    people = sorted((await roster_of(session, case)).values(), key=_by_name)
    fitting = {one.person_id: [role for role in roles if not any(hindrances(role, one))] for one in people}
    return [Option(str(one.person_id), _label(one, fitting[one.person_id])) for one in people if fitting[one.person_id]]


def _label(one: Candidate, roles: Collection[TeamRole]) -> str:
    """Posts, profession, what is in hand, what they can: all that the choice rests on."""
    posts = in_a_row(translate(ROLE_NAMES[role]) for role in sorted(one.roles) if role in ROLE_NAMES)
    told = [posts, translate(PROFESSIONS[one.profession]) if one.profession in PROFESSIONS else ""]
    told.append(translate(N_("在办 %(n)s 件"), n=one.background.open_cases))
    told += [in_a_row(one.background.skills), in_a_row(one.background.languages)]
    if roles == [TeamRole.OFFICIAL]:
        told.append(translate(N_("只能受邀参加")))
    if one.declined:
        told.append(translate(N_("当事人未接受")))
    return one.name + in_brackets(mark("；").join(dict.fromkeys(text for text in told if text)))


def _by_name(one: Candidate) -> tuple[str, UUID]:
    return one.name, one.person_id


OPTIONS = {
    "team_candidates": candidate_options,
    "seat_candidates": vacancy_options,
    "team_successors": successor_options,
}
