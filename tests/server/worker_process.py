"""A worker in a process of its own, to be killed: says what it got on its standard output, one line each."""

import asyncio
import sys

import msgspec

from foundation import logs
from foundation.clock import SystemClock
from foundation.endpoints import Endpoints
from foundation.jobs import Message
from foundation.store import Store
from server.worker import BackgroundWorker


async def tell(store: Store, message: Message) -> None:
    print("got", message.payload["number"], flush=True)


async def hang(store: Store, message: Message) -> None:
    """Begins its work and never ends it."""
    print("began", message.payload["number"], flush=True)
    await asyncio.Event().wait()


async def main() -> None:
    logs.configure("json", "error")  # its lines would stand between ours
    endpoints = msgspec.json.decode(sys.argv[1], type=Endpoints)
    handlers = {"test.tell": [tell], "test.hang": [hang]}
    print("starting", flush=True)
    await BackgroundWorker(endpoints, SystemClock(), handlers).work()
    print("stopped", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
