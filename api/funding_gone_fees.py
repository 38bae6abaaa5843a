"""Approved fees whose case has another holder by now: listed and paid by the cashier of the books that bear them."""

from litestar import Response

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body
from foundation.language import N_
from funding.gone_fees import GoneFee, VoucherForm, gone_fees, pay

TAG = "funding"
HERE = "/funding/payments/fees"


async def listed(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await gone_fees(session, subject)))


async def paid(request: AnyRequest, session: TheSession, subject: TheSubject, payment_id: PathId) -> Response[bytes]:
    return respond(answer(await pay(session, subject, payment_id, await body(request, VoucherForm))))


ENDPOINTS = (
    Endpoint(
        method="GET", path=HERE, name="goneFees", tag=TAG, title=N_("案件已移交、仍由本单位支付的第三方费用"),
        handler=listed, answer=list[GoneFee],
    ),
    Endpoint(
        method="POST", path=HERE + "/{payment_id:uuid}/paid", name="payGoneFee", tag=TAG,
        title=N_("支付案件已移交的第三方费用"), handler=paid, body=VoucherForm, answer=GoneFee, refuses=(409,),
    ),
)  # fmt: skip
