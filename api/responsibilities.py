"""包干化解责任清单: which open dispute is whose to settle, place by place."""

from typing import Annotated

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheReading, TheSession, TheSubject
from api.requests import query
from foundation.language import N_
from oversight.responsibility import MOST, Responsibilities, responsibilities


class ListQuery(Struct, frozen=True, kw_only=True):
    after: Annotated[str, Meta(title=N_("接着上一页"), max_length=200)] | None = None
    size: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=MOST)] = 100


async def listed(request: AnyRequest, session: TheSession, reading: TheReading, subject: TheSubject) -> Response[bytes]:
    given = query(request, ListQuery)
    return respond(answer(await responsibilities(session, reading, subject, given.after, given.size)))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/responsibilities",
        name="responsibilities",
        tag="oversight",
        title=N_("包干化解责任清单"),
        help=N_("按纠纷发生地列出在办的纠纷由谁负责、到何日为止；尚未组成小组的由承办机构负责。不列当事人。"),
        handler=listed,
        query=ListQuery,
        answer=Responsibilities,
    ),
)
