"""The second lock: what the database shows and refuses when a query forgets to ask the gate."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec import structs
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cases.relations import FOREVER
from foundation.store import Store
from policies.relations import Relation
from tenants.subject import Subject
from tenants.tiers import OfficeKind
from tests.conftest import NOON
from tests.policies.database import asking, inhabited
from tests.policies.rows import AFTER, ANNA, BORIS, COMPANY, count, counts, furnish, lonely
from tests.policies.trees import TREE, office
from tests.policies.world import Held, Record

STRANGER = UUID(int=404)
BY_ID = {tenant.id: tenant for tenant in TREE}
COUNTY = BY_ID[301]
CASE = Held(UUID(int=1000), office(COUNTY, OfficeKind.WORKROOM), COUNTY)
ALL = {"cases": 1, "parties": 3, "claims": 1, "consents": 2, "papers": 4, "notes": 2, "events": 2, "timers": 1}


def staff(tenant_id: int, role: str = "wr_director", person: UUID = STRANGER) -> Subject:
    tenant = BY_ID[tenant_id]
    return Subject(person, role, tenant.tier, tenant_id, office(tenant, OfficeKind.WORKROOM), "workroom")


def party(person: UUID, role: str = "petitioner") -> Subject:
    return Subject(person, role, "-", None, None, None)


def record(
    relation: Relation, tenant_id: int | None = None, person: UUID | None = None, role: str | None = None
) -> Record:
    return Record(CASE.id, relation, role, tenant_id, None, person, AFTER - timedelta(minutes=1), FOREVER)


@pytest.fixture
async def furnished(session: AsyncSession) -> AsyncIterator[AsyncSession]:
    """One case of a county with its records, gone after the test."""
    async with inhabited(session, lonely(CASE)):
        await furnish(session, CASE)
        yield session


async def relate(session: AsyncSession, *records: Record) -> None:
    statement = text(
        "insert into case_relations (id, case_id, relation, role, tenant_id, person_id, since, until, source) values"
        " (gen_random_uuid(), :case_id, :relation, :role, :tenant_id, :person_id, :since, :until, 'test')"
    )
    for row in records:
        values = {name: getattr(row, name) for name in row.__struct_fields__ if name != "office_id"}
        await session.execute(statement, values)


async def shown(session: AsyncSession, subject: Subject) -> dict[str, int]:
    async with asking(session, subject):
        return await counts(session)


async def test_every_table_is_locked_for_its_owner_too_and_no_role_can_step_around(session: AsyncSession) -> None:
    open_tables = await session.scalars(
        text(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
            " and relname <> 'alembic_version' and not (relrowsecurity and relforcerowsecurity)"
        )
    )
    assert open_tables.all() == []
    owners = await session.scalars(text("select distinct tableowner from pg_tables where schemaname = 'public'"))
    assert "tiaojie_app" not in owners.all()
    mighty = await session.scalars(
        text("select rolname from pg_roles where rolname like 'tiaojie%' and (rolsuper or rolbypassrls)")
    )
    assert mighty.all() == []


async def test_without_a_scope_nothing_shows_and_after_commit_no_scope_is_left(store: Store) -> None:
    async with store.anonymous() as session:
        assert await counts(session) == {}
    async with store.scoped(staff(1).scope) as session:
        assert await session.scalar(text("select current_setting('app.tenant')")) == "1"
    async with store.engine.connect() as connection:
        for name in ("app.tenant", "app.person", "app.cases"):
            left = await connection.scalar(text("select current_setting(:name, true)"), {"name": name})
            assert not left


@pytest.mark.parametrize("tenant_id", [301, 3, 1])
async def test_the_holder_and_those_above_it_are_shown_everything(furnished: AsyncSession, tenant_id: int) -> None:
    assert await shown(furnished, staff(tenant_id)) == ALL


@pytest.mark.failure(10)
@pytest.mark.parametrize("tenant_id", [300, 31, 30, 3010, 3001, 310])
async def test_siblings_and_those_below_are_shown_nothing_however_alike_their_numbers(
    furnished: AsyncSession, tenant_id: int
) -> None:
    assert await shown(furnished, staff(tenant_id)) == {}


@pytest.mark.parametrize("role", ["", "sysadmin", "secadmin", "auditadmin", "aux_staff", "stats_reader"])
async def test_an_administrator_of_the_province_has_no_case_scope(furnished: AsyncSession, role: str) -> None:
    await relate(furnished, record(Relation.TEAM, person=STRANGER, role="mediator"))
    assert await shown(furnished, staff(1, role)) == {}


@pytest.mark.parametrize("relation", [Relation.OFFERED, Relation.PAYS, Relation.WARNED])
async def test_a_preview_shows_the_case_and_none_of_its_records(furnished: AsyncSession, relation: Relation) -> None:
    await relate(furnished, record(relation, tenant_id=300))
    assert await shown(furnished, staff(300)) == {"cases": 1}


async def test_who_serves_as_the_place_is_shown_nothing(furnished: AsyncSession) -> None:
    await relate(furnished, record(Relation.SERVES, tenant_id=3010))
    assert await shown(furnished, staff(3010)) == {}


async def test_a_former_holder_is_shown_what_was_recorded_before_the_handover(furnished: AsyncSession) -> None:
    await relate(furnished, record(Relation.SENT, tenant_id=300))
    assert await shown(furnished, staff(300)) == {**ALL, "papers": 3, "notes": 1, "events": 1}


@pytest.mark.parametrize("relation", [Relation.ASSISTS, Relation.SUPERVISES, Relation.HEARS, Relation.LEADS])
async def test_a_relation_of_full_sight_shows_all_until_it_ends(furnished: AsyncSession, relation: Relation) -> None:
    until = NOON + timedelta(hours=1)
    await relate(furnished, structs.replace(record(relation, tenant_id=300), until=until))
    assert await shown(furnished, staff(300)) == ALL
    furnished.info["instant"] = until
    assert await shown(furnished, staff(300)) == {}
    furnished.info["instant"] = NOON


async def test_an_excluded_person_loses_sight_whatever_the_post_and_colleagues_keep_it(furnished: AsyncSession) -> None:
    person = UUID(int=1)
    await relate(
        furnished, record(Relation.EXCLUDED, person=person), record(Relation.HANDLER, person=person, role="handler")
    )
    assert await shown(furnished, staff(301, person=person)) == {}
    assert await shown(furnished, staff(301)) == ALL


async def test_an_exclusion_that_ends_gives_sight_back_at_that_instant(furnished: AsyncSession) -> None:
    await relate(furnished, structs.replace(record(Relation.EXCLUDED, person=STRANGER), until=NOON))
    assert await shown(furnished, staff(301)) == ALL


async def test_a_tenant_complained_of_loses_sight_even_as_the_holder(furnished: AsyncSession) -> None:
    await relate(furnished, record(Relation.COMPLAINED_OF, tenant_id=301))
    assert await shown(furnished, staff(301)) == {}
    assert await shown(furnished, staff(3)) == ALL


async def test_a_petitioner_is_shown_the_own_data_alone(furnished: AsyncSession) -> None:
    await relate(furnished, record(Relation.SELF, person=ANNA), record(Relation.SELF, person=BORIS))
    own = {"cases": 1, "parties": 1, "claims": 1, "consents": 1, "papers": 2, "events": 1, "timers": 1}
    for petitioner in (ANNA, BORIS):
        assert await shown(furnished, party(petitioner)) == own
        async with asking(furnished, party(petitioner)):
            assert (await furnished.scalars(text("select id from parties"))).all() == [petitioner]


async def test_the_other_side_is_shown_nothing_before_it_consents(furnished: AsyncSession) -> None:
    assert await shown(furnished, party(COMPANY, "unit_agent")) == {}


async def test_the_other_side_is_then_shown_claims_and_those_who_disclose_themselves(furnished: AsyncSession) -> None:
    await relate(furnished, record(Relation.RESPONDENT, person=COMPANY))
    seen = await shown(furnished, party(COMPANY, "unit_agent"))
    assert seen == {"cases": 1, "parties": 2, "claims": 1, "papers": 1, "events": 1}
    async with asking(furnished, party(COMPANY, "unit_agent")):
        assert set(await furnished.scalars(text("select id from parties"))) == {ANNA, COMPANY}


async def test_relations_of_a_case_are_shown_to_its_line_of_custody_and_otherwise_only_the_own(
    furnished: AsyncSession,
) -> None:
    await relate(furnished, record(Relation.SENT, tenant_id=300), record(Relation.SELF, person=ANNA))
    for subject, number in ((staff(301), 2), (staff(3), 2), (staff(300), 1), (party(ANNA), 1), (staff(31), 0)):
        async with asking(furnished, subject):
            assert await count(furnished, "case_relations") == number


@pytest.mark.parametrize(
    "column", ["holder_office_id", "province_id", "prefecture_id", "county_id", "township_id", "place_id", "filed_at"]
)
async def test_the_application_can_not_write_custody(furnished: AsyncSession, column: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with furnished.begin_nested(), asking(furnished, staff(301)):
            await furnished.execute(text(f"update cases set {column} = {column}"))


@pytest.mark.parametrize(("tenant_id", "changed"), [(301, 1), (3, 0), (1, 0), (300, 0)])
async def test_the_holder_changes_its_case_and_nobody_above_does(
    furnished: AsyncSession, tenant_id: int, changed: int
) -> None:
    async with asking(furnished, staff(tenant_id)):
        result = await furnished.execute(text("update cases set version = version + 1 returning id"))
        assert len(result.all()) == changed


async def test_a_case_enters_only_into_the_own_custody(session: AsyncSession) -> None:
    foreign = Held(UUID(int=1001), office(BY_ID[300], OfficeKind.WORKROOM), BY_ID[300])
    with pytest.raises(DBAPIError, match="row-level security"):
        async with session.begin_nested(), asking(session, staff(301)), inhabited(session, lonely(foreign)):
            raise AssertionError("it entered")
    async with asking(session, staff(301)), inhabited(session, lonely(CASE)):
        assert await count(session, "cases") == 1


async def test_custody_columns_are_the_offices_whatever_is_written(session: AsyncSession) -> None:
    """A forger, or who read the tree a moment before it moved, writes the line of another: the office's own stands."""
    forged = Held(UUID(int=1002), office(COUNTY, OfficeKind.WORKROOM), BY_ID[3])
    async with asking(session, staff(301)), inhabited(session, lonely(forged)):
        columns = text("select province_id, prefecture_id, county_id, township_id from cases")
        assert tuple((await session.execute(columns)).one()) == COUNTY.columns


async def test_nothing_is_recorded_on_a_case_that_does_not_show(furnished: AsyncSession) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with furnished.begin_nested(), asking(furnished, staff(300)):
            await furnish(furnished, CASE)


async def test_nobody_gives_itself_a_relation_to_a_case_that_does_not_show(furnished: AsyncSession) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with furnished.begin_nested(), asking(furnished, staff(300)):
            await relate(furnished, record(Relation.ASSISTS, tenant_id=300))
