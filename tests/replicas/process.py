"""A web server or a worker in a process of its own, made as the commands make them, by the clock of the test."""

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from foundation import logs
from foundation.cipher import Sealed
from foundation.endpoints import Endpoints
from foundation.settings import load_settings
from server.app import build_app
from server.catalogue import catalogue
from server.handlers import HANDLERS
from server.parts import make_parts
from server.web_server import web_server
from server.worker import BackgroundWorker
from tests.replicas.shared_clock import SharedClock
from tests.world import KEYRING


def serve(addresses: Endpoints, clock: SharedClock) -> None:
    settings = load_settings(os.environ)
    parts = make_parts(settings, addresses, clock)
    Sealed.use(KEYRING)
    web_server(build_app(parts, catalogue()), settings).run()


def work(addresses: Endpoints, clock: SharedClock) -> None:
    Sealed.use(KEYRING)
    asyncio.run(BackgroundWorker(addresses, clock, HANDLERS).work())


if __name__ == "__main__":
    logs.configure("plain", "warning")
    kind, shown, file = sys.argv[1:]
    {"serve": serve, "work": work}[kind](msgspec.json.decode(shown, type=Endpoints), SharedClock(Path(file)))
