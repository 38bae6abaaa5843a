"""A small tree with one person, one account and as many posts as a test wants; written by the owner."""

from datetime import UTC, date, datetime
from uuid import UUID

from foundation.ids import new_id
from foundation.store import Scope, Store
from tenants import passwords
from tenants.accounts import Account
from tenants.models import Office, Person, Place, Post, Tenant
from tenants.pending import SecondStep
from tenants.sign_in import SignedIn, sign_in

SINCE = date(2026, 1, 1)
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "correct-horse-battery"


async def small_tree(owner: Store, first: int) -> tuple[int, int]:
    """A province and two counties below it, each with one office; ids from `first`. Returns the counties' offices."""
    async with owner.scoped(Scope(first, None)) as session:
        for number, (tier, name) in enumerate((("P", "省"), ("C", "甲县"), ("C", "乙县"))):
            key, parent = first + number, None if number == 0 else first
            county = key if tier == "C" else None
            own = {"province_id": first, "prefecture_id": None, "county_id": county, "township_id": None}
            place = Place(id=key, parent_id=parent, tier=tier, name=name, kind="县", valid_from=SINCE, **own)
            session.add(place)
            await session.flush()
            session.add(
                Tenant(
                    id=key,
                    parent_id=parent,
                    place_id=key,
                    tier=tier,
                    kind="division",
                    name=name,
                    valid_from=SINCE,
                    **own,
                )
            )
            await session.flush()
            session.add(Office(id=key, tenant_id=key, kind="workroom", name=f"{name}工作室", valid_from=SINCE))
            await session.flush()
    return first + 1, first + 2


async def person(owner: Store, login: str, offices: dict[int, str]) -> UUID:
    """A person with an account and a post in each office: office id -> role."""
    async with owner.scoped(Scope(min(offices), None)) as session:
        someone = Person(id=new_id(BEGAN), name="和秀英")
        session.add(someone)
        await session.flush()
        digest = await passwords.digest(PASSWORD)
        session.add(Account(id=new_id(BEGAN), person_id=someone.id, login=login, password_hash=digest))
        for office, role in offices.items():
            session.add(Post(id=new_id(BEGAN), person_id=someone.id, office_id=office, role=role, since=BEGAN))
    return someone.id


async def enter(store: Store, login: str, password: str = PASSWORD) -> SignedIn:
    """A session by the password alone."""
    signed = await sign_in(store, login, password)
    assert isinstance(signed, SignedIn)
    return signed


async def first_step(store: Store, login: str, password: str = PASSWORD) -> SecondStep:
    """A right password, after which the second step is due."""
    step = await sign_in(store, login, password)
    assert isinstance(step, SecondStep)
    return step
