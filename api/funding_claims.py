"""Claims: what waits for the reader, what is held and why, the own shares, and what is recovered from officials."""

from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body, query
from foundation.language import N_
from funding.claims_board import Asked, Board, Owed, Queue, board, recovery_view
from funding.recoveries import RepaidForm, repaid

TAG = "funding"
HERE = "/funding/claims"


class BoardQuery(Struct, frozen=True, kw_only=True):
    box: Annotated[Queue, Meta(title=N_("只看哪一列"))] | None = None
    after: Annotated[UUID, Meta(title=N_("与 box 同用：从这一列所给的 after 之后看起"))] | None = None


async def mine(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    asked = query(request, BoardQuery)
    return respond(answer(await board(session, subject, Asked(box=asked.box, after=asked.after))))


async def repay(request: AnyRequest, session: TheSession, subject: TheSubject, recovery_id: PathId) -> Response[bytes]:
    recovery = await repaid(session, subject, recovery_id, await body(request, RepaidForm))
    return respond(answer(await recovery_view(session, recovery)))


ENDPOINTS = (
    Endpoint(
        method="GET", path=HERE, name="fundingClaims", tag=TAG,
        title=N_("补助申报：待我办理的、暂不支付的及原因、我的份额、应予追回的"), handler=mine, query=BoardQuery,
        answer=Board,
    ),
    Endpoint(
        method="POST", path=HERE + "/recoveries/{recovery_id:uuid}/repaid", name="enterRepaid", tag=TAG,
        title=N_("登记追回到账"), handler=repay, body=RepaidForm, answer=Owed, refuses=(409,),
    ),
)  # fmt: skip
