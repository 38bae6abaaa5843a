"""Taking and leaving a seat: the member's row, and the relation that gives sight of the case."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct
from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.facts import Fact
from cases.models import Case
from foundation.asked import once
from foundation.ids import new_id
from foundation.store import instant
from policies.relations import Relation
from teams.models import Team, TeamMember
from teams.roles import ACCEPTED_FIRST, TeamRole

LAPSED, HANDED_OVER = "term", "handed_over"
ACTIVE = select(Team).where(Team.case_id == bindparam("of_case"), Team.dissolved_at.is_(None))

TEAM = Fact("(select confirmed_at is not null from teams where case_id = :case and dissolved_at is null)")
"""Of the active team, whether it is confirmed; null = there is none."""
MEMBERS = Fact("""array(select row(m.person_id, m.role, m.status, m.needs_acceptance)
    from teams t join team_members m on m.team_id = t.id
    where t.case_id = :case and t.dissolved_at is null and m.until is null
      and (m.ends_at is null or m.ends_at > :now))""")


class Seat(NamedTuple):
    """What a guard must know of a member of `serving`."""

    person_id: UUID
    role: str
    status: str
    needs_acceptance: bool


async def active_team(session: AsyncSession, case_id: UUID) -> Team | None:
    async def ask() -> Team | None:
        return (await session.scalars(ACTIVE, {"of_case": case_id})).one_or_none()

    return await once(session, ("active team", case_id), ask)


class Term(Struct, frozen=True):
    """Of a seat; without an end it lasts as long as the team."""

    since: datetime
    ends_at: datetime | None = None


async def serving(session: AsyncSession, team_id: UUID) -> list[TeamMember]:
    """Members who have not been replaced and whose term has not run out."""
    lasts = or_(TeamMember.ends_at.is_(None), TeamMember.ends_at > instant(session))
    query = select(TeamMember).where(TeamMember.team_id == team_id, TeamMember.until.is_(None), lasts)
    return list(await session.scalars(query.order_by(TeamMember.since, TeamMember.id)))


async def take(
    session: AsyncSession, case: Case, team: Team, person_id: UUID, role: TeamRole, term: Term | None = None
) -> TeamMember:
    """A new member. Who needs the parties' acceptance sees nothing of the case before it."""
    now = instant(session)
    term = term or Term(now)
    await _give_up_lapsed(session, case, team)
    member = TeamMember(
        id=new_id(now),
        case_id=case.id,
        team_id=team.id,
        person_id=person_id,
        role=role.value,
        status="proposed",
        needs_acceptance=role in ACCEPTED_FIRST,
        since=term.since,
        ends_at=term.ends_at,
        recorded_at=now,
    )
    session.add(member)
    await session.flush()
    if role is TeamRole.HANDLER:
        case.handler_id = person_id
    if not member.needs_acceptance:
        await open_sight(session, case, member)
    return member


async def leave(session: AsyncSession, case: Case, member: TeamMember, reason: str) -> None:
    await close_sight(session, case, member)
    await rise(session, case, member, reason)


async def rise(session: AsyncSession, case: Case, member: TeamMember, reason: str) -> None:
    """Give the seat up; the relation that came with it is ended by whoever calls."""
    member.status, member.until, member.replaced_for = "replaced", instant(session), reason
    if member.role == TeamRole.HANDLER:
        case.handler_id = None
    await session.flush()


async def _give_up_lapsed(session: AsyncSession, case: Case, team: Team) -> None:
    """Seats whose term has run out: sight ended by itself, now the row says so too."""
    query = select(TeamMember).where(TeamMember.team_id == team.id, TeamMember.until.is_(None))
    for member in await session.scalars(query.where(TeamMember.ends_at <= instant(session))):
        await rise(session, case, member, LAPSED)
        member.until = member.ends_at
    await session.flush()


async def open_sight(session: AsyncSession, case: Case, member: TeamMember) -> None:
    """From now, or from the begin of a term that lies ahead, to the term's end."""
    if member.status == "accepted":
        return
    member.status = "accepted"
    await relations.grant(
        session,
        case,
        _relation(member),
        person_id=member.person_id,
        role=member.role,
        since=max(member.since, instant(session)),
        until=member.ends_at,
        source=_source(member),
    )


async def close_sight(session: AsyncSession, case: Case, member: TeamMember) -> None:
    if member.status == "accepted":
        member.status = "proposed"
        await relations.end(session, case, _relation(member), person_id=member.person_id, source=_source(member))


async def hand_over(session: AsyncSession, case: Case, kept: Collection[UUID]) -> None:
    """The team goes on under the new holder with those whom it keeps; where it keeps nobody, the team ends."""
    team = await active_team(session, case.id)
    members = await serving(session, team.id) if team and kept else []
    if team is None or all(member.person_id not in kept for member in members):
        return await dissolve(session, case)
    await _give_up_lapsed(session, case, team)
    for member in members:
        if member.person_id not in kept:
            await leave(session, case, member, HANDED_OVER)
    team.office_id = case.holder_office_id
    await session.flush()


async def dissolve(session: AsyncSession, case: Case) -> None:
    """The team ends with the office that formed it: custody has moved, or the case is done."""
    team = await active_team(session, case.id)
    if team is None:
        return
    await _give_up_lapsed(session, case, team)
    for member in await serving(session, team.id):
        await leave(session, case, member, "dissolved")
    team.dissolved_at = instant(session)
    await session.flush()


def _relation(member: TeamMember) -> Relation:
    return Relation.HANDLER if member.role == TeamRole.HANDLER else Relation.TEAM


def _source(member: TeamMember) -> str:
    return f"team_members:{member.id}"
