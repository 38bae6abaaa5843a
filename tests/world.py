"""The province as a test finds it: the real tree, the people of the demonstration, and every act of the catalogue."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.acts import perform
from cases.catalogue import Catalogue
from cases.models import Case
from cases.register import Registered, register
from cases.registration_form import RegistrationForm
from cases.relations import CaseRelations
from foundation.cipher import Keyring, Sealed
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.forms import parse
from foundation.store import Store
from funding.first_budgets import allot_everywhere
from organisation.demonstration import demonstrate
from organisation.divisions import DIVISIONS, read_tree_file
from organisation.staffing import SINCE, staff_everyone
from organisation.tree_import import import_tree
from policies import gate
from policies.gate import Gate
from policies.start import open_gate
from server.catalogue import catalogue
from server.operator import OPERATOR, operating
from tenants.accounts import Account
from tenants.models import Office, Person, Place, Post, Tenant
from tenants.subject import Subject
from tests.databases import clone, drop, make_filled_template, redis_number, unique

PASSWORD = "a-long-demo-password-1"
SUBJECTS: dict[tuple[str, str, str | None], Subject] = {}
"""The people of a database are the same for all its tests; finding one takes a connection of its own."""
LAST_YEAR = 2027
"""Of the budgets: the year after the tests' noon."""
KEYRING = Keyring({1: bytes(range(32))}, 1)


@pytest.fixture(scope="session")
def filled_template(running_servers: Endpoints, template: str) -> str:
    """Migrated, with the tree of Yunnan and its people; made once in a run."""
    Sealed.use(KEYRING)
    make_filled_template(running_servers, template, f"{template}_filled", lambda filled: asyncio.run(_fill(filled)))
    return f"{template}_filled"


async def _fill(endpoints: Endpoints) -> None:
    async with operating(endpoints) as session:
        await import_tree(session, OPERATOR, read_tree_file(DIVISIONS), SINCE.date())
        await demonstrate(session, PASSWORD)
        await staff_everyone(session)
        await allot_everywhere(session, LAST_YEAR)


@pytest.fixture(scope="session")
def province(running_servers: Endpoints, filled_template: str, worker_id: str) -> Iterator[Endpoints]:
    """This worker's own database with the province in it."""
    name = unique("province")
    clone(running_servers, filled_template, name)
    yield running_servers.on_database(name, redis_number(worker_id))
    drop(running_servers, name)


class World:
    """Acts as any person of the demonstration. Time moves one second with every act, so that history has an order."""

    def __init__(self, store: Store, clock: FrozenClock, catalogue: Catalogue, owner_url: str) -> None:
        self.store, self.clock, self.catalogue, self.owner_url = store, clock, catalogue, owner_url
        self._owner = Store(owner_url, clock, pool_size=2)

    async def subject(self, login: str, role: str | None = None) -> Subject:
        """The person of that login acting in the (first, or named) post."""
        key = (self.owner_url, login, role)
        if key not in SUBJECTS:
            SUBJECTS[key] = await self._find(login, role)
        return SUBJECTS[key]

    async def _find(self, login: str, role: str | None) -> Subject:
        query = (
            select(Post.id, Post.role, Office, Tenant.tier, Person, Account.id)
            .join(Account, Account.person_id == Post.person_id)
            .join(Person, Person.id == Post.person_id)
            .join(Office, Office.id == Post.office_id)
            .join(Tenant, Tenant.id == Office.tenant_id)
            .where(Account.login == login, *([Post.role == role] if role else []))
            .order_by(Post.id)
        )
        async with self.owner() as session:
            post, held, office, tier, person, account = (await session.execute(query.limit(1))).one()
        return Subject(
            person_id=person.id,
            role=held,
            tier=tier,
            tenant_id=office.tenant_id,
            office_id=office.id,
            office_kind=office.kind,
            post_id=post,
            account_id=account,
            name=person.name,
        )

    @asynccontextmanager
    async def owner(self) -> AsyncIterator[AsyncSession]:
        """Sees everything: for what a test sets up or checks behind everybody's back."""
        async with self._owner.anonymous() as session:
            yield session

    async def close(self) -> None:
        await self._owner.close()
        await self.store.close()

    @asynccontextmanager
    async def as_(self, login: str, role: str | None = None) -> AsyncIterator[tuple[AsyncSession, Subject]]:
        """A transaction in the person's scope."""
        subject = await self.subject(login, role)
        async with self.store.scoped(subject.scope) as session:
            yield session, subject

    async def register(self, login: str, **form: Any) -> Registered:
        self.clock.advance(seconds=1)
        async with self.as_(login) as (session, subject):
            return await register(session, subject, parse(RegistrationForm, form, strict=True))

    async def do(self, login: str, case_id: UUID, act: str, *, post: str | None = None, **form: Any) -> Case:
        """Perform one act with the version the person would see."""
        return await self.do_as(await self.subject(login, post), case_id, act, **form)

    async def do_as(self, subject: Subject, case_id: UUID, act: str, **form: Any) -> Case:
        self.clock.advance(seconds=1)
        parsed = parse(self.catalogue[act].form, form, strict=True)
        async with self.store.scoped(subject.scope) as session:
            seen = await session.get(Case, case_id)
            version = seen.version if seen else 1
            return await perform(session, subject, self.catalogue, case_id, act, parsed, version)

    async def office(self, login: str) -> int:
        found = (await self.subject(login)).office_id
        assert found is not None
        return found

    async def place(self, code: str) -> int:
        async with self.owner() as session:
            return (await session.scalars(select(Place.id).where(Place.code_mca == code))).one()

    async def case(self, case_id: UUID) -> Case:
        async with self.owner() as session:
            return await session.get_one(Case, case_id)


@pytest.fixture(scope="session")
async def inhabited(province: Endpoints, worker_clock: FrozenClock) -> AsyncIterator[tuple[World, Gate]]:
    """The province and its open gate, as long as the worker lives."""
    Sealed.use(KEYRING)
    store = Store(province.app, worker_clock, pool_size=4)
    await open_gate(store, CaseRelations())
    world = World(store, worker_clock, catalogue(), province.owner)
    yield world, gate.opened()
    await world.close()


@pytest.fixture
def world(inhabited: tuple[World, Gate], clock: FrozenClock) -> World:
    """The province with its gate open. Cases of other tests may be there: look only at your own."""
    world, opened = inhabited
    Sealed.use(KEYRING)
    gate.use(opened)
    return world


@pytest.fixture
def own_province(running_servers: Endpoints, filled_template: str, worker_id: str) -> Iterator[Endpoints]:
    """A province of this test's own, without a case."""
    name = unique("own")
    clone(running_servers, filled_template, name)
    yield running_servers.on_database(name, redis_number(worker_id) + 7)
    drop(running_servers, name)


@pytest.fixture
async def own_world(own_province: Endpoints, clock: FrozenClock) -> AsyncIterator[World]:
    """For a test that counts all there is."""
    Sealed.use(KEYRING)
    store = Store(own_province.app, clock, pool_size=2)
    await open_gate(store, CaseRelations())
    world = World(store, clock, catalogue(), own_province.owner)
    yield world
    await world.close()
