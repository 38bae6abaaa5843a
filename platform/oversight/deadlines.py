"""The job that looks once a minute at what becomes due: warns ahead, marks what is overdue, tells tier after tier.

It reads what it is time to look at by one index, and takes each step of each thing once: run twice, late or on two
workers, the same is marked and the same is told.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.term_settings import leads
from foundation import audit, direct, outbox
from foundation.clock import local_date
from foundation.grammar import Happening
from foundation.store import instant
from foundation.working_days import calendars_of_places
from oversight.deadline_due import Due
from oversight.deadline_rules import Rung, rules
from oversight.deadline_sources import SOURCES
from oversight.deadline_steps import Doing, Look, Step, look, steps
from oversight.notice_kinds import NoticeKind
from oversight.order_entries import OrderDeed
from oversight.telling import tell
from tenants.subject import Subject

BATCH = 500


class Looked(Struct, frozen=True):
    """How many things were looked at, and how many of them are overdue from now on."""

    rows: int
    overdue: int


class Taken(Struct, frozen=True):
    """One thing and what this look does about it."""

    due: Due
    found: Look


async def look_at_what_is_due(session: AsyncSession, subject: Subject, size: int = BATCH) -> Looked:
    """One batch, the longest due first; fewer than `size` rows = nothing is left for now."""
    rows = await direct.fetch(session, TIME_TO_LOOK, instant(session), size)
    if not rows:
        return Looked(0, 0)
    taken = await _judged(session, rows)
    await _keep(session, rows, taken)
    over = [one.due for one in taken if any(step.doing is Doing.OVERDUE for step in one.found.now)]
    marked = await _mark(session, subject, over)
    await _tell(session, taken)
    return Looked(len(rows), marked)


async def _judged(session: AsyncSession, rows: Sequence[Any]) -> list[Taken]:
    by_source: dict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        by_source[row["source"]].append(row["row_id"])
    known = await leads(session)
    dues = [due for source, ids in by_source.items() for due in await SOURCES[source](session, ids, known)]
    calendars = await calendars_of_places(session, {due.place_id for due in dues})
    before = {(row["source"], row["row_id"]): row["taken"] for row in rows}
    judged = []
    for due in dues:
        planned = steps(due.due_at, due.lead, calendars[due.place_id], _rungs(due), working=due.working)
        found = look(planned, before[due.source, due.row_id], instant(session))
        judged.append(Taken(due, found.until(due.lead_until)))
    return judged


def _rungs(due: Due) -> tuple[Rung, ...]:
    return rules()[due.source].rungs if due.climbs else ()


async def _keep(session: AsyncSession, rows: Sequence[Any], taken: Sequence[Taken]) -> None:
    """When to look again. What somebody is just now changing, in a minute."""
    found = {(one.due.source, one.due.row_id): one.found for one in taken}
    keys = [(row["source"], row["row_id"]) for row in rows]
    sources, ids = [source for source, _ in keys], [row_id for _, row_id in keys]
    again: list[datetime | None] = [found[key].again if key in found else None for key in keys]
    counts = [found[key].taken if key in found else None for key in keys]
    await direct.fetch(session, LOOK_AGAIN, sources, ids, again, counts, instant(session))


async def _mark(session: AsyncSession, subject: Subject, over: Sequence[Due]) -> int:
    """On the rows that say so themselves, in the audit of who has the case, and to whoever listens."""
    marked = 0
    for source in MARKED:
        by_id = {due.row_id: due for due in over if due.source == source}
        if not by_id:
            continue
        for row in await direct.fetch(session, MARK, source, list(by_id)):
            due, marked = by_id[row["id"]], marked + 1
            await _on_record(session, subject, due)
    return marked


async def _on_record(session: AsyncSession, subject: Subject, due: Due) -> None:
    if due.case_id is None:
        detail, concerned = {"kind": due.code, "matter": str(due.row_id)}, ("matter", str(due.row_id))
    else:
        thing = "timer" if due.source == "timers" else "order"
        detail, concerned = {"kind": due.code, thing: str(due.row_id)}, ("case", str(due.case_id))
    entry = audit.Entry(subject.actor, None, Happening.TIMER_OVERDUE, *concerned, detail=detail)
    await audit.append(session, entry, due.chain[0])
    if due.source == "timers":
        ids = {"case": str(due.case_id), "timer": str(due.row_id)}
        await outbox.publish(session, "timer.overdue", **ids, kind=due.code)


async def _tell(session: AsyncSession, taken: Sequence[Taken]) -> None:
    climbing = [one for one in taken if any(step.doing is Doing.RUNG for step in one.found.now)]
    desks = await _desks(session, {tenant for one in climbing for tenant in one.due.chain})
    above: list[tuple[Due, int]] = []
    for one in taken:
        for step in one.found.now:
            if step.doing is Doing.RUNG:
                above += [(one.due, office) for office in await _climb(session, one.due, step, desks)]
            elif step.doing is Doing.SOON:
                await _told(session, one.due, one.due.soon, step.doing.value, one.due.offices, one.due.persons)
            elif kind := one.due.over:
                offices = (*one.due.offices, *one.due.above)
                await _told(session, one.due, kind, step.doing.value, offices, one.due.persons)
    await _write_up(session, above)


async def _climb(session: AsyncSession, due: Due, step: Step, desks: Mapping[int, int]) -> tuple[int, ...]:
    """The office that hears of it; each supervising office once, however many rungs end at the province."""
    office = supervising(due.chain, step.tiers_up, desks)
    lower = {supervising(due.chain, rung.tiers_up, desks) for rung in _rungs(due) if rung.tiers_up < step.tiers_up}
    if office is None or office in lower or office in due.offices:
        return ()
    await _told(session, due, NoticeKind.OVERDUE_BELOW, f"rung{step.tiers_up}", (office,))
    return (office,)


def supervising(chain: Sequence[int], tiers_up: int, desks: Mapping[int, int]) -> int | None:
    """The supervising office so many tiers above the first of `chain`, or above that where there is none; the
    province's at most."""
    reached = (desks[tenant] for tenant in chain[min(tiers_up, len(chain) - 1) :] if tenant in desks)
    return next(reached, None)


