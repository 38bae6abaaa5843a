"""The web server: uvicorn, which is told by us whom to believe, and stops in the order that a proxy needs."""

import signal
from socket import socket
from time import monotonic
from types import FrameType

import uvicorn
from litestar import Litestar

from foundation.settings import Settings
from server import memory
from server.readiness import Readiness

GRACE_SECONDS = 20
"""For requests that run when listening has ended."""


class DrainingServer(uvicorn.Server):
    """Asked to stop it first says so at /ready and goes on serving for `drain` seconds, so that a proxy looks away."""

    def __init__(self, config: uvicorn.Config, readiness: Readiness, drain: int) -> None:
        super().__init__(config)
        self.readiness = readiness
        self.drain = drain
        self.drained_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A second signal ends the waiting; uvicorn's own handling follows."""
        first = not self.readiness.draining
        self.readiness.draining = True
        if first and self.drain and sig == signal.SIGTERM:
            self.drained_at = monotonic() + self.drain
        else:
            super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        memory.settle()

    async def on_tick(self, counter: int) -> bool:
        if self.drained_at is not None and monotonic() >= self.drained_at:
            self.drained_at = None
            super().handle_exit(signal.SIGTERM, None)
        return await super().on_tick(counter)


def web_server(app: Litestar, settings: Settings) -> DrainingServer:
    """Without trusted proxies the socket's address counts, and X-Forwarded-… is air."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    readiness: Readiness = app.state["readiness"]
    return DrainingServer(config, readiness, settings.drain)
