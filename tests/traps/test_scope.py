"""Nobody reads without saying for whom: trap 8. The store refuses to ask, and the database has no row to give."""

from uuid import UUID

import pytest
from sqlalchemy import text

from foundation.reading import Reading
from foundation.store import Scope, ScopeMissing
from tests.people import registration
from tests.world import World

NOBODY = Scope(None, None)
SETTINGS = ("app.tenant", "app.person", "app.cases")
LEFT = "select coalesce(current_setting($1, true), '')"
PROTECTED = """
select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
and c.relname <> 'alembic_version' and has_table_privilege('tiaojie_app', c.oid, 'select')
and not exists (select from pg_policies p where p.tablename = c.relname and 'tiaojie_app' = any(p.roles)
                and p.cmd in ('SELECT', 'ALL') and p.qual = 'true')
order by 1
"""
"""All tables but those whose rows nobody has to be kept from: rules and their tables."""


async def test_who_names_nobody_gets_an_error_and_no_transaction(world: World) -> None:
    with pytest.raises(ScopeMissing):
        async with world.store.scoped(NOBODY):
            raise AssertionError("it began")
    with pytest.raises(ScopeMissing):
        async with world.store.reading(NOBODY):
            raise AssertionError("it began")


async def test_a_connection_without_settings_sees_no_protected_row(world: World) -> None:
    await world.register("jiantang.clerk", **await registration(world, persons=1))
    async with world.owner() as session:
        tables = list(await session.scalars(text(PROTECTED)))
        filled = [table for table in tables if await session.scalar(text(f"select exists (select from {table})"))]
    assert {"cases", "parties", "claims", "events", "tenants", "persons", "posts"} <= set(filled)
    async with world.store.engine.connect() as connection:
        seen = [table for table in filled if await connection.scalar(text(f"select exists (select from {table})"))]
    assert seen == []


async def test_after_a_transaction_of_the_hot_reads_no_setting_is_left(world: World) -> None:
    subject = await world.subject("xgll.director")
    async with world.store.reading(subject.scope) as reading:
        assert await _settings(reading) == [str(subject.tenant_id), str(subject.person_id), "on"]
    async with world.store.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        assert [await driver.fetchval(LEFT, name) for name in SETTINGS] == ["", "", ""]
    rows = await world.store.ask("select coalesce(current_setting('app.tenant', true), ''), $1::text")
    assert [row[0] for row in rows] == [""]


async def _settings(reading: Reading) -> list[str]:
    return [(await reading.fetch(LEFT, name))[0][0] for name in SETTINGS]


async def test_a_person_that_does_not_exist_sees_no_case(world: World) -> None:
    await world.register("jiantang.clerk", **await registration(world, persons=1))
    async with world.store.scoped(Scope(None, UUID(int=404))) as session:
        assert await session.scalar(text("select count(*) from cases")) == 0
