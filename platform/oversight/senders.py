"""Who carries words outside: one sender for each kind of channel that this deployment has. Set at start.

E-mail is `foundation.mail`. An SMS gateway is whatever a deployment's contract names: it implements `Sender`.
"""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from oversight.channels import ChannelKind


class Words(Struct, frozen=True):
    """What goes to one address. `id` stays the same when it is sent again: a repetition can be told from news."""

    id: UUID
    address: str
    subject: str
    text: str


class NotSent(Exception):
    """The carrier did not take it. Its name and code may be kept; its text, which may repeat an address, may not."""

    def __init__(self, code: str, *, final: bool = False) -> None:
        super().__init__(code)
        self.code, self.final = code, final
        """`final`: trying again won't help, such as an address that does not exist."""


class Sender(Protocol):
    async def send(self, words: Words) -> None:
        """Raises NotSent."""
        ...


class Outside(Struct, frozen=True):
    """`senders`: without one of a kind, that kind is not offered. `platform`: its address as people reach it."""

    senders: Mapping[ChannelKind, Sender] = {}
    platform: str = ""


_chosen = Outside()


def use(outside: Outside) -> None:
    """Called by the composition root."""
    global _chosen
    _chosen = outside


def chosen() -> Outside:
    return _chosen
