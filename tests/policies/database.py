"""One rolled-back transaction of the owner in which worlds come and go, and questions are asked as the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from cases.models import Case, CaseRelation
from foundation.endpoints import Endpoints
from foundation.store import SERVER_SETTINGS, instant, set_scope
from tenants.models import Office, Place, Tenant
from tenants.subject import Subject
from tests.conftest import NOON
from tests.policies.world import OFFICES, TREE, World

DAY = date(2026, 1, 1)


@asynccontextmanager
async def rolled_back(endpoints: Endpoints) -> AsyncIterator[AsyncSession]:
    """A session of the owner who may also act as the application; nothing of it stays."""
    engine = create_async_engine(endpoints.owner, connect_args={"server_settings": SERVER_SETTINGS})
    async with engine.connect() as connection:
        await connection.execute(text("grant tiaojie_app to current_user with set true, inherit false"))
        await _insert_tree(connection)
        async with AsyncSession(connection, expire_on_commit=False) as session:
            session.info["instant"] = NOON
            yield session
        await connection.rollback()
    await engine.dispose()


async def _insert_tree(connection: AsyncConnection) -> None:
    columns = ("province_id", "prefecture_id", "county_id", "township_id")
    dated = {"name": "虚构", "kind": "division", "valid_from": DAY, "valid_to": None}
    await connection.execute(insert(Place), [{"id": 1, "tier": "P", **dated}])
    tenants = [
        {"id": t.id, "tier": t.tier, "place_id": 1, **dated, **dict(zip(columns, t.columns, strict=True))} for t in TREE
    ]
    await connection.execute(insert(Tenant), tenants)
    offices = [{"id": number, "tenant_id": number // 10, **dated} for number in OFFICES]
    await connection.execute(insert(Office), offices)


@asynccontextmanager
async def inhabited(session: AsyncSession, world: World) -> AsyncIterator[None]:
    """The world's cases and records, for the length of the block."""
    savepoint = await session.begin_nested()
    await session.execute(insert(Case), [_case_row(number, world) for number in range(len(world.cases))])
    if world.records:
        await session.execute(
            insert(CaseRelation), [_record_row(number, world) for number in range(len(world.records))]
        )
    try:
        yield
    finally:
        session.expunge_all()
        await savepoint.rollback()


def _case_row(number: int, world: World) -> dict[str, object]:
    case = world.cases[number]
    columns = ("province_id", "prefecture_id", "county_id", "township_id")
    return {
        "id": case.id,
        "registration_no": f"world-{number}",
        "state": "registered",
        "step": 1,
        "dispute_type": 1,
        "source": "visit",
        "first_visit": True,
        "person_count": 1,
        "place_id": 1,
        "holder_office_id": case.office_id,
        **dict(zip(columns, case.tenant.columns, strict=True)),
        "filed_at": NOON,
        "changed_at": NOON,
    }


def _record_row(number: int, world: World) -> dict[str, object]:
    row = world.records[number]
    plain = {name: getattr(row, name) for name in row.__struct_fields__}
    return {"id": UUID(int=5000 + number), "source": "world", **plain}


@asynccontextmanager
async def asking(session: AsyncSession, subject: Subject) -> AsyncIterator[None]:
    """As the application, in the subject's scope."""
    await set_scope(session, subject.scope, instant(session))
    await session.execute(text("set local role tiaojie_app"))
    yield
    await session.execute(text("reset role"))
