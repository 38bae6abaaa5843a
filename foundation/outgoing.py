"""Calling another system's address, and no machine of our own: what the name leads to is checked at every call.

The connection goes to the very address that was checked, so a name that changes its meaning in between reaches nothing.
Redirects are not followed.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpcore
from httpcore import AsyncNetworkBackend, AsyncNetworkStream

SECONDS = 15.0
LIMITS = {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 5.0}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NO_ANSWER = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError, ValueError)
"""ValueError: what the URL says can't be called at all."""


class CallFailed(Exception):
    """No answer. `code` names why, never with words of the other side."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AddressRefused(CallFailed):
    """It leads to a network that is not for calls from here."""


def is_permitted(address: Address, networks: Collection[str]) -> bool:
    """A public address, or one in the private networks that the deployment names. An address of IPv6 that holds one
    of IPv4 (6to4, Teredo) could lead through a relay of our own into them."""
    mapped = getattr(address, "ipv4_mapped", None) or address
    if in_networks(mapped, networks):
        return True
    if isinstance(mapped, ipaddress.IPv6Address) and (mapped.sixtofour or mapped.teredo or mapped.is_site_local):
        return False
    return mapped.is_global and not mapped.is_multicast and not mapped.is_reserved


def in_networks(address: Address, networks: Collection[str]) -> bool:
    return any(address in ipaddress.ip_network(network) for network in networks)


async def post(url: str, body: bytes, headers: Mapping[str, str], networks: Collection[str] = ()) -> int:
    """The status of the answer, whose words nobody reads. Raises CallFailed. `networks`: private ones that may be."""
    try:
        async with (
            asyncio.timeout(SECONDS),
            _pool(url, networks) as pool,
            pool.stream(
                "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": LIMITS}
            ) as response,
        ):
            return response.status
    except CallFailed:
        raise
    except NO_ANSWER as error:
        raise CallFailed(type(error).__name__) from None  # its text may hold the address


def _pool(url: str, networks: Collection[str]) -> httpcore.AsyncConnectionPool:
    secure = urlsplit(url).scheme == "https"
    backend = _Checked(networks, secure)
    return httpcore.AsyncConnectionPool(ssl_context=ssl.create_default_context(), network_backend=backend)


class _Checked(AsyncNetworkBackend):
    def __init__(self, networks: Collection[str], secure: bool) -> None:
        self.networks, self.secure, self.inner = networks, secure, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        checked = await self._resolve(host, port)
        return await self.inner.connect_tcp(str(checked), port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await self.inner.sleep(seconds)

    async def _resolve(self, host: str, port: int) -> Address:
        """Every address of the name must be permitted: half a refusal would be a matter of luck."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise CallFailed("NameUnknown") from None
        addresses = [ipaddress.ip_address(entry[4][0]) for entry in found]
        if not addresses or not all(is_permitted(address, self.networks) for address in addresses):
            raise AddressRefused("AddressRefused")
        if not self.secure and not all(in_networks(address, self.networks) for address in addresses):
            raise AddressRefused("NotSecure")
        return addresses[0]
