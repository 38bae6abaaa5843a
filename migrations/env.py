"""What alembic runs: as the owner, in one transaction per migration, and never waiting long for a lock."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, MetaData, pool
from sqlalchemy.ext.asyncio import create_async_engine

from foundation.endpoints import endpoints
from foundation.settings import load_settings

LOCK_TIMEOUT = "5s"
"""A migration that waits for a lock makes everybody behind it wait too: it fails instead and is repeated."""


def owner_url() -> str:
    given: str | None = context.config.attributes.get("url")
    return given or endpoints(load_settings(os.environ)).owner


def models() -> MetaData | None:
    """The tables as the code has them; an upgrade runs on revisions alone and needs none of the rooms."""
    if context.config.attributes.get("revisions_only"):
        return None
    from migrations.metadata import metadata

    return metadata


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=models(),
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_online() -> None:
    settings = {"lock_timeout": LOCK_TIMEOUT, "timezone": "UTC"}
    engine = create_async_engine(owner_url(), poolclass=pool.NullPool, connect_args={"server_settings": settings})
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


if context.is_offline_mode():
    raise SystemExit("migrations run against a server: SQL scripts are not written")
asyncio.run(migrate_online())
