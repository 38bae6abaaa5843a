"""Batches in the worker: a message of the outbox does one slice, as the person who ordered it."""

from functools import cache
from uuid import UUID

from cases.catalogue import Catalogue
from foundation.jobs import Message
from foundation.store import Scope, Store
from handover.bulk_run import go_on
from server.catalogue import catalogue


async def go_on_with(store: Store, message: Message) -> None:
    """Bears repetition: an item that is done is not taken again."""
    said = message.payload
    await go_on(store, _whole(), UUID(said["batch"]), Scope(int(said["tenant"]), UUID(said["person"])))


@cache
def _whole() -> Catalogue:
    """Composed once in a process, when the first batch comes."""
    return catalogue()
