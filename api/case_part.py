"""One part of a case as an operation: fetched by the gate, cut by what the gate allows."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheCatalogue, TheSession, TheSubject
from cases.catalogue import Catalogue
from cases.models import Case
from foundation.errors import Forbidden
from policies import gate
from policies.actions import Action
from policies.gate import Permissions
from tenants.subject import Subject

TAG = "case parts"


class Reader(Struct, frozen=True):
    """Who reads which case, and what they may read of it."""

    session: AsyncSession
    subject: Subject
    catalogue: Catalogue
    case: Case
    may: Permissions

    def require(self, action: Action) -> None:
        if action not in self.may.actions:
            raise Forbidden


def part(name: str, title: str, shown: Any, read: Callable[[Reader], Awaitable[Any]]) -> Endpoint:
    """`GET /cases/{case_id}/<name>`, answered with what `read` finds."""

    async def handler(
        session: TheSession, subject: TheSubject, catalogue: TheCatalogue, case_id: PathId
    ) -> Response[bytes]:
        case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
        reader = Reader(session, subject, catalogue, case, await gate.permissions(session, subject, case))
        return respond(answer(await read(reader)))

    path = f"/cases/{{case_id:uuid}}/{name}"
    return Endpoint(method="GET", path=path, name=name, tag=TAG, title=title, handler=handler, answer=shown)
