"""What signing in leaves behind goes by night, and nothing that is still of use goes with it."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.store import Store
from tenants import sessions
from tenants.purge import LINKS_KEPT, purge
from tests.tenants.people import enter, first_step, person

COUNT = text("""
select (select count(*) from sign_ins s where s.account_id = a.id) as sessions,
       (select count(*) from pending_sign_ins p where p.account_id = a.id) as steps,
       (select count(*) from invitations i where i.account_id = a.id) as links
from accounts a where a.login = :login""")
INVITE = text("""
insert into invitations (token_hash, account_id, made_at, ends_at)
select sha256(:mark), id, scope_now(), scope_now() + interval '7 days' from accounts where login = :login""")


@pytest.fixture
async def left(owner: Store, store: Store, offices: tuple[int, int]) -> str:
    """The login of somebody with a session, a second step not taken and an invitation not used."""
    login = f"left-{offices[0]}"
    await person(owner, login, {offices[0]: "intake"})
    await enter(store, login)
    async with owner.anonymous() as session:
        await session.execute(INVITE, {"login": login, "mark": login.encode()})
        await session.execute(text("update posts set role = 'sysadmin' where office_id = :o"), {"o": offices[0]})
    await first_step(store, login)
    return login


async def counted(owner: Store, login: str) -> tuple[int, ...]:
    async with owner.anonymous() as session:
        return tuple((await session.execute(COUNT, {"login": login})).one())


async def test_what_has_ended_is_removed_in_its_time(
    owner: Store, clock: FrozenClock, endpoints: Endpoints, left: str
) -> None:
    engine = create_async_engine(endpoints.relay)
    found = []
    for wait in ({"seconds": 1}, {"minutes": 15}, {"minutes": 15}, {"days": 7}, {"days": LINKS_KEPT.days}):
        clock.advance(**wait)
        async with engine.begin() as connection:
            await purge(connection, clock.now())
        found.append(await counted(owner, left))
    await engine.dispose()
    assert sessions.IDLE.total_seconds() == 30 * 60
    assert found == [(1, 1, 1), (1, 0, 1), (0, 0, 1), (0, 0, 1), (0, 0, 0)]


async def test_the_application_may_not_purge(store: Store) -> None:
    with pytest.raises(Exception, match="permission denied"):
        async with store.anonymous() as session:
            await session.execute(text("select purge_sign_ins(scope_now(), interval '0', interval '0')"))
