"""Coming to a team that stands, and its end (六(一)): another member for a term, the dissolution by the workroom."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.models import Case
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import InvalidInput, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams import seats
from teams.acceptance import TeamMissing
from teams.roles import TeamRole
from teams.roster import roster_of
from teams.seating import MemberRow, broken_rules
from tenants.subject import Subject

ALONE = frozenset({TeamRole.HANDLER, TeamRole.LEADER})
"""Seats for one: they are filled by replacing who sits there."""


class Ending(Choice):
    DONE = "done", N_("工作完成")
    REFORMED = "reformed", N_("当事人不接受或者情况变化，另行组建")


class DissolutionForm(Struct, frozen=True, kw_only=True):
    reason: Annotated[Ending, Meta(title=N_("解散理由"))]


async def add_member(session: AsyncSession, subject: Subject, case: Case, form: MemberRow) -> Done:
    """Under the same rules as at the forming; whom the parties must accept sees nothing before (N8)."""
    team = await seats.active_team(session, case.id)
    if team is None:
        raise TeamMissing
    now = instant(session)
    errors = list(broken_rules(form, await roster_of(session, case), local_date(now)))
    if errors:
        raise InvalidInput(*errors)
    members = await seats.serving(session, team.id)
    if form.role in ALONE and any(one.role == form.role for one in members):
        raise invalid("role", "taken", N_("这一职责已有人担任，请用“更换小组成员”"))
    if any(one.person_id == form.person_id and one.role == form.role for one in members):
        raise invalid("person_id", "twice", N_("此人已担任这一职责"))
    await seats.take(session, case, team, form.person_id, form.role, form.term(now))
    return Done(data={"role": form.role.value}, audience="parties")


async def dissolve_team(session: AsyncSession, subject: Subject, case: Case, form: DissolutionForm) -> Done:
    """Everybody's seat and sight end; another team may be formed while the case is open (一案一组)."""
    if await seats.active_team(session, case.id) is None:
        raise TeamMissing
    await seats.dissolve(session, case)
    return Done(data={"reason": form.reason.value})


ACTS = (
    Act("add-member", N_("增加小组成员"), Action.TEAM_FORM, MemberRow, add_member, step=4),
    Act("dissolve-team", N_("解散专调小组"), Action.TEAM_DISSOLVE, DissolutionForm, dissolve_team, step=4),
)
