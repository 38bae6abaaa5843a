"""Who comes with a number and the code on the receipt, without an account."""

from typing import Protocol
from uuid import UUID

from api.answers import AnyRequest
from cases import petitioner
from foundation.attempts import Attempts
from foundation.store import Store
from tenants.subject import Subject


class Given(Protocol):
    """What a form carries that opens with a receipt."""

    @property
    def registration_no(self) -> str: ...
    @property
    def code(self) -> str: ...


async def admitted(request: AnyRequest, store: Store, given: Given) -> tuple[UUID, Subject]:
    """The case and the petitioner; a wrong number and a wrong code are the same 404, guesses are counted."""
    attempts: Attempts = request.app.state["attempts"]
    address = request.client.host if request.client else ""
    return await petitioner.admitted(store, attempts, address, given.registration_no, given.code)
