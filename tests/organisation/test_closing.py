"""Closing an office: by whom, which, and never under the hands of those who work there."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Conflict, Forbidden, NotFound
from foundation.ids import new_id
from foundation.store import Scope, Store
from organisation.offices import OfficeForm, OfficeInUse, OfficeNeeded, OpenedKind, close_office, open_office
from organisation.posts import PostForm, give_post
from tenants import directory
from tenants.models import Office, Place, Post, Tenant
from tenants.subject import Subject
from tenants.tiers import OfficeKind
from tests.conftest import NOON


async def administrator(app: Store, code: str, role: str = "sysadmin") -> Subject:
    """Of the tenant with this code."""
    async with app.scoped(Scope(1, None)) as session:
        query = select(Tenant).join(Place, Place.id == Tenant.place_id).where(Place.code_mca == code)
        tenant = (await session.scalars(query)).one()
    return Subject(new_id(NOON), role, tenant.tier, tenant.id, None, OfficeKind.JUSTICE_BUREAU)


@pytest.fixture
async def admin(app: Store) -> Subject:
    return await administrator(app, "533401")


@pytest.fixture
async def session(app: Store, admin: Subject) -> AsyncIterator[AsyncSession]:
    """The administrator's transaction, rolled back at the end."""
    async with app.scoped(admin.scope) as opened:
        yield opened
        await opened.rollback()


async def committee(session: AsyncSession, admin: Subject, name: str = "香格里拉市劳动争议人民调解委员会") -> Office:
    assert admin.tenant_id is not None
    return await open_office(session, admin, OfficeForm(admin.tenant_id, OpenedKind.COMMITTEE, name))


async def test_a_closed_office_is_no_more_from_that_day_on_and_its_name_is_free(
    session: AsyncSession, admin: Subject
) -> None:
    assert admin.tenant_id is not None
    office = await committee(session, admin)
    closed = await close_office(session, admin, office.id)
    assert closed.valid_to == date(2026, 3, 2)
    assert office.id not in {one.id for one in await directory.offices_of(session, admin.tenant_id)}
    with pytest.raises(Conflict):
        await close_office(session, admin, office.id)
    assert (await committee(session, admin)).id != office.id, "numbers are never used again"


async def test_only_the_system_administrator_of_the_subtree_closes(
    session: AsyncSession, app: Store, admin: Subject
) -> None:
    office = await committee(session, admin)
    with pytest.raises(NotFound):
        await close_office(session, await administrator(app, "533422"), office.id)
    for role in ("wr_director", "secadmin", "auditadmin"):
        with pytest.raises(Forbidden):
            await close_office(session, await administrator(app, "533401", role), office.id)


async def test_the_last_office_of_a_kind_stays(session: AsyncSession, admin: Subject) -> None:
    assert admin.tenant_id is not None
    for office in await directory.offices_of(session, admin.tenant_id):
        with pytest.raises(OfficeNeeded):
            await close_office(session, admin, office.id)


async def test_a_post_given_meanwhile_keeps_the_office_open(app: Store, owner: Store) -> None:
    """The closing waits for the transaction that gives the post, and then sees it. In a county of its own."""
    admin = await administrator(app, "533423")
    async with app.scoped(admin.scope) as session:
        office = await committee(session, admin, "维西县土地纠纷人民调解委员会")

    async def close() -> None:
        async with app.scoped(admin.scope) as session:
            await close_office(session, admin, office.id)

    async with app.scoped(admin.scope) as session:
        await give_post(session, admin, PostForm(office.id, "mediator", name="和丽"))
        closing = asyncio.create_task(close())
        done, _ = await asyncio.wait([closing], timeout=0.2)
        assert not done
    with pytest.raises(OfficeInUse):
        await closing
    async with owner.anonymous() as session:  # the tree is shared: another test counts its offices
        await session.execute(delete(Post).where(Post.office_id == office.id))
        await session.execute(delete(Office).where(Office.id == office.id))
