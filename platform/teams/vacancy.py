"""A seat that somebody had to leave at once: freed without a successor, and filled again by the director."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.facts import by_facts
from cases.hooks import Served
from cases.models import Case
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, InvalidInput, invalid
from foundation.language import N_, translate
from foundation.store import instant
from policies.actions import Action
from teams import seats
from teams.fields import NOT_A_CHOICE
from teams.models import TeamMember
from teams.replacement import Reason
from teams.roles import NEEDED, TeamRole
from teams.roster import roster_of
from teams.seating import MemberRow, broken_rules
from tenants.subject import Subject


class SeatForm(Struct, frozen=True, kw_only=True):
    role: Annotated[TeamRole, Meta(title=N_("空缺的职责"), extra={"options": "vacant_seats"})]
    person_id: Annotated[UUID, Meta(title=N_("补入的人员"), extra={"options": "seat_candidates"})]
    no_conflict: Annotated[bool, Meta(title=N_("本人已声明：与双方当事人、涉事单位及纠纷无利害关系"))] = False


class NoSeatVacant(Conflict):
    code = "no_seat_vacant"
    message = N_("专调小组没有空缺")


async def vacate(session: AsyncSession, case: Case, person_id: UUID) -> tuple[str, ...]:
    """Free every seat of that person; the relations end with the exclusion that follows. Returns the parts."""
    own = [one for one in await _members(session, case) if one.person_id == person_id]
    for member in own:
        await seats.rise(session, case, member, Reason.RECUSAL.value)
    return tuple(one.role for one in own)


async def serving(session: AsyncSession, case: Case) -> Sequence[Served]:
    return [Served(one.person_id, one.role) for one in await _members(session, case)]


async def fill_seat(session: AsyncSession, subject: Subject, case: Case, form: SeatForm) -> Done:
    """The newcomer obeys the same rules as at the forming; a mediator waits for the parties' yes (人民调解法23(1))."""
    if form.role not in await vacant(session, case):
        raise invalid("role", "not_a_choice", NOT_A_CHOICE)
    team = await seats.active_team(session, case.id)
    if team is None:
        raise NoSeatVacant
    row = MemberRow(person_id=form.person_id, role=form.role, no_conflict=form.no_conflict)
    if errors := list(broken_rules(row, await roster_of(session, case), local_date(instant(session)))):
        raise InvalidInput(*errors)
    await seats.take(session, case, team, form.person_id, form.role)
    return Done(data={"role": form.role.value}, audience="parties")


async def vacant(session: AsyncSession, case: Case) -> list[TeamRole]:
    """Seats the team needs and nobody has; none without a team."""
    if await seats.active_team(session, case.id) is None:
        return []
    taken = {one.role for one in await _members(session, case)}
    return [role for role in NEEDED if role.value not in taken]


async def _members(session: AsyncSession, case: Case) -> list[TeamMember]:
    team = await seats.active_team(session, case.id)
    return await seats.serving(session, team.id) if team else []


@by_facts(seats.TEAM, seats.MEMBERS)
def seat_vacant(subject: Subject, case: Case, team: bool | None, members: list[Any]) -> DomainError | None:
    taken = {seats.Seat(*member).role for member in members}
    return NoSeatVacant() if team is None or taken.issuperset(role.value for role in NEEDED) else None


async def vacant_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(role.value, translate(role.label)) for role in await vacant(session, case)]


ACTS = (Act("fill-seat", N_("补齐小组成员"), Action.TEAM_FORM, SeatForm, fill_seat, step=4),)
GUARDS = {"seat_vacant": seat_vacant}
OPTIONS = {"vacant_seats": vacant_options}
