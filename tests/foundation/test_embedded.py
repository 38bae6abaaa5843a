"""The embedded servers: closed to others, limited roles, safe after a crash."""

import asyncpg
import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError
from redis.retry import Retry
from sqlalchemy import make_url

from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.store import Store


async def test_the_application_role_can_neither_make_roles_nor_pass_row_level_security(endpoints: Endpoints) -> None:
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.app))
    row = await connection.fetchrow(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"
    )
    await connection.close()
    assert row is not None
    assert not any(row.values())


async def test_a_wrong_password_opens_nothing(endpoints: Endpoints) -> None:
    wrong = make_url(endpoints.app).set(password="wrong").render_as_string(hide_password=False)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(asyncpg_dsn(wrong))


async def test_the_store_runs_on_the_application_role(store: Store) -> None:
    async with store.anonymous() as session:
        user = (await session.connection()).engine.url.username
    assert user == "tiaojie_app"


def test_redis_asks_for_a_password(endpoints: Endpoints) -> None:
    path = endpoints.redis.partition("@")[2].partition("?")[0]
    if not endpoints.redis.startswith("unix:"):
        pytest.skip("someone else's Redis may be open")
    once = Retry(NoBackoff(), 0)
    with Redis(unix_socket_path=path, retry=once) as client, pytest.raises(AuthenticationError):
        client.ping()


def test_each_worker_has_a_redis_database_of_its_own(endpoints: Endpoints) -> None:
    with Redis.from_url(endpoints.redis) as client:
        client.set("key", "value")
        assert client.get("key") == b"value"
        client.delete("key")
    assert not endpoints.redis.endswith("db=0")
