"""Who may receive: people who worked on the case, and were no officials while they did (六(四)6)."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.models import Case, CaseRelation
from foundation.clock import local_date
from foundation.errors import FieldError, invalid
from foundation.language import N_
from foundation.store import instant
from funding.findings import in_force
from funding.refusals import OfficialsClaim, RecipientOfficial
from funding.separation import directors_of
from policies.relations import Relation
from tenants.models import Person
from tenants.subject import Subject

OFFICIAL_IN = text(
    "select bool_or(is_official(cast(:person as uuid), cast(day as date)))"
    " from generate_series(cast(:since as date), cast(:until as date), interval '1 day') as day"
)
OFFICIALS_AT_WORK = text(
    "select person from unnest(cast(:people as uuid[])) as person where official_at_work(:case, person)"
)


class Work(Struct, frozen=True):
    """One stretch of a person's work on the case, both days included."""

    person_id: UUID
    since: date
    until: date


async def work_on(session: AsyncSession, case: Case) -> list[Work]:
    """Every seat that anybody has taken in a team of this case, earlier holders' teams included."""
    query = select(CaseRelation).where(
        CaseRelation.case_id == case.id, CaseRelation.relation.in_((Relation.TEAM, Relation.HANDLER))
    )
    end = case.closed_at or instant(session)
    return [
        Work(row.person_id, local_date(row.since), local_date(min(row.until, max(end, row.since))))
        for row in await session.scalars(query.order_by(CaseRelation.since, CaseRelation.id))
        if row.person_id is not None
    ]


async def was_official(session: AsyncSession, person_id: UUID, since: date, until: date) -> bool:
    """On any day of the stretch."""
    stretch = {"person": person_id, "since": since, "until": until}
    return bool(await session.scalar(OFFICIAL_IN, stretch))


async def officials_among(session: AsyncSession, case: Case, people: Collection[UUID]) -> frozenset[UUID]:
    """Those of `people` who were officials while they worked on the case, as the register says today."""
    found = await session.scalars(OFFICIALS_AT_WORK, {"case": case.id, "people": list(people)})
    return frozenset(found)


async def refuse_officials(session: AsyncSession, case: Case, people: Collection[UUID]) -> None:
    """Asked at approval and at payment again: a status may come to light in between."""
    if await officials_among(session, case, people):
        raise RecipientOfficial


async def refuse_officials_at(session: AsyncSession, case: Case, people: Sequence[UUID]) -> None:
    """Asked at the claim, where the rows say who it is: raises OfficialsClaim at each."""
    officials = await officials_among(session, case, people)
    if officials:
        rows = (f"shares.{index}.person_id" for index, person in enumerate(people) if person in officials)
        raise OfficialsClaim(*(FieldError(row, OfficialsClaim.code, OfficialsClaim.message) for row in rows))


async def check_recipients(session: AsyncSession, case: Case, people: list[UUID]) -> None:
    """Raises InvalidInput at the row of who did not work here, directs the workroom, found who pays, or is twice."""
    workers = {work.person_id for work in await work_on(session, case)}
    directors = await directors_of(session, case)
    finders = (await in_force(session, case.id)).finders
    for index, person in enumerate(people):
        field = f"shares.{index}.person_id"
        if person not in workers:
            raise invalid(field, "not_a_choice", N_("请从所列项目中选择"))
        if person in directors:
            raise invalid(field, "director", N_("工作室主任不领取补助"))
        if person in finders:
            raise invalid(field, "finder", N_("认定责任的人不领取补助"))
        if person in people[:index]:
            raise invalid(field, "twice", N_("同一人只填一行"))


async def recipient_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    workers = {work.person_id for work in await work_on(session, case)} - await directors_of(session, case)
    workers -= await officials_among(session, case, workers)
    query = select(Person).where(Person.id.in_(workers)).order_by(Person.name, Person.id)
    return [Option(str(person.id), person.name) for person in await session.scalars(query)]


OPTIONS = {"subsidy_recipients": recipient_options}
