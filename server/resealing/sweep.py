"""The sweep: every table, the blind index, every file, until a whole pass finds nothing that another key sealed."""

import asyncio
from collections.abc import AsyncIterator, Callable

from msgspec import Struct
from sqlalchemy import text

from foundation.cipher import Keyring
from foundation.embedded.account import CommandFailed
from foundation.files import FileStore
from foundation.keyring import key_of
from foundation.store import Store
from server.resealing import columns, files, identities, kin
from server.resealing.columns import SealedTable, sealed_tables
from server.resealing.exchanged import Exchanged

BATCH = 500
"""Rows in a transaction: a writer waits for one batch at most."""
PASSES = 5
FILES, IDENTITIES, KIN = "files", "identity_index", "declared_kin.blind"
INDEXES = {IDENTITIES: identities, KIN: kin}
"""Blind indexes: each with the same three functions."""

FENCE = text("select pg_current_xact_id()::text::bigint")
OLDEST = text("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
PATIENCE, PAUSE = 600, 0.5
"""How often, and after how many seconds, an open transaction is looked for again."""

Told = Callable[[str, int], None]
"""Hears of each batch: the place (a table's name, FILES or an index) and how many values were exchanged."""


class Sweep(Struct, frozen=True):
    """What it works on: the owner's store, because row-level security binds every other role."""

    store: Store
    ring: Keyring
    files: FileStore
    size: int = BATCH

    async def usage(self) -> dict[str, dict[bytes | None, int]]:
        """Per place, how many values each header (suite and key) stands before. None: a file that is not there."""
        async with self.store.anonymous() as session:
            found = {one.name: await columns.headers(session, one) for one in sealed_tables()}
            for place, index in INDEXES.items():
                found[place] = await index.headers(session)
            found[FILES] = await files.headers(session, self.files, self.size)
        return {place: counts for place, counts in found.items() if counts}

    async def waiting(self) -> int:
        """How much there is to do: rows, entries of the index, files."""
        async with self.store.anonymous() as session:
            rows = sum([await columns.waiting(session, one, self.ring.header) for one in sealed_tables()])
            others = [await index.headers(session) for index in INDEXES.values()]
            others.append(await files.headers(session, self.files, self.size))
        wanted = (self.ring.header, self.files.keyring.header, None)
        stale: int = sum(n for counts in others for header, n in counts.items() if header not in wanted)
        return rows + stale

    async def run(self, told: Told) -> Exchanged:
        """Until nothing is left that opens. Raises CommandFailed when something keeps coming."""
        await self.older_transactions_end()
        made = 0
        for _ in range(PASSES):
            this = await self.once(told)
            made += this.made
            if not this.made:
                return Exchanged(made, this.unreadable)
        zh = "仍有进程在用旧密钥或旧算法写入：它读不到新的密钥文件或设置？请将它重新启动后再运行"
        raise CommandFailed(f"{zh} / a process still writes with an old key or algorithm: restart it")

    async def once(self, told: Told) -> Exchanged:
        """One pass over everything."""
        total = Exchanged(0)
        async for place, exchanged in self._batches():
            told(place, exchanged.made)
            total += exchanged
        return total

    async def older_transactions_end(self) -> None:
        """What an open transaction has sealed with the old key shows only when it commits: it is waited for."""
        async with self.store.anonymous() as session:
            fence = await session.scalar(FENCE)
        for _ in range(PATIENCE):
            async with self.store.anonymous() as session:
                if await session.scalar(OLDEST) > fence:
                    return
            await asyncio.sleep(PAUSE)
        raise CommandFailed("有一个事务一直未结束，请稍后再试 / a transaction stays open; please try again later")

    async def left(self, key: int) -> dict[str, int]:
        """What the key still seals, by place, when every transaction that may use it has ended."""
        await self.older_transactions_end()
        used = await self.usage()
        counts = {
            place: sum(count for header, count in headers.items() if header is not None and key_of(header) == key)
            for place, headers in used.items()
        }
        return {place: count for place, count in counts.items() if count}

    async def _batches(self) -> AsyncIterator[tuple[str, Exchanged]]:
        for one in sealed_tables():
            async for exchanged in self._table(one):
                yield one.name, exchanged
        for place in INDEXES:
            async for exchanged in self._index(place):
                yield place, exchanged
        async for exchanged in self._files():
            yield FILES, exchanged

    async def _table(self, one: SealedTable) -> AsyncIterator[Exchanged]:
        after = None
        while True:
            async with self.store.anonymous() as session:
                rows = await columns.batch(session, one, self.ring.header, after, self.size)
                if not rows:
                    return
                exchanged = await columns.exchange(session, one, rows, self.ring)
            after = rows[-1][: len(one.key)]
            yield exchanged

    async def _index(self, place: str) -> AsyncIterator[Exchanged]:
        after, index = None, INDEXES[place]
        while True:
            async with self.store.anonymous() as session:
                rows = await index.batch(session, self.ring.header, after, self.size)
                if not rows:
                    return
                exchanged = await index.exchange(session, rows, self.ring)
            after = rows[-1][:-1]
            yield exchanged

    async def _files(self) -> AsyncIterator[Exchanged]:
        after = None
        while True:
            async with self.store.anonymous() as session:
                ids = await files.batch(session, after, self.size)
            if not ids:
                return
            yield await files.exchange(self.files, ids)
            after = ids[-1]
