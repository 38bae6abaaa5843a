"""Members of the former holder's team whom the receiver of a case keeps: under the rules of its own team."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.clock import local_date
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from foundation.store import instant
from teams import seats
from teams.acceptance import not_accepted
from teams.models import TeamMember
from teams.roles import TeamRole
from teams.roster import Roster, roster_of
from teams.seating import MemberRow, broken_rules
from teams.stations import case_number

OWN_PEOPLE = frozenset({TeamRole.HANDLER.value, TeamRole.LEADER.value})
"""Who answers for the case works for its holder."""


async def settle_kept(session: AsyncSession, case: Case, kept: Sequence[UUID], field: str) -> None:
    """After the move, in its transaction: raises InvalidInput at `field`.0, … for whom the receiver's rules refuse."""
    if not kept:
        return
    team = await seats.active_team(session, case.id)
    members = [one for one in await seats.serving(session, team.id) if one.person_id in kept] if team else []
    roster = await roster_of(session, case, kept)
    broken = {one.person_id: N_("当事人尚未都接受此人") for one in await not_accepted(session, case, members)}
    errors = [FieldError(f"{field}.{kept.index(one)}", "not_accepted", said) for one, said in broken.items()]
    today = local_date(instant(session))
    for member in members:
        errors += _broken(member, roster, today, f"{field}.{kept.index(member.person_id)}")
    if errors:
        raise InvalidInput(*errors)
    case.case_no = await case_number(session, case)


def _broken(member: TeamMember, roster: Roster, today: date, at: str) -> Iterator[FieldError]:
    """What the part asked for was looked at when the member took it; all else is asked again."""
    candidate = roster[member.person_id]
    if member.role in OWN_PEOPLE and not candidate.roles:
        yield FieldError(at, "not_own", N_("承办人和组长须由接收单位的人员担任"))
    candidate.roles.add(member.role)
    row = MemberRow(person_id=member.person_id, role=TeamRole(member.role), no_conflict=True)
    yield from (FieldError(at, error.rule, error.message) for error in broken_rules(row, roster, today))
