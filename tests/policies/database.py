"""One rolled-back transaction of the owner in which worlds come and go, and questions are asked as the application."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import TextClause, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from foundation.endpoints import Endpoints
from foundation.store import SERVER_SETTINGS, Scope, instant, set_scope
from tenants.accounts import Account
from tenants.models import Office, Person, Place, Tenant
from tenants.subject import Subject
from tests.conftest import NOON
from tests.policies.trees import KINDS, TREE, office
from tests.policies.trees import Place as Grown
from tests.policies.world import PERSONS, Held, Record, Term, World

BEGAN, ENDS = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
DATED = {"name": "虚构", "kind": "division", "valid_from": date(2026, 1, 1), "valid_to": None}
COLUMNS = ("province_id", "prefecture_id", "county_id", "township_id")


@asynccontextmanager
async def rolled_back(endpoints: Endpoints) -> AsyncIterator[AsyncSession]:
    """A session of the owner who may also act as the application; nothing of it stays."""
    engine = create_async_engine(endpoints.owner, connect_args={"server_settings": SERVER_SETTINGS})
    async with engine.connect() as connection:
        await _insert_tree(connection)
        async with AsyncSession(connection, expire_on_commit=False) as session:
            session.info["instant"] = NOON
            yield session
        await connection.rollback()
    await engine.dispose()


async def _insert_tree(connection: AsyncConnection) -> None:
    await connection.execute(insert(Place), [{"id": 1, "tier": "P", **DATED}])
    await connection.execute(insert(Tenant), _tenants(TREE))
    await connection.execute(insert(Office), _offices(TREE))
    await connection.execute(insert(Person), [{"id": one, "name": "虚构"} for one in PERSONS])
    accounts = [
        {"id": one, "person_id": one, "login": f"world-{one.int}", "language": "zh", "failures": 0} for one in PERSONS
    ]
    await connection.execute(insert(Account), accounts)
    # worlds need not be lawful: the rules must hold also for a person whom no administrator could make
    await connection.execute(text("alter table posts disable trigger user"))


def _tenants(tree: list[Grown]) -> list[dict[str, object]]:
    return [
        {"id": one.id, "tier": one.tier, "place_id": 1, **DATED, **dict(zip(COLUMNS, one.columns, strict=True))}
        for one in tree
    ]


def _offices(tree: list[Grown]) -> list[dict[str, object]]:
    return [
        {"id": office(one, kind), "tenant_id": one.id, **DATED, "kind": kind.value} for one in tree for kind in KINDS
    ]


@asynccontextmanager
async def inhabited(session: AsyncSession, world: World) -> AsyncIterator[None]:
    """The world's tree, cases, records and posts, for the length of the block."""
    savepoint = await session.begin_nested()
    rows = {
        "tenants": _tenants(world.tree or []),
        "offices": _offices(world.tree or []),
        "cases": [_case_row(number, one) for number, one in enumerate(world.cases)],
        "case_relations": [_record_row(number, one) for number, one in enumerate(world.records)],
        "posts": [_post_row(number, one) for number, one in enumerate(world.terms)],
        "sign_ins": [_session_row(number, one) for number, one in enumerate(world.terms)],
    }
    filled = {table: some for table, some in rows.items() if some}
    await session.execute(fill(*filled), {"rows": json.dumps(filled, default=str)})
    try:
        yield
    finally:
        session.expunge_all()
        await savepoint.rollback()


@cache
def fill(*tables: str) -> TextClause:
    """All of a world in one statement: thousands of them are made in a run."""
    made = "".join(
        f", {table}_made as (insert into {table} select one.* from given,"
        f" jsonb_populate_recordset(null::{table}, given.rows -> '{table}') one)"
        for table in tables
    )
    return text(f"with given as (select cast(:rows as jsonb) as rows){made} select 1")


SESSION = text("select * from session_subject(:token, interval '1 day')")


async def signed_in(session: AsyncSession, world: World) -> list[Subject]:
    """The subject of each post, as a session that acts in it gets it from the database now."""
    await set_scope(session, Scope(None, None), instant(session))
    found = []
    for number in range(len(world.terms)):
        row = (await session.execute(SESSION, {"token": _token(number)})).one()
        at = (row.tier or "", row.tenant_id, row.office_id, row.office_kind)
        found.append(Subject(row.person_id, row.role or "", *at))
    return found


def _token(number: int) -> bytes:
    return bytes([number])


def _session_row(number: int, one: Term) -> dict[str, object]:
    return {
        "token_hash": f"\\x{_token(number).hex()}",
        "account_id": one.person_id,
        "post_id": _post_id(number),
        "began_at": BEGAN,
        "seen_at": NOON,
        "ends_at": ENDS,
        "second_factor_at": NOON,
    }


def _post_id(number: int) -> UUID:
    return UUID(int=7000 + number)


def _post_row(number: int, one: Term) -> dict[str, object]:
    return {
        "id": _post_id(number),
        "person_id": one.person_id,
        "office_id": office(one.tenant, one.kind),
        "role": one.role,
        "since": one.since,
        "until": one.until,
    }


def _case_row(number: int, case: Held) -> dict[str, object]:
    return {
        "id": case.id,
        "version": 1,
        "registration_no": f"world-{number}",
        "state": "closed" if case.closed else "registered",
        "step": 1,
        "dispute_type": 1,
        "source": "visit",
        "first_visit": True,
        "person_count": 1,
        "place_id": 1,
        "holder_office_id": case.office_id,
        **dict(zip(COLUMNS, case.tenant.columns, strict=True)),
        "filed_at": NOON,
        "changed_at": NOON,
        "closed_at": NOON if case.closed else None,
    }


def _record_row(number: int, row: Record) -> dict[str, object]:
    plain = {name: getattr(row, name) for name in row.__struct_fields__}
    return {"id": UUID(int=5000 + number), "source": "world", "filed_at": NOON, **plain}


@asynccontextmanager
async def asking(session: AsyncSession, subject: Subject) -> AsyncIterator[None]:
    """As the application, in the subject's scope."""
    await set_scope(session, subject.scope, instant(session))
    await session.execute(text("set local role tiaojie_app"))
    yield
    await session.execute(text("reset role"))
