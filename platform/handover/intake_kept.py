"""Named mappings of an office, for the next file of the same system; and what came of a file."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.origins import CaseOrigin
from foundation.errors import NotFound, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from handover.intake import mapping_in, require, table_in, waiting
from handover.intake_mapping import Kept, applied, kept
from handover.intake_models import Intake, IntakeMapping
from policies import gate
from policies.actions import Action
from tenants.subject import Subject

LONGEST_NAME = 40
PAGE = 100


async def keep_mapping(session: AsyncSession, subject: Subject, row: Intake, name: str) -> None:
    """Under a name of the office's own; the same name again takes its place."""
    wanted = name.strip()
    if not 1 <= len(wanted) <= LONGEST_NAME:
        raise invalid("keep_as", "too_long", N_("最多 %(n)s 个字"), n=LONGEST_NAME)
    now = instant(session)
    values = {
        "content": msgspec.to_builtins(kept(mapping_in(row), table_in(row))),
        "recorded_at": now,
        "recorded_by": subject.person_id,
    }
    whose = {"id": new_id(now), "tenant_id": row.tenant_id, "office_id": row.office_id, "name": wanted}
    upsert = insert(IntakeMapping).values(**whose, **values)
    await session.execute(upsert.on_conflict_do_update(index_elements=["office_id", "name"], set_=values))


async def mappings(session: AsyncSession, subject: Subject) -> Sequence[IntakeMapping]:
    office = require(subject)
    query = select(IntakeMapping).where(IntakeMapping.office_id == office).order_by(IntakeMapping.name)
    return (await session.scalars(query)).all()


async def use_mapping(session: AsyncSession, subject: Subject, intake_id: UUID, mapping_id: UUID) -> None:
    """As far as the file's columns bear the same titles; what is then missing is said when it is tried out."""
    require(subject)
    row = await waiting(session, subject, intake_id)
    found = await session.get(IntakeMapping, mapping_id)
    if found is None or found.office_id != row.office_id:
        raise NotFound
    row.mapping = msgspec.to_builtins(applied(msgspec.convert(found.content, Kept), table_in(row)))
    row.mapped_by, row.report = subject.person_id, None
    await session.flush()


class TakenIn(Struct, frozen=True):
    case_id: UUID
    outside_no: str
    registration_no: str
    state: str


async def taken_in(
    session: AsyncSession, subject: Subject, intake_id: UUID, after: str = ""
) -> tuple[list[TakenIn], str]:
    """A page of the cases that came with a file, as far as their status is still the reader's; and where to go on."""
    branches = gate.visible(subject, Action.CASE_STATUS)
    if not branches:
        return [], ""
    query = select(Case.id, CaseOrigin.outside_no, Case.registration_no, Case.state)
    query = query.join(CaseOrigin, CaseOrigin.case_id == Case.id).where(CaseOrigin.intake_id == intake_id)
    query = query.where(or_(*branches), Case.registration_no > after).order_by(Case.registration_no).limit(PAGE + 1)
    found = (await session.execute(query)).all()
    rows = [TakenIn(*row) for row in found[:PAGE]]
    return rows, rows[-1].registration_no if len(found) > PAGE else ""
