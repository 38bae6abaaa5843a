"""Yunnan as it stood before its changes of 2021 and 2024 (`yunnan_before.csv`), with today's people at work already."""

from datetime import UTC, date, datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from migrations.tree import BEFORE as VERSIONS_ANEW
from organisation.changes_file import read_before
from organisation.divisions import ZONES, read_tree_file
from organisation.staffing import staff_everyone
from organisation.tree_import import ANCESTORS, import_tree
from server.operator import OPERATOR
from tenants.models import Office, Person, Place, Post, Tenant
from tenants.subject import Subject
from tests.world import World

SINCE = date(2020, 1, 1)
PLACES = text("""
update places p set code_mca = :code, name = :name, kind = :kind,
    parent_id = (select id from places where code_mca = :parent_code)
where p.code_mca = :today
""")
OFFICES = text("""
update offices o set name = replace(o.name, t.name, :name) from tenants t join places p on p.id = t.place_id
where o.tenant_id = t.id and p.code_mca = :code
""")
TENANTS = text("""
update tenants t set name = p.name, parent_id = above.id from places p left join tenants above on above.place_id =
    p.parent_id where p.id = t.place_id
""")
COUNTY_CODES = text("""
update tenants t set county_code = p.code_mca from tenants c join places p on p.id = c.place_id
where c.id = t.county_id
""")
BEGINNINGS = (
    *(f"update {table} set valid_from = '{SINCE}'" for table in ("places", "tenants", "offices")),
    f"update posts set since = '{SINCE}' where since is not null",
    *(f"delete from {table}" for table in ("place_versions", "tenant_versions", "office_versions")),
)


async def as_before(world: World) -> None:
    """Zones too."""
    async with world.owner() as session:
        await import_tree(session, OPERATOR, read_tree_file(ZONES), SINCE)
        await staff_everyone(session)
        for one in read_before():
            told = {name: getattr(one, name) for name in one.__struct_fields__}
            await session.execute(PLACES, told)
            await session.execute(OFFICES, told)
        await session.execute(TENANTS)
        for table in ("places", "tenants"):
            await session.execute(text(ANCESTORS.format(table=table)))
        await session.execute(COUNTY_CODES)
        for statement in (*BEGINNINGS, *VERSIONS_ANEW.strip().rstrip(";").split(";")):
            await session.execute(text(statement))


async def unit(session: AsyncSession, code: str) -> Tenant:
    """By either code system."""
    query = select(Tenant).join(Place, Place.id == Tenant.place_id)
    return (await session.scalars(query.where((Place.code_mca == code) | (Place.code_nbs == code)))).one()


async def somebody(world: World, code: str, role: str) -> Subject:
    """Who holds that role in the unit, whether they have an account or not."""
    async with world.owner() as session:
        tenant = await unit(session, code)
        query = select(Post, Office, Person.name).join(Office, Office.id == Post.office_id)
        query = query.join(Person, Person.id == Post.person_id)
        found = await session.execute(query.where(Office.tenant_id == tenant.id, Post.role == role).order_by(Post.id))
        post, office, name = found.first() or (None, None, "")
        assert post is not None and office is not None, f"nobody is {role} at {code}"
        return Subject(
            person_id=post.person_id, role=role, tier=tenant.tier, tenant_id=tenant.id, office_id=office.id,
            office_kind=office.kind, post_id=post.id, name=name,
        )  # fmt: skip


def at(year: int, month: int, day: int, hour: int = 2) -> datetime:
    """In UTC; ten o'clock in Yunnan."""
    return datetime(year, month, day, hour, tzinfo=UTC)
