"""A rotation in a process of its own, to be killed: one line on its standard output for every batch."""

import asyncio
import sys
from pathlib import Path

from foundation import logs
from foundation.clock import SystemClock
from foundation.files import FileStore
from foundation.key_file import KeyFile
from foundation.keyring import FIELDS, FILES, Keyring
from foundation.store import Store
from server.resealing.sweep import Sweep


async def main(owner: str, folder: Path) -> None:
    logs.configure("json", "error")
    keys = KeyFile(folder / "secret").keys
    files = FileStore.on_disk(folder / "files", Keyring.following(keys, FILES))
    store = Store(owner, SystemClock(), pool_size=2)
    sweep = Sweep(store, Keyring.following(keys, FIELDS), files, size=1)
    await sweep.run(lambda place, made: print(place, made, flush=True))
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
