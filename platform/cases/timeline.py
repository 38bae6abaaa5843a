"""History is rows: one event, one audit link and one outbox row with every act, in its transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.clock_notes import with_notes
from cases.history import Audience, Event
from cases.models import Case
from foundation import audit, outbox
from foundation.batch import write, write_last
from foundation.direct import made
from foundation.ids import new_id
from foundation.model import Base
from foundation.store import instant
from policies.actions import Action
from policies.gate import Permissions
from tenants.subject import Subject


def holder_tenant(case: Case) -> int:
    """The holder's tenant follows from the deepest custody column (decisions.md 1)."""
    return case.township_id or case.county_id or case.prefecture_id or case.province_id


async def record(session: AsyncSession, subject: Subject, case: Case, act: Act, done: Done) -> None:
    """Write what `act` did. The audit goes to the subject's chain, the holder's, and any other tenant named."""
    event = new_event(session, subject, case, act.name, done)
    facts = {"case": str(case.id), "act": act.name, "event": str(event.id)}
    message = outbox.message(instant(session), "case.changed", **facts)
    entry = audit.Entry(subject.actor, subject.post_id, act.action, "case", str(case.id), detail={"act": act.name})
    chains = {holder_tenant(case), subject.tenant_id or holder_tenant(case), *done.also_tenants}
    await audit.append(session, entry, *chains)
    await write(session, [*done.rows, event])
    write_last(session, [message])


async def record_registration(
    session: AsyncSession, subject: Subject, case: Case, done: Done, rows: Sequence[Base] = ()
) -> None:
    """The first event of a case: registering is no move of the table, since nothing stood before it.

    `rows` of the new case are written with it, in the last statement of the transaction.
    """
    event = new_event(session, subject, case, "register", done)
    facts = {"case": str(case.id), "act": "register", "event": str(event.id)}
    message = outbox.message(instant(session), "case.changed", **facts)
    entry = audit.Entry(subject.actor, subject.post_id, Action.CASE_REGISTER, "case", str(case.id))
    await audit.append(session, entry, holder_tenant(case))
    write_last(session, [*rows, event, message])


async def record_imports(
    session: AsyncSession, subject: Subject, told: Mapping[UUID, Any], cases: Sequence[Case], rows: list[Base]
) -> None:
    """The first events of cases of one holder that came from outside, with `rows` of theirs, in two round trips.

    `told`: by case, the event's codes and counts.
    """
    now = instant(session)
    for case in cases:
        event = new_event(session, subject, case, "import", Done(data=told[case.id], audience="parties"))
        facts = {"case": str(case.id), "act": "import", "event": str(event.id)}
        rows.append(event)
        write_last(session, [outbox.message(now, "case.changed", **facts)])
    await write(session, rows)
    entry = audit.Entry(subject.actor, subject.post_id, Action.HANDOVER_IMPORT, "case", "")
    await audit.append_each(session, entry, [str(case.id) for case in cases], holder_tenant(cases[0]))


def new_event(session: AsyncSession, subject: Subject, case: Case, act: str, done: Done) -> Event:
    now = instant(session)
    row = {
        "id": new_id(now),
        "case_id": case.id,
        "recorded_at": now,
        "act": act,
        "audience": done.audience,
        "step": case.step,
        "state": case.state,
        "actor_id": None if subject.system else subject.person_id,
        "system": subject.system,
        "post_id": subject.post_id,
        "office_id": subject.office_id,
        "tenant_id": subject.tenant_id,
        "data": with_notes(session, case.id, done.data),
    }
    return made(Event, row)


async def of_case(
    session: AsyncSession, case_id: UUID, may: Permissions, limit: int = 200, until: datetime | None = None
) -> Sequence[Event]:
    """Newest first, up to `until`, for the audience that `may` makes its reader one of.

    Row-level security cuts what a former holder may see at the handover, and a party to what parties are told.
    """
    query = select(Event).where(Event.case_id == case_id).order_by(Event.recorded_at.desc(), Event.id.desc())
    if Action.CASE_READ_NOTES not in may.actions:
        query = query.where(Event.audience != Audience.WORKROOM)
    if until is not None:
        query = query.where(Event.recorded_at <= until)
    return (await session.scalars(query.limit(limit))).all()
