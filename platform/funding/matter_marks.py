"""What is on file of a case as one dispute with another, as either of the two pages shows it.

The side that recorded it has the number it typed. The other side learns where that was, and the number only if the
rules let the reader see that case.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.language import N_, translate
from policies import gate
from policies.actions import Action
from policies.gate import Permissions
from tenants.models import Person
from tenants.subject import Subject

MARKS = text("select * from same_matter_marks(:case)")


class MatterMark(Struct, frozen=True):
    """`own`: recorded on this page. `number` None = of a case that the reader doesn't see, at `place`. Who recorded or
    withdrew it, and why, stands on the page where that was done."""

    id: UUID
    own: bool
    number: str | None
    place: str
    recorded_at: datetime
    recorded_by: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str | None


async def marks_of(session: AsyncSession, subject: Subject, case: Case, permissions: Permissions) -> list[MatterMark]:
    """For readers of the money: withdrawn ones too, the oldest first."""
    return await _marks(session, subject, case) if Action.CASE_READ_MONEY in permissions.actions else []


async def standing_marks(session: AsyncSession, subject: Subject, case: Case) -> list[MatterMark]:
    return [mark for mark in await _marks(session, subject, case) if mark.withdrawn_at is None]


def title_of(mark: MatterMark) -> str:
    """In the reader's language."""
    return mark.number or translate(N_("%(place)s的另一案件"), place=mark.place)


async def _marks(session: AsyncSession, subject: Subject, case: Case) -> list[MatterMark]:
    rows = (await session.execute(MARKS, {"case": case.id})).all()
    people = {person for row in rows for person in (row.recorded_by, row.withdrawn_by) if person is not None}
    names = await _names(session, people)
    numbers = await _numbers(session, subject, {row.other_case_id for row in rows if not row.own})
    return [
        MatterMark(
            id=row.id,
            own=row.own,
            number=row.other_no if row.own else numbers.get(row.other_case_id),
            place=row.place,
            recorded_at=row.recorded_at,
            recorded_by=names.get(row.recorded_by),
            withdrawn_at=row.withdrawn_at,
            withdrawn_by=names.get(row.withdrawn_by),
            withdrawn_reason=row.withdrawn_reason,
        )
        for row in rows
    ]


async def _numbers(session: AsyncSession, subject: Subject, cases: Collection[UUID]) -> dict[UUID, str]:
    """Of those whose number the rules show to the reader."""
    branches = gate.visible(subject, Action.CASE_STATUS) if cases else []
    if not branches:
        return {}
    query = select(Case.id, Case.registration_no).where(Case.id.in_(cases), or_(*branches))
    return {case: number for case, number in await session.execute(query)}


async def _names(session: AsyncSession, people: Collection[UUID]) -> dict[UUID, str]:
    if not people:
        return {}
    query = select(Person.id, Person.name).where(Person.id.in_(people))
    return {person: name for person, name in await session.execute(query)}
