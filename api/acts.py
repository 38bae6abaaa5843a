"""The acts of a case: one operation per row of the table of moves, generated from the catalogue."""

from typing import Any
from uuid import UUID

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import AnyRequest, answer
from api.case_view import CaseView, case_view
from api.endpoint import Endpoint
from api.requests import body, once, version_seen
from cases.acts import perform
from cases.catalogue import Act, Catalogue
from foundation.idempotency import Answer
from foundation.language import N_
from tenants.subject import Subject

BY_STEP = N_("八个步骤与随时可办的事项；办理前须带上所见的版本")


def endpoints(catalogue: Catalogue) -> tuple[Endpoint, ...]:
    return tuple(_endpoint(act) for act in catalogue.acts.values())


def _endpoint(act: Act) -> Endpoint:
    async def do(
        request: AnyRequest, session: AsyncSession, subject: Subject, catalogue: Catalogue, case_id: UUID
    ) -> Response[Any]:
        form = await body(request, act.form)

        async def produce() -> Answer:
            case = await perform(session, subject, catalogue, case_id, act.name, form, version_seen(request))
            return answer(await case_view(session, subject, catalogue, case), version=case.version)

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
        answer=CaseView,
        versioned=act.writes,
        once=True,
    )


def _camel(name: str) -> str:
    """`issue-opinion` as the operation's id: issueOpinion."""
    first, *rest = name.split("-")
    return first + "".join(word.capitalize() for word in rest)
