"""支付批次: what is due, batches, the bank's file and answer; the bank's form; accounts that people are paid to."""

from typing import Any

from litestar import Response
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException
from msgspec import Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body, once
from foundation.errors import Forbidden, invalid
from foundation.files import FileTooLarge
from foundation.forms import REQUIRED
from foundation.idempotency import Answer
from foundation.language import N_
from foundation.sheet_table import LARGEST
from funding.payment_accounts import (
    AccountForm,
    AccountView,
    LookView,
    RevealForm,
    looks_at_own,
    own_account,
    reveal_account,
    set_account,
    set_own_account,
)
from funding.payment_answers import reconcile
from funding.payment_file import FileForm, send_batch
from funding.payment_form import BankForm, form_of, set_form
from funding.payment_making import BatchForm, drop_batch, make_batch, require_cashier
from funding.payment_reading import BatchView, DueView, OneBatch, batches, due_list, one_batch
from policies.matrix_sheet import CSV, XLSX
from tenants.tokens import TokenScope

TAG = "funding"
HERE = "/funding/payments"
BATCH = HERE + "/{batch_id:uuid}"
OWN = "/me/bank-account"
AROUND = 64 * 1024
"""Bytes of a multipart form around the file."""


class Number(Struct, frozen=True):
    """In the clear, once."""

    number: str


async def due(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await due_list(session, subject)))


async def listed(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await batches(session, subject)))


async def make(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, BatchForm)

    async def produce() -> Answer:
        batch = await make_batch(session, subject, form)
        return answer(await one_batch(session, subject, batch.id), status=201)

    return await once(request, session, subject, produce)


async def one(session: TheSession, subject: TheSubject, batch_id: PathId) -> Response[bytes]:
    return respond(answer(await one_batch(session, subject, batch_id)))


async def send(request: AnyRequest, session: TheSession, subject: TheSubject, batch_id: PathId) -> Response[bytes]:
    file = await send_batch(session, subject, batch_id, await body(request, FileForm))
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
    return Response(file.content, media_type=file.kind, headers=headers, status_code=200)


async def answered(request: AnyRequest, session: TheSession, subject: TheSubject, batch_id: PathId) -> Response[bytes]:
    await reconcile(session, subject, batch_id, await _sent(request))
    return respond(answer(await one_batch(session, subject, batch_id)))


async def drop(session: TheSession, subject: TheSubject, batch_id: PathId) -> Response[bytes]:
    batch = await drop_batch(session, subject, batch_id)
    return respond(answer(await one_batch(session, subject, batch.id)))


async def bank_form(session: TheSession, subject: TheSubject) -> Response[bytes]:
    require_cashier(subject)
    if subject.tenant_id is None:
        raise Forbidden
    return respond(answer(await form_of(session, subject.tenant_id)))


async def change_form(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await set_form(session, subject, await body(request, BankForm))))


async def payee(request: AnyRequest, session: TheSession, subject: TheSubject, payee_id: PathId) -> Response[bytes]:
    return respond(answer(await set_account(session, subject, payee_id, await body(request, AccountForm))))


async def reveal(request: AnyRequest, session: TheSession, subject: TheSubject, account_id: PathId) -> Response[bytes]:
    number = await reveal_account(session, subject, account_id, await body(request, RevealForm))
    kept_nowhere = {"Cache-Control": "no-store"}
    return respond(answer(Number(number), headers=kept_nowhere))


async def own(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await own_account(session, subject)))


async def set_own(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await set_own_account(session, subject, await body(request, AccountForm))))


async def looks(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await looks_at_own(session, subject)))


