"""Replacing a member. Who has an interest is excluded from the case, whatever post that person has (条例 28(3))."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.exclusion import take_away
from cases.models import Case
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import InvalidInput, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from policies.relations import Relation
from teams import seats
from teams.acceptance import TeamMissing
from teams.fields import NOT_A_CHOICE
from teams.models import Team, TeamMember
from teams.roles import NEEDED, TeamRole
from teams.roster import roster_of
from teams.seating import MemberRow, broken_rules
from tenants.subject import Subject


class Reason(Choice):
    CONFLICT = "conflict", N_("发现有利害关系")
    RECUSAL = "recusal", N_("当事人申请回避或者本人回避")
    REFUSED = "refused", N_("当事人不接受")
    LEFT = "left", N_("调离或者不能履职")


EXCLUDES = frozenset({Reason.CONFLICT, Reason.RECUSAL})


class ReplacementForm(Struct, frozen=True, kw_only=True):
    member_id: Annotated[UUID, Meta(title=N_("被更换的成员"), extra={"options": "team_members"})]
    reason: Annotated[Reason, Meta(title=N_("更换原因"), description=N_("利害关系和回避将使此人退出本案"))]
    person_id: (
        Annotated[
            UUID,
            Meta(
                title=N_("接替的人员"),
                description=N_("可以不补；承办人和唯一的调解员必须补"),
                extra={"options": "team_successors"},
            ),
        ]
        | None
    ) = None
    no_conflict: Annotated[bool, Meta(title=N_("接替者已声明无利害关系"))] = False


async def replace_member(session: AsyncSession, subject: Subject, case: Case, form: ReplacementForm) -> Done:
    """The newcomer takes the same part; the parties are asked again where the law wants it."""
    team = await seats.active_team(session, case.id)
    if team is None:
        raise TeamMissing
    members = await seats.serving(session, team.id)
    member = next((one for one in members if one.id == form.member_id), None)
    if member is None:
        raise invalid("member_id", "not_a_choice", NOT_A_CHOICE)
    if form.reason in EXCLUDES and member.person_id == subject.person_id:
        raise invalid("member_id", "self", N_("本人须回避的，由同单位其他负责人更换，或者上提"))
    leaving = [
        one for one in members if one is member or (form.reason in EXCLUDES and one.person_id == member.person_id)
    ]
    for one in leaving:
        await seats.leave(session, case, one, form.reason.value)
    if form.reason in EXCLUDES:
        source = f"team_members:{member.id}"
        await take_away(session, case, Relation.EXCLUDED, person_id=member.person_id, source=source)
    await _succeed(session, case, team, leaving, form)
    _check_complete(leaving, await seats.serving(session, team.id))
    return Done(data={"role": member.role, "reason": form.reason.value}, audience="parties")


async def _succeed(
    session: AsyncSession, case: Case, team: Team, leaving: list[TeamMember], form: ReplacementForm
) -> None:
    """The newcomer takes every part that the other leaves."""
    if form.person_id is None:
        return
    if form.person_id in {one.person_id for one in leaving}:
        raise invalid("person_id", "same_person", N_("接替的人员不能是被更换的成员"))
    roster, today = await roster_of(session, case), local_date(instant(session))
    parts = [TeamRole(one.role) for one in leaving]
    rows = [MemberRow(person_id=form.person_id, role=role, no_conflict=form.no_conflict) for role in parts]
    if errors := [error for row in rows for error in broken_rules(row, roster, today)]:
        raise InvalidInput(*errors)
    held = {one.role for one in await seats.serving(session, team.id) if one.person_id == form.person_id}
    for role in parts:
        if role.value not in held:
            await seats.take(session, case, team, form.person_id, role)


def _check_complete(leaving: list[TeamMember], staying: list[TeamMember]) -> None:
    """What this replacement leaves empty; a seat that stood empty before is filled by an act of its own."""
    empty = {one.role for one in leaving} - {one.role for one in staying}
    if empty & {role.value for role in NEEDED}:
        raise invalid("person_id", "required", N_("承办人、组长和唯一的调解员离开时必须有人接替"))


ACTS = (Act("replace-member", N_("更换小组成员"), Action.TEAM_FORM, ReplacementForm, replace_member, step=4),)
