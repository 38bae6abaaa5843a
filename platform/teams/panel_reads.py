"""Panels of a case as they stand: who was called, who has spoken, what the minutes are."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import direct
from policies.actions import Action
from policies.gate import Permissions
from teams.panel_models import Panel, PanelPaper
from tenants.models import Person

CALLED = """
select p.id, p.recorded_at, p.paper_id, e.person_id, n.name,
       (select o.paper_id from panel_papers o where o.panel_id = p.id and o.person_id = e.person_id
        order by o.recorded_at desc limit 1),
       (select m.paper_id from panel_papers m where m.panel_id = p.id and m.person_id is null)
from panels p join panel_experts e on e.panel_id = p.id join persons n on n.id = e.person_id
where p.case_id = $1 order by p.recorded_at, p.id, n.name, n.id"""


class Convened(Struct, frozen=True):
    """An open panel: who was called, and who has given an opinion."""

    id: UUID
    experts: frozenset[UUID]
    heard: frozenset[UUID]


class ExpertView(Struct, frozen=True):
    """`paper_id` of the newest opinion, None = not yet."""

    person_id: UUID
    name: str
    paper_id: UUID | None


class PanelView(Struct, frozen=True):
    convened_at: datetime
    call_id: UUID
    minutes_id: UUID | None
    experts: tuple[ExpertView, ...]


async def open_panel(session: AsyncSession, case_id: UUID) -> Convened | None:
    """The one whose minutes are not written yet; there is at most one."""
    closed = select(PanelPaper.panel_id).where(PanelPaper.case_id == case_id, PanelPaper.person_id.is_(None))
    query = select(Panel.id).where(Panel.case_id == case_id, Panel.id.not_in(closed))
    panel = await session.scalar(query)
    if panel is None:
        return None
    rows = [row for row in await direct.fetch(session, CALLED, case_id) if row[0] == panel]
    return Convened(
        panel, frozenset(row["person_id"] for row in rows), frozenset(row["person_id"] for row in rows if row[5])
    )


async def panels_of(session: AsyncSession, case_id: UUID, permissions: Permissions) -> Sequence[PanelView]:
    """Oldest first; experts by name, as the members of a team."""
    if Action.CASE_READ_OPINION not in permissions.actions:
        return ()
    found: dict[UUID, PanelView] = {}
    for panel, at, call, person, name, opinion, minutes in await direct.fetch(session, CALLED, case_id):
        before = found.get(panel, PanelView(at, call, minutes, ()))
        expert = ExpertView(person, name, opinion)
        found[panel] = PanelView(at, call, minutes, (*before.experts, expert))
    return list(found.values())


async def names_of_people(session: AsyncSession, people: Sequence[UUID]) -> dict[UUID, str]:
    rows = await session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return {person_id: name for person_id, name in rows}
