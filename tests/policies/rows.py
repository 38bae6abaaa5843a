"""Rows of one case for the tests of row-level security: two petitioners, the other side, and what hangs on them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.conftest import NOON
from tests.policies.world import Held, Record, World

ANNA, BORIS, COMPANY = (UUID(int=number) for number in (901, 902, 903))
BEFORE, AFTER = NOON - timedelta(days=2), NOON - timedelta(minutes=1)
RECORDS = ("parties", "claims", "consents", "papers", "notes", "events", "timers")

PARTY = """
insert into parties (id, case_id, side, kind, ordinal, name, representative, status, recorded_at, recorded_by)
values (:party, :case, :side, 'person', 1, '', false, 'active', :at, :party)
"""
CLAIM = """
insert into claims (id, case_id, ordinal, text, nature, decision, recorded_at, recorded_by)
values (gen_random_uuid(), :case, 1, '', 'civil', 'suitable', :at, gen_random_uuid())
"""
CONSENT = """
insert into consents (id, case_id, party_id, kind, given, form, recorded_at, recorded_by)
values (gen_random_uuid(), :case, :party, :kind, :given, 'written', :at, gen_random_uuid())
"""
PAPER = """
insert into papers (id, case_id, kind, field_group, party_id, content, sha256, issued_at, issued_by, recorded_at)
values (gen_random_uuid(), :case, :kind, :group, :party, '', '', :at, gen_random_uuid(), :at)
"""
NOTE = """
insert into notes (id, case_id, text, recorded_at, recorded_by)
values (gen_random_uuid(), :case, '', :at, gen_random_uuid())
"""
EVENT = """
insert into events (id, case_id, recorded_at, act, audience, step, state, data)
values (gen_random_uuid(), :case, :at, :act, :audience, 1, 'registered', '{}')
"""
TIMER = """
insert into timers (id, case_id, kind, source, started_at, due_at, recorded_at)
values (gen_random_uuid(), :case, 'remedy', 'law', :at, :at, :at)
"""


async def furnish(session: AsyncSession, case: Held) -> None:
    """Everything is recorded BEFORE; one event, one paper and one note come AFTER."""

    async def add(statement: str, at: datetime = BEFORE, **values: object) -> None:
        await session.execute(text(statement), {"case": case.id, "at": at, **values})

    for party, side in ((ANNA, "petitioner"), (BORIS, "petitioner"), (COMPANY, "respondent")):
        await add(PARTY, party=party, side=side)
    for party, given in ((ANNA, True), (BORIS, False)):
        await add(CONSENT, party=party, kind="disclosure", given=given)
    await add(CLAIM)
    await add(PAPER, kind="notice-to-anna", group="statement", party=ANNA)
    await add(PAPER, kind="notice-to-boris", group="final", party=BORIS)
    await add(PAPER, kind="draft", group="opinion", party=None)
    await add(PAPER, AFTER, kind="agreement", group="final", party=None)
    await add(NOTE)
    await add(NOTE, AFTER)
    await add(EVENT, act="form-team", audience="parties")
    await add(EVENT, AFTER, act="write-note", audience="internal")
    await add(TIMER)


async def count(session: AsyncSession, table: str) -> int:
    """How many rows the session is shown; `table` is one of ours."""
    return int(await session.scalar(text(f"select count(*) from {table}")) or 0)


async def counts(session: AsyncSession) -> dict[str, int]:
    """By table, the empty ones left out."""
    found = {table: await count(session, table) for table in ("cases", *RECORDS)}
    return {table: number for table, number in found.items() if number}


def lonely(case: Held, *records: Record) -> World:
    """A world of one case."""
    return World([case], list(records), [])
