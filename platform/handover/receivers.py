"""Whom an offer may ask for by name: who may answer for an office that the case may go to.

The office is asked, not the person (decision 0037): whoever else may answer there may do so too.
"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.models import Case
from foundation.errors import invalid
from foundation.language import N_, in_brackets
from handover.answering import answering_roles
from handover.targets import target_options
from tenants import names
from tenants.subject import Subject

PEOPLE = text(
    "select person_id, name, office_id from people_to_answer(:case, :offices, :roles) order by office_id, name"
)


async def check_person(session: AsyncSession, case: Case, person_id: UUID | None, office_id: int) -> None:
    """Raises InvalidInput for who doesn't work there, may not answer there, or has left this case."""
    if person_id is None:
        return
    asked = {"case": case.id, "offices": [office_id], "roles": answering_roles()}
    if person_id not in set(await session.scalars(PEOPLE, asked)):
        raise invalid("to_person_id", "not_a_choice", N_("此人不在接收单位任职，或者无权答复移交；请另选"))


async def receiver_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Each with the office where that person answers; in the order of the offices."""
    offices = [int(one.value) for one in await target_options(session, subject, case)]
    asked = {"case": case.id, "offices": offices, "roles": answering_roles()}
    rows = (await session.execute(PEOPLE, asked)).all()
    called = await names.offices(session, offices)
    return [
        Option(str(person), name + in_brackets(called[office]))
        for person, name, office in sorted(rows, key=lambda row: offices.index(row.office_id))
    ]


OPTIONS = {"handover_receivers": receiver_options}
