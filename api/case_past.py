"""A case as of a moment."""

from typing import Annotated

from litestar import Response
from msgspec import Meta, Struct, structs

from api.answers import AnyRequest, answer, respond
from api.case_part import TAG
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import query
from dossiers.as_of import PastCase, as_of, moment_of
from foundation.language import N_, translate
from foundation.store import instant


class MomentQuery(Struct, frozen=True, kw_only=True):
    at: (
        Annotated[
            str, Meta(title=N_("时刻，默认此刻；不写时区的按北京时间"), max_length=40, examples=["2026-03-02T12:00"])
        ]
        | None
    ) = None


async def past(request: AnyRequest, session: TheSession, subject: TheSubject, case_id: PathId) -> Response[bytes]:
    given = query(request, MomentQuery)
    _, found = await as_of(session, subject, case_id, moment_of(given.at) if given.at else instant(session))
    timers = tuple(structs.replace(one, title=translate(one.title)) for one in found.timers)
    return respond(answer(structs.replace(found, timers=timers)))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/cases/{case_id:uuid}/past",
        name="casePast",
        tag=TAG,
        title=N_("某一时刻的案件"),
        help=N_("当时的步骤、承办、当事人、诉求、期限、小组和文书，只读；按您现在的权限显示"),
        handler=past,
        query=MomentQuery,
        answer=PastCase,
    ),
)
