"""包干化解责任清单 (解二(十)三, obligation 35): place by place, which open dispute is whose to settle, and until when.

Staff only: no party stands in it. Whoever guides or supervises cases reads those that the rules show them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.filters import Filters
from cases.lists import CaseRow
from cases.lists import page as list_page
from cases.models import Case
from foundation.errors import Forbidden
from foundation.reading import Reading
from foundation.store import instant
from oversight.leader_reading import leading
from policies import gate
from policies.actions import Action
from teams.models import TeamMember
from teams.roles import TeamRole
from tenants.models import Person, Place
from tenants.subject import Subject

MOST = 1000
"""Lines of one page of the API."""
LONGEST = 5000
"""So many lines an export has at most; it says so when there are more."""
READERS = (Action.CASE_GUIDE, Action.CASE_SUPERVISE)
ANSWERING = (TeamRole.LEADER.value, TeamRole.HANDLER.value)


class InCharge(Struct, frozen=True):
    name: str
    until: datetime


class Line(Struct, frozen=True):
    """One open dispute. `leader` and `handler` of its team, empty before one is formed: then the holder answers.

    `in_charge`: leaders in charge of it (包案), the last day of the term with each; `charge_overdue`: one has run out.
    """

    case_id: UUID
    place: str
    number: str
    dispute_type: int
    case_class: str | None
    state: str
    holder: str
    leader: str
    handler: str
    in_charge: tuple[InCharge, ...]
    charge_overdue: bool
    filed_at: datetime
    due_at: datetime | None


class Responsibilities(Struct, frozen=True):
    """In the order of the tree, then of registration; `after` continues with earlier registrations, None = all."""

    lines: list[Line]
    after: str | None


async def responsibilities(
    session: AsyncSession, reading: Reading, subject: Subject, after: str | None = None, size: int = 100
) -> Responsibilities:
    """The newest open cases, by place; raises Forbidden, InvalidInput at `after`."""
    if not any(gate.may(subject, action) for action in READERS):
        raise Forbidden
    found = await list_page(reading, subject, Filters(open_only=True), after, action=Action.CASE_STATUS, size=size)
    ids, now = [row.id for row in found.rows], instant(session)
    people, leaders = await _answering(session, ids), await leading(session, ids)
    places = await _places(session, ids)
    lines = [
        _line(row, places[row.id][-1], people.get(row.id, {}), leaders.get(row.id, ()), now)
        for row in sorted(found.rows, key=lambda row: (places[row.id], row.filed_at))
    ]
    return Responsibilities(lines, found.after)


async def _places(session: AsyncSession, cases: Sequence[UUID]) -> Mapping[UUID, tuple[int, int, int, str]]:
    """Case -> where its dispute is: prefecture, county, place, and the county's and the place's name.

    Many townships bear the same name, in different counties.
    """
    county = aliased(Place)
    query = (
        select(Case.id, Place.prefecture_id, Place.county_id, Place.id, county.name, Place.name)
        .join(Place, Place.id == Case.place_id)
        .outerjoin(county, (county.id == Place.county_id) & (county.id != Place.id))
        .where(Case.id.in_(cases))
    )
    return {
        case: (prefecture or 0, own or 0, place, f"{above or ''}{name}")
        for case, prefecture, own, place, above, name in (await session.execute(query)).all()
    }


async def _answering(session: AsyncSession, cases: Sequence[UUID]) -> Mapping[UUID, Mapping[str, str]]:
    """Case -> part -> name, of who serves now; one query for the page."""
    query = (
        select(TeamMember.case_id, TeamMember.role, Person.name)
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.case_id.in_(cases), TeamMember.role.in_(ANSWERING), TeamMember.until.is_(None))
        .order_by(TeamMember.since, TeamMember.id)
    )
    named: dict[UUID, dict[str, str]] = {}
    for case_id, role, name in (await session.execute(query)).all():
        named.setdefault(case_id, {})[role] = name
    return named


def _line(
    row: CaseRow, place: str, people: Mapping[str, str], leaders: Sequence[tuple[str, datetime]], now: datetime
) -> Line:
    return Line(
        case_id=row.id,
        place=place,
        number=row.case_no or row.registration_no,
        dispute_type=row.dispute_type,
        case_class=row.case_class,
        state=row.state,
        holder=row.holder,
        leader=people.get(TeamRole.LEADER.value, ""),
        handler=people.get(TeamRole.HANDLER.value, ""),
        in_charge=tuple(InCharge(name, until) for name, until in leaders),
        charge_overdue=any(until <= now for _, until in leaders),
        filed_at=row.filed_at,
        due_at=row.due_at,
    )
