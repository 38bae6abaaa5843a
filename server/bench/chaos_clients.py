"""Asking over HTTP until there is an answer, and keeping what was answered."""

import asyncio
from collections import Counter, defaultdict
from time import perf_counter
from typing import Any
from uuid import uuid4

import msgspec
from msgspec import Struct, field

PATIENCE = 120.0
"""Seconds until a request is given up: longer than any restart."""
PAUSE = 0.1
AGAIN = frozenset({429, 500, 502, 503, 504})


class Asking(Struct):
    """Who asks: a session and an office for each login; and the cases, each with its version."""

    tokens: dict[str, str]
    offices: dict[str, int] = field(default_factory=dict)
    cases: list[tuple[str, int]] = field(default_factory=list)


class Journal(Struct):
    """Every act that was acknowledged, by case; `unknown`: those that never got an answer."""

    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    handovers: int = 0
    refused: int = 0
    repeated: int = 0
    nobody: int = 0
    """Races that nobody won, or both."""

    def counts(self) -> dict[str, float]:
        return {
            "handovers": float(self.handovers),
            "acknowledged_acts": float(self.done.total()),
            "refused": float(self.refused),
            "requests_repeated": float(self.repeated),
            "never_answered": float(self.unknown.total()),
        }


class Answered(Struct):
    status: int
    body: Any

    @property
    def done(self) -> bool:
        return self.status < 300


async def act(
    journal: Journal, port: Any, token: str, case: str, name: str, version: int | None, form: dict[str, Any]
) -> Answered | None:
    """One act with one idempotency key, asked again as long as the answer is none; None = given up."""
    key, began = str(uuid4()), perf_counter()
    while perf_counter() - began < PATIENCE:
        try:
            found = await _post(port(), token, f"/api/v1/cases/{case}/acts/{name}", key, version, form)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            found = None
        if found is not None and found.status not in AGAIN:
            _keep(journal, case, name, found, perf_counter() - began)
            return found
        journal.repeated += 1
        await asyncio.sleep(PAUSE)
    journal.unknown[case, name] += 1
    return None


def _keep(journal: Journal, case: str, name: str, found: Answered, seconds: float) -> None:
    journal.seconds[name].append(seconds)
    if found.done:
        journal.done[case, name] += 1
    else:
        journal.refused += 1


async def _post(port: int, token: str, path: str, key: str, version: int | None, form: dict[str, Any]) -> Answered:
    body = msgspec.json.encode(form)
    lines = [f"POST {path} HTTP/1.1", "host: chaos", "connection: close", f"authorization: Bearer {token}",
             "content-type: application/json", f"idempotency-key: {key}", f"content-length: {len(body)}"]  # fmt: skip
    lines += [] if version is None else [f'if-match: "{version}"']
    async with asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            content = await reader.readexactly(length)
        finally:
            writer.close()
    return Answered(int(head.split(b" ", 2)[1]), msgspec.json.decode(content) if content else None)
