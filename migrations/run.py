"""Bring a database to the newest revision, and say whether it is there already."""

import asyncio
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from foundation.endpoints import asyncpg_dsn

CONFIGURATION = Path(__file__).parent.parent / "alembic.ini"


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Run what is missing. Call it where no event loop runs."""
    config = _config(owner_url)
    config.attributes["revisions_only"] = True
    command.upgrade(config, revision)


def check(owner_url: str) -> None:
    """Raise alembic's CommandError when the models and the migrated schema differ."""
    command.check(_config(owner_url))


def newest() -> str | None:
    """The last revision of the code."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def present(owner_url: str) -> str | None:
    """The database's revision; None when it has no schema of ours."""
    return asyncio.run(_present(owner_url))


async def _present(owner_url: str) -> str | None:
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    try:
        revision: str | None = await connection.fetchval("select version_num from alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return revision


def _config(owner_url: str | None) -> Config:
    config = Config(CONFIGURATION)
    config.attributes["url"] = owner_url
    return config
