"""A start after a long recovery succeeds: PostgreSQL is waited for, and told about, far longer than ten seconds.

PostgreSQL's programs are played by scripts that keep the time of a recovery without taking it.
"""

import os
from pathlib import Path

import pytest

from foundation.embedded.account import Account, CommandFailed
from foundation.embedded.folders import Folders
from foundation.embedded.postgres import Postgres

PG_CTL = """#!/bin/sh
# pg_ctl -D DATA -l LOG -w -t SECONDS start: a recovery of $recovery seconds, of which the log tells
while [ "$#" -gt 0 ]; do case "$1" in -l) log=$2;; -t) patience=$2;; esac; shift; done
echo "2026-03-02 LOG:  database system was not properly shut down; automatic recovery in progress" >> "$log"
elapsed=10
while [ "$elapsed" -lt "{recovery}" ]; do
    echo "2026-03-02 LOG:  redo in progress, elapsed time: $elapsed.00 s, current LSN: 0/1000000" >> "$log"
    elapsed=$((elapsed + 10))
done
[ "$patience" -gt "{recovery}" ]
"""
PG_ISREADY = """#!/bin/sh
# Takes connections once the clock file holds as many lines as the recovery takes turns
[ "$(wc -l < "{clock}")" -ge "{turns}" ]
"""


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def postgres(tmp_path: Path) -> Postgres:
    """A cluster that exists, with programs of the test's own."""
    server = Postgres(Folders(tmp_path / "data"), Account(os.geteuid(), os.getegid(), switch=False), "")
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("18\n")
    (tmp_path / "bin").mkdir()
    server.bin = tmp_path / "bin"
    return server


@pytest.mark.parametrize("seconds", [45, 540])
def test_a_recovery_of_minutes_ends_in_a_start_and_is_told_as_it_goes(postgres: Postgres, seconds: int) -> None:
    program(postgres.bin, "pg_ctl", PG_CTL.replace("{recovery}", str(seconds)))
    told: list[str] = []
    postgres.start(told.append)
    assert sum("redo in progress" in line for line in told) == (seconds - 1) // 10
    assert all("恢复" in line for line in told)


def test_a_recovery_without_end_is_given_up_and_says_where_to_look(postgres: Postgres) -> None:
    program(postgres.bin, "pg_ctl", PG_CTL.replace("{recovery}", "900"))
    with pytest.raises(CommandFailed, match=r"postgres\.log"):
        postgres.start(lambda _: None)


class Adopted(Postgres):
    """A server that an earlier start left behind lives while its recovery lasts."""

    pid = os.getpid()


def test_a_server_left_behind_in_its_recovery_is_waited_for(postgres: Postgres, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.touch()
    server = Adopted(postgres.folders, postgres.account, "")
    server.bin = postgres.bin
    program(server.bin, "pg_isready", PG_ISREADY.replace("{clock}", str(clock)).replace("{turns}", "60"))
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        with clock.open("a") as file:
            print(file=file)

    server.pause = pause
    server.start(lambda _: None)
    assert sum(waited) == pytest.approx(12)


def test_a_server_left_behind_that_dies_meanwhile_is_not_waited_for(postgres: Postgres) -> None:
    program(postgres.bin, "pg_isready", "#!/bin/sh\nexit 1\n")
    postgres.pause = lambda _: pytest.fail("waited for a server that is gone")
    with pytest.raises(CommandFailed):
        postgres._await_adopted()
