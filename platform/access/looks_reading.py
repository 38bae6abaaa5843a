"""Who looked at one case, newest first: openings and reveals in one list, for those entitled to know (access:log_read).

Names, posts and rules are for the line of the case; a petitioner reads `looks_extract`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from access.looks_models import Exit
from cases.models import Case
from foundation.errors import invalid
from foundation.language import N_
from policies import gate
from policies.actions import Action
from tenants import names
from tenants.subject import Subject

SIZE = 50
LARGEST = 200


class LogEntry(Struct, frozen=True):
    """`kind`: look (the case was opened) | reveal (a party's data was shown in the clear, for `purpose`).

    A look's `until` is the last way of looking in that hour; `source` is the record that let the person in.
    """

    kind: str
    id: UUID
    at: datetime
    until: datetime | None
    person: str
    office: str
    role: str | None
    relation: str | None
    rule: str | None
    source: str | None
    exits: list[str]
    by_program: bool
    purpose: str | None
    party: int | None


class LogPage(Struct, frozen=True):
    """`after` is the value of the same parameter for the next page; None = the last one."""

    rows: list[LogEntry]
    after: str | None


async def log_of(
    session: AsyncSession, subject: Subject, case_id: UUID, after: str | None = None, size: int = SIZE
) -> tuple[Case, LogPage]:
    """Raises NotFound, Forbidden, InvalidInput for a broken cursor."""
    case: Case = await gate.fetch(session, subject, Action.ACCESS_LOG_READ, case_id)
    at, id = _read_cursor(after) if after else (None, None)
    found = await session.execute(PAGE, {"case": case_id, "at": at, "id": id, "most": min(size, LARGEST) + 1})
    rows = found.all()
    shown = rows[: min(size, LARGEST)]
    last = shown[-1] if len(rows) > len(shown) else None
    return case, LogPage(await _entries(session, shown), f"{last.at.isoformat()}~{last.id}" if last else None)


async def _entries(session: AsyncSession, rows: Sequence[Any]) -> list[LogEntry]:
    people = await names.people(session, [row.person_id for row in rows])
    offices = await names.offices(session, [row.office_id for row in rows])
    return [
        LogEntry(
            kind=row.kind,
            id=row.id,
            at=row.at,
            until=row.until,
            person=people.get(row.person_id, ""),
            office=offices.get(row.office_id, ""),
            role=row.role,
            relation=row.relation,
            rule=row.rule,
            source=row.source,
            exits=exit_codes(row.exits or 0),
            by_program=row.by_program,
            purpose=row.purpose,
            party=row.party,
        )
        for row in rows
    ]


def exit_codes(bits: int) -> list[str]:
    """The ways of looking that a row holds: `page`, `paper` …"""
    return [str(exit.name).lower() for exit in Exit if exit & bits]


def _read_cursor(after: str) -> tuple[datetime, UUID]:
    try:
        at, id = after.split("~")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        return moment.astimezone(UTC), UUID(id)
    except (ValueError, OverflowError):
        raise invalid("after", "malformed", N_("翻页标记不对，请从第一页开始")) from None


BEFORE = "(cast(:at as timestamptz) is null or ({at}, {id}) < (cast(:at as timestamptz), cast(:id as uuid)))"
PAGE = text(f"""
(select 'look' as kind, l.id, l.first_at as at, l.last_at as until, l.person_id, l.office_id, l.role, l.relation,
        l.rule, l.source, l.exits, l.token_id is not null as by_program, null as purpose, null::int as party
 from looks l where l.case_id = :case and {BEFORE.format(at="l.first_at", id="l.id")}
 order by l.first_at desc, l.id desc limit :most)
union all
(select 'reveal', v.id, v.recorded_at, null, v.person_id, v.office_id, null, null, null, null, null, false, v.purpose,
        p.ordinal
 from reveals v left join parties p on p.id = v.party_id
 where v.case_id = :case and {BEFORE.format(at="v.recorded_at", id="v.id")}
 order by v.recorded_at desc, v.id desc limit :most)
order by at desc, id desc limit :most
""")
