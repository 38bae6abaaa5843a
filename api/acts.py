"""The acts of a case: one operation per row of the table of moves, generated from the catalogue."""

from typing import Any

from litestar import Response
from msgspec import Struct, structs
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import AnyRequest, answer
from api.case_view import CaseView, case_view
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body, once, version_seen
from cases.acts import perform, shown_once
from cases.catalogue import Act, Catalogue
from cases.models import Case
from foundation.errors import Forbidden, NotFound
from foundation.idempotency import Answer
from foundation.language import N_
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from tenants.tokens import TokenScope

MONEY = frozenset({"fee", "payer", "subsidy", "travel"})
"""Nouns of the rights whose acts a program's token needs a scope of its own for."""
BY_STEP = N_("八个步骤与随时可办的事项；办理前须带上所见的版本")


class Performed(Struct, frozen=True):
    """The case after the act; null when its reader has no sight of it, as after handing it over."""

    version: int
    state: str
    case: CaseView | None
    shown_once: dict[str, str] = {}
    """What only the doer learns and never again, such as the code on a new petitioner's receipt."""


def endpoints(catalogue: Catalogue) -> tuple[Endpoint, ...]:
    return tuple(_endpoint(catalogue, act) for act in catalogue.acts.values())


def _endpoint(catalogue: Catalogue, act: Act) -> Endpoint:
    async def do(request: AnyRequest, session: TheSession, subject: TheSubject, case_id: PathId) -> Response[Any]:
        form = await body(request, act.form)

        async def produce() -> Answer:
            case = await perform(session, subject, catalogue, case_id, act.name, form, version_seen(request))
            told = shown_once(session)
            done = structs.replace(await _performed(session, subject, catalogue, case), shown_once=told)
            return answer(done, version=done.version)

        return await once(request, session, subject, produce)

    return Endpoint(
        method="POST",
        path=f"/cases/{{case_id:uuid}}/acts/{act.name}",
        name=_camel(act.name),
        tag="acts",
        title=act.title,
        help=BY_STEP,
        handler=do,
        body=act.form,
        answer=Performed,
        versioned=act.versioned,
        once=True,
        scope=TokenScope.MONEY if act.action.partition(":")[0] in MONEY else TokenScope.ACT,
    )


async def _performed(session: AsyncSession, subject: Subject, catalogue: Catalogue, case: Case) -> Performed:
    """Read again: custody may have moved behind the loaded row."""
    case_id, version, state = case.id, case.version, case.state
    try:
        seen, may = await gate.fetch_with_permissions(session, subject, Action.CASE_STATUS, case_id)
    except (NotFound, Forbidden):
        return Performed(version, state, None)
    return Performed(seen.version, seen.state, await case_view(session, subject, catalogue, seen, may))


def _camel(name: str) -> str:
    """`issue-opinion` as the operation's id: issueOpinion."""
    first, *rest = name.split("-")
    return first + "".join(word.capitalize() for word in rest)