async def _told(
    session: AsyncSession,
    due: Due,
    kind: NoticeKind,
    what: str,
    offices: Sequence[int],
    persons: Sequence[UUID] = (),
) -> None:
    cause = f"{due.source}:{due.row_id}:{local_date(due.due_at)}:{what}"
    address = "" if kind is NoticeKind.OVERDUE_BELOW and due.case_id else due.address
    await tell(session, kind, cause, case_id=due.case_id, address=address, offices=offices, persons=persons)


async def _write_up(session: AsyncSession, told: Sequence[tuple[Due, int]]) -> None:
    """In the order's history, once: an order that is refused after its day begins its steps anew."""
    orders = [(due, office) for due, office in told if due.source == "supervision_orders"]
    if not orders:
        return
    ids = [uuid5(due.row_id, f"{local_date(due.due_at)}:{office}") for due, office in orders]
    cases, offices = [due.case_id for due, _ in orders], [office for _, office in orders]
    rows = [due.row_id for due, _ in orders]
    await direct.fetch(session, WRITE_UP, ids, rows, cases, offices, OrderDeed.ESCALATED.value, instant(session))


async def _desks(session: AsyncSession, tenants: set[int]) -> Mapping[int, int]:
    """By tenant: its leading group's office, where supervision has its desk."""
    if not tenants:
        return {}
    return {row["tenant_id"]: row["id"] for row in await direct.fetch(session, DESKS, sorted(tenants))}


TIME_TO_LOOK = """
select source, row_id, taken from deadlines where look_at <= $1 order by look_at limit $2 for update skip locked"""
LOOK_AGAIN = """
with found as materialized (
    select * from unnest($1::varchar[], $2::uuid[], $3::timestamptz[], $4::smallint[])
         f (source, row_id, again, taken)),
done as (
    delete from deadlines d using found f
    where d.source = f.source and d.row_id = f.row_id and f.again is null and f.taken is not null)
update deadlines d
set look_at = coalesce(f.again, $5::timestamptz + interval '1 minute'), taken = coalesce(f.taken, d.taken)
from found f where d.source = f.source and d.row_id = f.row_id and (f.again is not null or f.taken is null)"""
MARKED = ("timers", "supervision_orders", "supervision_matters")
"""Tables whose rows say themselves that they are overdue."""
MARK = "select id from mark_overdue($1, $2) id"
WRITE_UP = """
insert into order_entries (id, order_id, case_id, office_id, deed, evidence_ids, recorded_at, recorded_by)
select e.id, e.order_id, e.case_id, e.office_id, $5, '{}', $6, '00000000-0000-0000-0000-000000000000'
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[]) e (id, order_id, case_id, office_id)
on conflict (id) do nothing"""
DESKS = """
select distinct on (tenant_id) tenant_id, id from offices
where kind = 'leading_group' and valid_to is null and tenant_id = any ($1) order by tenant_id, id"""
