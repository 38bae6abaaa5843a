"""The processes that serve, and what is done to them: SIGKILL for web and worker, and the database dies and returns."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections import Counter
from itertools import cycle
from random import Random
from types import TracebackType

from foundation.servers import server_pids, servers
from foundation.settings import Settings
from server.bench.chaos_clients import Journal
from server.bench.start import free_port

KINDS = ("web", "web", "worker", "database")
"""By turns: two kills of web processes and one of the worker for each restart of the database."""
LOOK = 0.05
START = 600
"""Seconds: a machine that does much else takes long to start them."""


class Processes:
    """So many `tiaojie serve`, each on a port of its own, and one `tiaojie worker`; whoever ends is started again."""

    def __init__(self, settings: Settings, web: int) -> None:
        self.settings, self.ports = settings, [free_port() for _ in range(web)]
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._turn = cycle(self.ports)

    def __enter__(self) -> "Processes":
        for name in (*map(str, self.ports), "worker"):
            self.start(name)
        try:
            asyncio.run(self.until_answering())
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def end(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait()

    def port(self) -> int:
        """Where the next request goes: they take turns."""
        return next(self._turn)

    def start(self, name: str) -> None:
        words = ["worker"] if name == "worker" else ["serve"]
        base = {key: value for key, value in os.environ.items() if not key.startswith("TIAOJIE_")}
        environ = base | {"TIAOJIE_DATA": str(self.settings.data), "TIAOJIE_LOG": "json"}
        environ |= {} if name == "worker" else {"TIAOJIE_PORT": name}
        command = [sys.executable, "-m", "server.cli", *words]
        quiet = subprocess.DEVNULL
        self.running[name] = subprocess.Popen(command, env=environ, stdout=quiet, stderr=quiet)

    def kill(self, name: str) -> None:
        self.running[name].kill()
        self.running[name].wait()
        self.start(name)

    def restart_database(self) -> None:
        """Killed like everything else; it recovers from its log."""
        postmaster = server_pids(self.settings)["PostgreSQL"]
        watched = os.pidfd_open(postmaster)
        os.kill(postmaster, signal.SIGKILL)
        select.select([watched], [], [])  # it is there for a moment more, and would be taken for a live one
        os.close(watched)
        with servers(self.settings, lambda _: None):
            pass  # who finds it dead starts it; it is in use and stays

    def revive(self) -> list[str]:
        """Those that ended by themselves, as after the loss of the database, are started again."""
        ended = [name for name, process in self.running.items() if process.poll() is not None]
        for name in ended:
            self.start(name)
        return ended

    async def until_answering(self) -> None:
        async with asyncio.timeout(START):
            for port in self.ports:
                while not await _answers(port):
                    await asyncio.sleep(LOOK)


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


class Injuries:
    """At handovers drawn from the seed, in turn one of KINDS; `told` says what was done and when."""

    def __init__(self, processes: Processes, random: Random, kills: int, handovers: int) -> None:
        span = range(max(1, handovers // 20), max(kills + 2, handovers * 9 // 10))
        self.processes, self.random = processes, random
        self.plan = list(zip(sorted(random.sample(span, kills)), cycle(KINDS), strict=False))
        self.told: list[str] = []
        self.counted: Counter[str] = Counter()

    async def run(self, journal: Journal) -> None:
        """Until it is cancelled."""
        for at, kind in self.plan:
            while journal.handovers < at:
                self._revived(journal)
                await asyncio.sleep(LOOK)
            await asyncio.to_thread(self._injure, kind)
            self.counted[kind] += 1
            self.told.append(f"killed {kind} at handover {journal.handovers}")
        while True:
            self._revived(journal)
            await asyncio.sleep(LOOK)

    def _injure(self, kind: str) -> None:
        match kind:
            case "web":
                self.processes.kill(str(self.random.choice(self.processes.ports)))
            case "worker":
                self.processes.kill("worker")
            case _:
                self.processes.restart_database()

    def _revived(self, journal: Journal) -> None:
        for name in self.processes.revive():
            self.counted["ended_by_itself"] += 1
            self.told.append(f"{name} had ended, started again at handover {journal.handovers}")
