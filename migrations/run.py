"""Bring a database to the newest revision, and say whether it is there already."""

import asyncio
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from foundation.endpoints import APP, asyncpg_dsn
from foundation.lost import connect

FOLDER = Path(__file__).parent
SHOW_REVISION = f"grant select on alembic_version to {APP}"
"""For the web server to tell whether it fits the schema."""
ANY_TABLE = """
select exists (select from pg_tables where schemaname = 'public' and tablename <> 'alembic_version')
"""


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Run what is missing. Call it where no event loop runs."""
    config = _config(owner_url)
    config.attributes["revisions_only"] = True
    command.upgrade(config, revision)
    asyncio.run(_execute(owner_url, SHOW_REVISION))


def check(owner_url: str) -> None:
    """Raise alembic's CommandError when the models and the migrated schema differ."""
    command.check(_config(owner_url))


def newest() -> str | None:
    """The last revision of the code."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def known() -> set[str]:
    """Every revision of the code: a database of another one is newer."""
    return {script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions()}


def present(owner_url: str) -> str | None:
    """The database's revision; None when it has no schema of ours."""
    return asyncio.run(_present(owner_url))


def has_tables(owner_url: str) -> bool:
    """Whether anything is in the database besides alembic's own table."""
    return asyncio.run(_has_tables(owner_url))


async def _has_tables(owner_url: str) -> bool:
    connection = await connect(asyncpg_dsn(owner_url))
    try:
        found: bool = await connection.fetchval(ANY_TABLE)
    finally:
        await connection.close()
    return found


async def _present(owner_url: str) -> str | None:
    connection = await connect(asyncpg_dsn(owner_url))
    try:
        revision: str | None = await connection.fetchval("select version_num from alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return revision


async def _execute(owner_url: str, statement: str) -> None:
    connection = await connect(asyncpg_dsn(owner_url))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _config(owner_url: str | None) -> Config:
    """Without alembic.ini, which a wheel does not hold; the file is for calling alembic by hand."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = owner_url
    return config
