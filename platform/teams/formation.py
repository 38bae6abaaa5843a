"""Forming the team (一案一组, 一案一号): who sits on it, who handles the case, and the number it keeps for life."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.facts import by_facts
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, InvalidInput
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams import seats
from teams.models import Team
from teams.roles import TeamRole
from teams.roster import roster_of
from teams.seating import MemberRow, broken_composition, broken_rules
from teams.stations import case_number
from tenants.subject import Subject


class TeamForm(Struct, frozen=True, kw_only=True):
    members: Annotated[
        list[MemberRow],
        Meta(title=N_("小组成员"), description=N_("没有另列组长的，承办人兼任组长"), min_length=1, max_length=20),
    ]


TEAM_PAPER = PaperKind("team", N_("专调小组组成告知书"), Group.FINAL, form=TeamForm)


class TeamExists(Conflict):
    code = "team_exists"
    message = N_("本案已有专调小组（一案一组）")


async def form_team(session: AsyncSession, subject: Subject, case: Case, form: TeamForm) -> Done:
    """Raises InvalidInput naming every member who may not sit, CommitteeMissing, WindowGivesNoNumber."""
    number = await case_number(session, case)
    roster = await roster_of(session, case)
    now = instant(session)
    today = local_date(now)
    errors = [
        *broken_composition(form.members),
        *(error for i, row in enumerate(form.members) for error in broken_rules(row, roster, today, f"members.{i}.")),
    ]
    if errors:
        raise InvalidInput(*errors)
    case.case_no = number
    team = await _new_team(session, subject, case)
    for row, role in _parts(form.members):
        await seats.take(session, case, team, row.person_id, role, row.term(now))
    await issue(session, subject, case, TEAM_PAPER, form)
    return Done(data={"case_no": case.case_no, "members": len(form.members)}, audience="parties")


async def _new_team(session: AsyncSession, subject: Subject, case: Case) -> Team:
    now = instant(session)
    team = Team(
        id=new_id(now),
        case_id=case.id,
        office_id=case.holder_office_id,
        formed_by=subject.person_id,
        recorded_at=now,
    )
    session.add(team)
    await session.flush()
    return team


def _parts(rows: Sequence[MemberRow]) -> list[tuple[MemberRow, TeamRole]]:
    """Every row with its part; the handler leads where no leader is named."""
    parts = [(row, row.role) for row in rows]
    if TeamRole.LEADER not in {role for _, role in parts}:
        parts += [(row, TeamRole.LEADER) for row, role in parts if role is TeamRole.HANDLER]
    return parts


@by_facts(seats.TEAM)
def no_active_team(subject: Subject, case: Case, team: bool | None) -> DomainError | None:
    return None if team is None else TeamExists()


ACTS = (Act("form-team", N_("组建专调小组"), Action.TEAM_FORM, TeamForm, form_team, step=4),)
GUARDS = {"no_active_team": no_active_team}
PAPERS = (TEAM_PAPER,)
