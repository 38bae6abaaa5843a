"""Every term of every case told again from the case's events, and the rows that say otherwise."""

from collections.abc import AsyncIterator
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.history import Timer
from cases.models import Case
from cases.term_history import Difference, differences
from cases.terms import TERMS
from cases.timeline import holder_tenant
from foundation import audit
from foundation.grammar import Happening
from foundation.working_days import calendar_of_place
from tenants.subject import Subject

BATCH = 500
FIRST = UUID(int=0)


class Wrong(Struct, frozen=True):
    case: str
    """Its registration number."""
    difference: Difference


class Checked(Struct):
    """`untold`: cases whose history does not begin with a registration; nothing is said of them."""

    cases: int = 0
    untold: int = 0
    wrong: list[Wrong] = []


async def check_terms(session: AsyncSession, *, ended: bool = False) -> Checked:
    """`ended`: also cases in which no term runs any more."""
    found = Checked()
    async for case in _cases(session, ended):
        told = await differences(session, case)
        found.cases += 1
        found.untold += told is None
        found.wrong += [Wrong(case.registration_no, one) for one in told or ()]
    return found


async def reckon_again(session: AsyncSession, subject: Subject) -> int:
    """After a year's holidays were announced: move the last days that hang on them, on record. How many moved."""
    moved = 0
    async for case in _cases(session, ended=False):
        days_off = await calendar_of_place(session, case.place_id)
        for row in await timers.running(session, case.id):
            ends = timers.due_of(row, days_off).moment
            if TERMS[row.kind].rolls and ends != row.due_at:
                detail = {"timer": str(row.id), "kind": row.kind, "from": str(row.due_at), "to": str(ends)}
                row.due_at = ends
                entry = audit.Entry(subject.actor, None, Happening.TIMER_RECKONED, "case", str(case.id), detail=detail)
                await audit.append(session, entry, holder_tenant(case))
                moved += 1
        await timers.refresh(session, case)
    return moved


async def _cases(session: AsyncSession, ended: bool) -> AsyncIterator[Case]:
    """By id, a batch at a time; each is let go when it is done with."""
    last = FIRST
    runs = select(Timer.id).where(Timer.case_id == Case.id, Timer.done_at.is_(None)).exists()
    while True:
        query = select(Case).where(Case.id > last, *([] if ended else [runs])).order_by(Case.id).limit(BATCH)
        batch = (await session.scalars(query)).all()
        for case in batch:
            last = case.id
            yield case
        if len(batch) < BATCH:
            return
        await session.flush()
        session.expunge_all()
