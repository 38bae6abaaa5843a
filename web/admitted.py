"""Who comes with a number and the code on the receipt, without an account."""

from typing import cast
from uuid import UUID

from cases import petitioner
from foundation.attempts import Attempts
from foundation.store import Store
from tenants.subject import Subject
from web.page import AnyRequest


async def admitted(request: AnyRequest, store: Store, number: str, code: str) -> tuple[UUID, Subject]:
    """The case and the petitioner; a wrong number and a wrong code are the same 404, guesses are counted."""
    attempts = cast(Attempts, request.app.state.attempts)
    return await petitioner.admitted(store, attempts, request.client.host if request.client else "", number, code)
