"""Claims: what waits for the reader, what is held and why, the own shares, and what is recovered from officials."""

from litestar import Response

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body
from foundation.language import N_
from funding.claims_board import Board, Owed, board, recovery_view
from funding.recoveries import RepaidForm, repaid

TAG = "funding"
HERE = "/funding/claims"


async def mine(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await board(session, subject)))


async def repay(request: AnyRequest, session: TheSession, subject: TheSubject, recovery_id: PathId) -> Response[bytes]:
    recovery = await repaid(session, subject, recovery_id, await body(request, RepaidForm))
    return respond(answer(await recovery_view(session, recovery)))


ENDPOINTS = (
    Endpoint(
        method="GET", path=HERE, name="fundingClaims", tag=TAG,
        title=N_("补助申报：待我办理的、暂不支付的及原因、我的份额、应予追回的"), handler=mine, answer=Board,
    ),
    Endpoint(
        method="POST", path=HERE + "/recoveries/{recovery_id:uuid}/repaid", name="enterRepaid", tag=TAG,
        title=N_("登记追回到账"), handler=repay, body=RepaidForm, answer=Owed, refuses=(409,),
    ),
)  # fmt: skip
