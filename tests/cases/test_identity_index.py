"""The one look-up by a natural person: a hint while registering, under a key, and nowhere else."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cases import relations
from cases.identity_index import PURPOSE, IdentityIndex
from cases.register import Registered
from foundation import suites
from foundation.cipher import Sealed
from foundation.keyring import Keyring
from foundation.suites import Suite
from migrations.metadata import metadata
from policies.relations import Relation
from tests.identity import identity_number
from tests.people import registration
from tests.world import KEYRING, World

ROOT = Path(__file__).resolve().parent.parent.parent


async def registered(world: World, number: str | None, *, login: str = "jiantang.clerk", **other: Any) -> Registered:
    form = {**await registration(world, persons=2, representatives=1), **other}
    form["petitioners"][1]["id_number"] = number
    return await world.register(login, **form)


@pytest.fixture
async def rotated(world: World) -> AsyncIterator[None]:
    """A second key seals from here on; the first still opens."""
    first = Sealed.ring()
    Sealed.use(Keyring({1: bytes(range(32)), 2: bytes(32)}, 2))
    yield
    Sealed.use(first)


async def test_the_same_matter_pending_is_named_by_its_office_and_never_bars(world: World) -> None:
    number = identity_number()
    first = await registered(world, number)
    assert first.pending_at == ()
    second = await registered(world, number.lower())
    assert [office[:3] for office in second.pending_at] == ["建塘镇"]
    assert second.case.state == first.case.state


async def test_who_has_no_number_is_compared_with_nobody(world: World) -> None:
    assert (await registered(world, None)).pending_at == ()
    assert (await registered(world, None)).pending_at == ()


async def test_at_every_office_of_the_province_and_once_for_each(world: World) -> None:
    number = identity_number()
    for _ in range(2):
        await registered(world, number)
    await registered(world, number, login="diqing.intake")
    found = await registered(world, number, login="xgll.intake")
    assert [office.split(" · ")[0] for office in found.pending_at] == ["建塘镇", "迪庆藏族自治州"]


async def test_another_type_or_a_closed_matter_gives_no_hint(world: World) -> None:
    number = identity_number()
    first = await registered(world, number)
    assert (await registered(world, number, dispute_type=1)).pending_at == ()
    async with world.owner() as session:
        await session.execute(text("update cases set outcome = 'agreed' where id = :id"), {"id": first.case.id})
    assert (await registered(world, number)).pending_at == ()


async def test_a_matter_that_the_person_has_left_gives_no_hint(world: World) -> None:
    number = identity_number()
    first = await registered(world, number)
    async with world.owner() as session:
        await session.execute(
            text("update parties set status = 'withdrawn' where case_id = :id"), {"id": first.case.id}
        )
    assert (await registered(world, number)).pending_at == ()


async def test_who_is_kept_from_a_case_gets_no_hint_of_it(world: World) -> None:
    number = identity_number()
    first = await registered(world, number)
    clerk = await world.subject("jiantang.clerk")
    async with world.owner() as session:
        await relations.grant(session, first.case, Relation.EXCLUDED, person_id=clerk.person_id, source="test")
    assert (await registered(world, number)).pending_at == ()


async def test_a_contact_point_which_looks_nothing_up_gets_no_hint(world: World) -> None:
    number = identity_number()
    await registered(world, number)
    assert (await registered(world, number, login="jiantang.contact")).pending_at == ()


async def test_while_keys_are_exchanged_what_the_old_key_made_is_found(world: World, rotated: None) -> None:
    number = identity_number()
    Sealed.use(KEYRING)
    await registered(world, number)
    Sealed.use(Keyring({1: bytes(range(32)), 2: bytes(32)}, 2))
    assert len((await registered(world, number)).pending_at) == 1


async def test_under_the_national_setting_both_kinds_are_found(world: World) -> None:
    number = identity_number()
    await registered(world, number)
    suites.choose(Suite.NATIONAL)
    try:
        second = await registered(world, number, login="xgll.intake")
    finally:
        suites.choose(Suite.INTERNATIONAL)
    third = await registered(world, number, login="diqing.intake")
    assert (len(second.pending_at), len(third.pending_at)) == (1, 2)


def test_the_index_is_a_keyed_digest_bound_to_its_key() -> None:
    one, other = Keyring({1: bytes(32)}, 1), Keyring({1: bytes([1] * 32)}, 1)
    assert one.blind(b"533421", PURPOSE) == one.blind(b"533421", PURPOSE) != other.blind(b"533421", PURPOSE)
    assert one.blind(b"533421", PURPOSE) != one.blind(b"533422", PURPOSE)
    assert one.blind(b"533421", "another purpose") != one.blind(b"533421", PURPOSE)
    assert len(one.blind(b"533421", PURPOSE)) == 35 and b"533421" not in one.blind(b"533421", PURPOSE)


@pytest.mark.parametrize("right", ["select", "update", "delete"])
async def test_no_role_of_the_application_reads_the_index(world: World, right: str) -> None:
    async with world.owner() as session:
        for role in ("tiaojie_app", "tiaojie_auditor", "tiaojie_relay"):
            allowed = await session.scalar(text(f"select has_table_privilege('{role}', 'identity_index', '{right}')"))
            assert allowed is False, role


async def test_a_select_in_the_application_is_refused_by_the_database(world: World) -> None:
    async with world.as_("jiantang.clerk") as (session, _):
        with pytest.raises(DBAPIError, match="permission denied"):
            await session.execute(text("select blind from identity_index"))


async def test_the_function_is_silent_once_the_registration_is_over(world: World) -> None:
    number = identity_number()
    first, second = await registered(world, number), await registered(world, number)
    blinds = Sealed.ring().blinds(number.encode(), PURPOSE)
    world.clock.advance(seconds=1)
    async with world.as_("jiantang.clerk") as (session, _):
        asked = text("select count(*) from pending_same_matter(:case, cast(:blinds as bytea[]))")
        for case in (first.case, second.case):
            assert await session.scalar(asked, {"case": case.id, "blinds": blinds}) == 0


async def test_one_function_and_one_index_of_the_database_know_it(world: World) -> None:
    async with world.owner() as session:
        functions = await session.scalars(
            text(
                "select proname from pg_proc where pronamespace = 'public'::regnamespace"
                " and prosrc ilike '%identity_index%'"
            )
        )
        # the others write a corrected number's entry, and count, month by month, how often registration asked (N12):
        # they compare nobody with nobody
        assert sorted(functions) == ["access_counts", "correct_identity_index", "pending_same_matter"]
        views = await session.scalars(text("select viewname from pg_views where definition ilike '%identity_index%'"))
        assert views.all() == []
        indexed = await session.scalars(text("select indexdef from pg_indexes where indexdef like '%(blind)%'"))
        assert [definition.split(" ON ")[1] for definition in indexed] == [
            "public.identity_index USING btree (blind)"
        ]  # fmt: skip


def test_registration_alone_asks() -> None:
    """No other file of the house asks the function or knows the table."""
    words = re.compile(r"pending_same_matter\(|pending_at\(|IdentityIndex\b")
    files = [file for package in ("foundation", "tenants", "policies", "platform", "api", "web", "admin", "server")
             for file in (ROOT / package).rglob("*.py")]  # fmt: skip
    users = {str(file.relative_to(ROOT)) for file in files if words.search(file.read_text())}
    assert users == {
        "platform/cases/identity_index.py",
        "platform/cases/register.py",
        "server/resealing/identities.py",
    }


def test_one_table_holds_it() -> None:
    """Of parties. `declared_kin` is of those who work here and said so themselves (a check for conflicts)."""
    holding = {table.name for table in metadata.sorted_tables if "blind" in table.columns}
    assert holding - {"declared_kin"} == {IdentityIndex.__tablename__}


async def test_the_look_up_goes_by_the_index(world: World) -> None:
    """The function's own query, over 100,000 entries that stand before the real table."""
    async with world.owner() as session:
        await session.execute(text("create temp table identity_index (like public.identity_index including indexes)"))
        await session.execute(
            text(
                "insert into identity_index select gen_random_uuid(), gen_random_uuid(), sha256(n::text::bytea)"
                " from generate_series(1, 100000) n"
            )
        )
        await session.execute(text("analyze identity_index"))
        source: str = (
            await session.scalars(text("select prosrc from pg_proc where proname = 'pending_same_matter'"))
        ).one()
        query = source.replace("p_blinds", "array[sha256('1'), sha256('x')]").replace("p_case", "gen_random_uuid()")
        plan = "\n".join(await session.scalars(text(f"explain {query}")))
        await session.rollback()
    assert "identity_index_blind_idx" in plan and "Seq Scan on identity_index" not in plan, plan
