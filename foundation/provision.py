"""The database roles and the database, made once per cluster; repeating it changes nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import make_url

from foundation.endpoints import LIMITED_ROLES, OWNER, Endpoints, asyncpg_dsn

LOCK = 0x7469616F6A6965
"""The advisory lock of this work ("tiaojie"); roles belong to the whole cluster."""
NO_POWERS = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"


async def provision_owner(superuser_dsn: str, endpoints: Endpoints) -> None:
    """On the embedded cluster: the owner's role and its database, made by the superuser."""
    owner = make_url(endpoints.owner)
    async with _locked(superuser_dsn) as connection:
        await _role(connection, endpoints.owner, "LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE")
        if not await connection.fetchval("select 1 from pg_database where datname = $1", owner.database):
            await connection.execute(f'create database "{owner.database}" owner {OWNER}')


async def provision_roles(endpoints: Endpoints) -> None:
    """On any cluster: the application's, the auditor's and the relay's role, made by the owner."""
    async with _locked(asyncpg_dsn(endpoints.owner)) as connection:
        for url in (endpoints.app, endpoints.auditor, endpoints.relay):
            await _role(connection, url, NO_POWERS)
        await admit(connection, str(make_url(endpoints.owner).database))


async def admit(connection: asyncpg.Connection, database: str) -> None:
    """Only our own roles may connect to `database`; the connection's user owns it."""
    await connection.execute(f'revoke all on database "{database}" from public')
    await connection.execute(f'grant connect on database "{database}" to {", ".join(LIMITED_ROLES)}')


@asynccontextmanager
async def _locked(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        yield connection
    finally:
        await connection.close()


async def _role(connection: asyncpg.Connection, url: str, powers: str) -> None:
    """Make the role of `url`, or give it the password of `url` when it has another.

    DDL takes no parameters; both texts are ours: an identifier and base64 or hex.
    """
    name, password = make_url(url).username, make_url(url).password
    if not await connection.fetchval("select 1 from pg_roles where rolname = $1", name):
        await connection.execute(f"create role {name} {powers} password '{password}'")
    elif not await _password_is_right(url):
        await connection.execute(f"alter role {name} password '{password}'")


async def _password_is_right(url: str) -> bool:
    try:
        connection = await asyncpg.connect(asyncpg_dsn(url))
    except asyncpg.InvalidPasswordError:
        return False
    except (asyncpg.InsufficientPrivilegeError, asyncpg.InvalidCatalogNameError):
        return True  # known to the server, not yet admitted to the database
    await connection.close()
    return True
