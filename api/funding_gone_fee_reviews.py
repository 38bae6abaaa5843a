"""Fees that arose here and that nobody has approved, of cases gone on: listed and approved by the reviewer."""

from litestar import Response

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body
from foundation.language import N_
from funding.gone_fee_reviews import OpinionForm, UnreviewedFee, approve, unreviewed_fees

TAG = "funding"
HERE = "/funding/claims/fees"


async def listed(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await unreviewed_fees(session, subject)))


async def approved(request: AnyRequest, session: TheSession, subject: TheSubject, fee_id: PathId) -> Response[bytes]:
    return respond(answer(await approve(session, subject, fee_id, await body(request, OpinionForm))))


ENDPOINTS = (
    Endpoint(
        method="GET", path=HERE, name="unreviewedFees", tag=TAG, title=N_("案件已移交、仍待本单位审核的第三方费用"),
        handler=listed, answer=list[UnreviewedFee],
    ),
    Endpoint(
        method="POST", path=HERE + "/{fee_id:uuid}/approved", name="approveGoneFee", tag=TAG,
        title=N_("审核案件已移交的第三方费用"), handler=approved, body=OpinionForm, answer=UnreviewedFee,
        refuses=(409,),
    ),
)  # fmt: skip