async def _sent(request: AnyRequest) -> bytes:
    try:
        form = await request.form()
    except HTTPException as error:
        raise (
            FileTooLarge if error.status_code == FileTooLarge.status else invalid("file", "required", REQUIRED)
        ) from error
    file: Any = form.get("file")
    if not isinstance(file, UploadFile):
        raise invalid("file", "required", REQUIRED)
    return await file.read(LARGEST + 1)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path=HERE + "/due",
        name="payoutsDue",
        tag=TAG,
        title=N_("待支付的款项，暂不能支付的列明原因"),
        handler=due,
        answer=list[DueView],
    ),
    Endpoint(
        method="GET",
        path=HERE,
        name="paymentBatches",
        tag=TAG,
        title=N_("支付批次，新的在前"),
        handler=listed,
        answer=list[BatchView],
    ),
    Endpoint(
        method="POST",
        path=HERE,
        name="makePaymentBatch",
        tag=TAG,
        title=N_("生成支付批次"),
        help=N_("款项以待支付列表中的 name 指明；一笔款项只在一个未完的批次里"),
        handler=make,
        body=BatchForm,
        answer=OneBatch,
        status=201,
        once=True,
        refuses=(409,),
    ),
    Endpoint(
        method="GET",
        path=BATCH,
        name="paymentBatch",
        tag=TAG,
        title=N_("一个支付批次，逐笔结果"),
        handler=one,
        answer=OneBatch,
    ),
    Endpoint(
        method="POST",
        path=BATCH + "/file",
        name="sendPaymentBatch",
        tag=TAG,
        title=N_("生成送银行的文件"),
        help=N_("含收款账号明文，每个账号记一次查看；程序令牌不能调用"),
        handler=send,
        body=FileForm,
        download=True,
        kinds=(XLSX, CSV),
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path=BATCH + "/answer",
        name="reconcilePaymentBatch",
        tag=TAG,
        title=N_("导入银行回盘文件"),
        help=N_("有一行不能认定的，整个文件不导入，逐行列明原因"),
        handler=answered,
        scope=TokenScope.FILES,
        answer=OneBatch,
        upload=True,
        largest=LARGEST + AROUND,
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path=BATCH + "/drop",
        name="dropPaymentBatch",
        tag=TAG,
        title=N_("作废还没有送银行的批次"),
        handler=drop,
        answer=OneBatch,
        refuses=(409,),
    ),
    Endpoint(
        method="GET",
        path=HERE + "/form",
        name="bankForm",
        tag=TAG,
        title=N_("本单位的银行批量表格式"),
        handler=bank_form,
        answer=BankForm,
    ),
    Endpoint(
        method="PUT",
        path=HERE + "/form",
        name="setBankForm",
        tag=TAG,
        title=N_("修改银行批量表格式，用于今后的批次"),
        handler=change_form,
        body=BankForm,
        answer=BankForm,
    ),
    Endpoint(
        method="PUT",
        path=HERE + "/payees/{payee_id:uuid}",
        name="setPayeeAccount",
        tag=TAG,
        title=N_("由出纳登记一个人的收款账户"),
        handler=payee,
        body=AccountForm,
        answer=AccountView,
    ),
    Endpoint(
        method="POST",
        path=HERE + "/accounts/{account_id:uuid}/reveal",
        name="revealPayeeAccount",
        tag=TAG,
        title=N_("说明理由后查看收款账号"),
        handler=reveal,
        body=RevealForm,
        answer=Number,
    ),
    Endpoint(
        method="GET",
        path=OWN,
        name="ownBankAccount",
        tag=TAG,
        title=N_("本人的收款账户，遮盖显示；没有登记的为 null"),
        handler=own,
        answer=AccountView | None,
    ),
    Endpoint(
        method="PUT",
        path=OWN,
        name="setOwnBankAccount",
        tag=TAG,
        title=N_("登记本人的收款账户"),
        handler=set_own,
        body=AccountForm,
        answer=AccountView,
    ),
    Endpoint(
        method="GET",
        path=OWN + "/looks",
        name="looksAtOwnBankAccount",
        tag=TAG,
        title=N_("谁因何看过本人的收款账号"),
        handler=looks,
        answer=list[LookView],
    ),
)
