"""Who works where is seen from the same tenant and from above; the second lock holds without the gate."""

from uuid import UUID

import pytest
from sqlalchemy import text

from foundation.ids import new_id
from foundation.store import Scope, Store
from tests.conftest import NOON
from tests.tenants.people import person

TABLES = {
    "person_private": "insert into person_private (person_id) values (:person)",
    "official_statuses": "insert into official_statuses (id, person_id, kind, since, evidence)"
    " values (:id, :person, 'civil_servant', '2026-01-01', '-')",
}


@pytest.fixture
async def clerk(owner: Store, offices: tuple[int, int]) -> UUID:
    """A person of the first county, with a row in each private table."""
    found = await person(owner, f"private-{offices[0]}", {offices[0]: "intake"})
    async with owner.anonymous() as session:
        for insert in TABLES.values():
            await session.execute(text(insert), {"id": new_id(NOON), "person": found})
    return found


@pytest.mark.parametrize("table", [*TABLES, "posts", "accounts"])
async def test_private_rows_show_to_the_same_tenant_to_those_above_and_to_oneself(
    store: Store, offices: tuple[int, int], clerk: UUID, table: str
) -> None:
    county, sibling = offices
    asked = {
        "same tenant": Scope(county, None),
        "above": Scope(county - 1, None),
        "oneself": Scope(None, clerk),
        "sibling": Scope(sibling, None),
        "another person": Scope(None, new_id(NOON)),
    }
    shown = {}
    for who, scope in asked.items():
        async with store.scoped(scope) as session:
            query = text(f"select count(*) from {table} where person_id = :person")
            shown[who] = await session.scalar(query, {"person": clerk})
    async with store.anonymous() as session:
        shown["nobody"] = await session.scalar(query, {"person": clerk})
    visible = {"same tenant", "above", "oneself"}
    assert shown == {who: int(who in visible) for who in shown}


async def test_names_are_everybodys_who_signed_in_and_nobody_elses(store: Store, clerk: UUID) -> None:
    query = text("select count(*) from persons where id = :person")
    async with store.scoped(Scope(None, new_id(NOON))) as session:
        assert await session.scalar(query, {"person": clerk}) == 1
    async with store.anonymous() as session:
        assert await session.scalar(query, {"person": clerk}) == 0


@pytest.mark.parametrize(
    "change",
    [
        "update persons set name = 'x' where id = :person returning id",
        "update accounts set disabled_at = scope_now() where person_id = :person returning id",
        "update posts set until = scope_now() where person_id = :person returning id",
        "update official_statuses set until = '2026-01-02' where person_id = :person returning id",
    ],
)
async def test_a_sibling_tenant_changes_nothing_of_a_person(
    store: Store, offices: tuple[int, int], clerk: UUID, change: str
) -> None:
    async with store.scoped(Scope(offices[1], new_id(NOON))) as session:
        assert (await session.execute(text(change), {"person": clerk})).all() == []


async def test_the_tree_is_closed_to_the_application_but_in_a_plan_that_begins(
    store: Store, offices: tuple[int, int]
) -> None:
    for table in ("places", "tenants"):
        for tenant in (offices[0], 1):
            async with store.scoped(Scope(tenant, None)) as session:
                assert (await session.execute(text(f"update {table} set name = 'x' returning id"))).all() == []
        copied = f"insert into {table} select * from {table} limit 1"
        with pytest.raises(Exception, match="row-level security"):
            async with store.scoped(Scope(offices[0], None)) as session:
                await session.execute(text(copied))
        with pytest.raises(Exception, match="permission denied"):
            async with store.scoped(Scope(offices[0], None)) as session:
                await session.execute(text(f"delete from {table}"))


async def test_an_official_anywhere_is_known_to_whoever_asks_about_money(
    store: Store, offices: tuple[int, int], clerk: UUID
) -> None:
    async with store.scoped(Scope(offices[1], None)) as session:
        assert await session.scalar(text("select is_official(:p, date '2026-03-02')"), {"p": clerk}) is True
