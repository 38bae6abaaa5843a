"""Why may I, or may I not: the rule, the relation, until when."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import query
from foundation.errors import invalid
from foundation.language import N_, current_language
from policies import gate
from policies.actions import Action


class ExplainQuery(Struct, frozen=True, kw_only=True):
    case_id: Annotated[UUID, Meta(title=N_("案件"))]
    action: Annotated[str, Meta(title=N_("权限"), max_length=60, examples=["case:read"])]


class Reason(Struct, frozen=True):
    """`rule` is a row of the table of rules; `until` null = as long as custody lasts."""

    allowed: bool
    action: str
    rule: str | None
    relation: str | None
    until: datetime | None
    sentence: str


async def explain(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    """A case that the asker can't see is a 404 here too."""
    given = query(request, ExplainQuery)
    if given.action not in set(Action):
        raise invalid("action", "not_a_choice", N_("没有这项权限"))
    action = Action(given.action)
    case = await gate.fetch(session, subject, Action.CASE_STATUS, given.case_id)
    found = await gate.explain(session, subject, action, case)
    sentence = found.en if current_language.get() == "en" else found.zh
    until = found.until if found.until and found.until.year < FOREVER else None
    return respond(answer(Reason(found.allowed, action, found.rule, found.relation, until, sentence)))


FOREVER = 9999
"""The year in which a relation without an end ends."""

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/access/explain",
        name="explainAccess",
        tag="access",
        title=N_("为什么可以（不可以）"),
        handler=explain,
        query=ExplainQuery,
        answer=Reason,
    ),
)
