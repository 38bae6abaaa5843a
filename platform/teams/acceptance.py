"""Accepting the members (人民调解法 20, 23(1)): each party says yes or no to each mediator and each invited person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.consent import Answer, ConsentWay, add_consents
from cases.facts import by_facts
from cases.heard import CONSENTS, PARTIES, Heard
from cases.models import Case
from cases.parties import Consent
from foundation.errors import Conflict, DomainError, InvalidInput, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams import seats
from teams.fields import NOT_A_CHOICE, strangers
from teams.mediating import at_the_table
from teams.models import Team, TeamMember
from teams.roles import TeamRole
from tenants.subject import Subject

MEDIATOR = "mediator"
INVITED = "invited"
QUESTIONS = (MEDIATOR, INVITED)
"""Kinds of consent: accepting a mediator (23(1)), letting somebody be invited (20)."""
Asked = TypeVar("Asked", TeamMember, seats.Seat)
Rows = Sequence[Any]


class AcceptanceForm(Struct, frozen=True, kw_only=True):
    member_id: Annotated[UUID, Meta(title=N_("征询的成员"), extra={"options": "members_to_accept"})]
    party_ids: Annotated[
        list[UUID], Meta(title=N_("作出答复的当事人"), min_length=1, extra={"options": "mediating_parties"})
    ]
    accepted: Annotated[bool, Meta(title=N_("接受"), description=N_("不接受无须说明理由"))] = False
    form: Annotated[ConsentWay, Meta(title=N_("方式"))] = ConsentWay.WRITTEN


class ConfirmationForm(Struct, frozen=True, kw_only=True):
    """Nothing to fill in: the members and the answers are on record."""


class TeamMissing(Conflict):
    code = "team_missing"
    message = N_("还没有组建专调小组")


class MembersNotAccepted(Conflict):
    code = "members_not_accepted"
    message = N_("当事人尚未都接受调解员和受邀人员；未被接受的须更换")


class TeamNotConfirmed(Conflict):
    code = "team_not_confirmed"
    message = N_("专调小组尚未确认")


async def accept_member(session: AsyncSession, subject: Subject, case: Case, form: AcceptanceForm) -> Done:
    """Sight of the case opens with the last yes and closes with any no."""
    member = await _asked_about(session, case, form.member_id)
    parties = {party.id: party for party in await at_the_table(session, case.id)}
    if unknown := list(strangers("party_ids", form.party_ids, parties)):
        raise InvalidInput(*unknown)
    answer = Answer(kind_of(member), str(member.person_id), form.accepted, form.form.value)
    await add_consents(session, subject, case, [parties[one] for one in dict.fromkeys(form.party_ids)], answer)
    if await not_accepted(session, case, [member]):
        await seats.close_sight(session, case, member)
    else:
        await seats.open_sight(session, case, member)
    data = {"role": member.role, "accepted": form.accepted, "parties": len(form.party_ids)}
    return Done(data=data)


async def confirm_team(session: AsyncSession, subject: Subject, case: Case, form: ConfirmationForm) -> Done:
    team = await _team(session, case)
    for member in await seats.serving(session, team.id):
        await seats.open_sight(session, case, member)
    team.confirmed_at = instant(session)
    return Done(audience="parties")


def kind_of(member: TeamMember | seats.Seat) -> str:
    """The question put to the parties about this member."""
    return MEDIATOR if member.role == TeamRole.MEDIATOR else INVITED


async def not_accepted(session: AsyncSession, case: Case, members: Sequence[TeamMember]) -> list[TeamMember]:
    """Those of `members` to whom some party at the table has not said yes, or has said no since."""
    if not any(member.needs_acceptance for member in members):
        return []
    query = select(Consent).where(Consent.case_id == case.id, Consent.kind.in_(QUESTIONS)).order_by(Consent.recorded_at)
    answers = {
        (one.party_id, one.kind, one.about): one.given and one.withdrawn_at is None
        for one in await session.scalars(query)
    }
    return _lacking(members, [party.id for party in await at_the_table(session, case.id)], answers)


def _lacking(
    members: Iterable[Asked], parties: Collection[UUID], answers: Mapping[tuple[UUID, str, str | None], bool]
) -> list[Asked]:
    return [
        member
        for member in members
        if member.needs_acceptance
        and not all(answers.get((party, kind_of(member), str(member.person_id))) for party in parties)
    ]


async def _asked_about(session: AsyncSession, case: Case, member_id: UUID) -> TeamMember:
    team = await _team(session, case)
    for member in await seats.serving(session, team.id):
        if member.id == member_id and member.needs_acceptance:
            return member
    raise invalid("member_id", "not_a_choice", NOT_A_CHOICE)


async def _team(session: AsyncSession, case: Case) -> Team:
    team = await seats.active_team(session, case.id)
    if team is None:
        raise TeamMissing
    return team


@by_facts(seats.TEAM)
def active_team(subject: Subject, case: Case, team: bool | None) -> DomainError | None:
    return TeamMissing() if team is None else None


@by_facts(seats.TEAM, seats.MEMBERS, PARTIES, CONSENTS)
def members_accepted(
    subject: Subject, case: Case, team: bool | None, members: Rows, parties: Rows, consents: Rows
) -> DomainError | None:
    return TeamMissing() if team is None else _awaited(members, Heard(parties, consents))


@by_facts(seats.TEAM, seats.MEMBERS, PARTIES, CONSENTS)
def team_confirmed(
    subject: Subject, case: Case, team: bool | None, members: Rows, parties: Rows, consents: Rows
) -> DomainError | None:
    """No work before the parties accepted who does it (N8); a member replaced later must be accepted too."""
    if not team:
        return TeamNotConfirmed()
    return _awaited(members, Heard(parties, consents))


def _awaited(members: Rows, heard: Heard) -> DomainError | None:
    answers = {(party, kind, about): yes for party, kind, about, yes in heard.consents}
    asked = [seats.Seat(*member) for member in members]
    return MembersNotAccepted() if _lacking(asked, heard.table, answers) else None


ACTS = (
    Act("accept-member", N_("当事人接受成员"), Action.CONSENT_RECORD, AcceptanceForm, accept_member, step=4),
    Act("confirm-team", N_("确认专调小组"), Action.TEAM_FORM, ConfirmationForm, confirm_team, step=4),
)
GUARDS = {"active_team": active_team, "members_accepted": members_accepted, "team_confirmed": team_confirmed}
