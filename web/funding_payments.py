"""支付批次: what is due, batches made of it, the file for the bank, the bank's answer with a report per line."""

from collections.abc import Awaitable, Iterator
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, Forbidden, NotFound, invalid
from foundation.language import N_, translate
from foundation.sheet_table import LARGEST
from funding.gone_fees import gone_fees
from funding.payment_answers import reconcile
from funding.payment_batches import BatchState
from funding.payment_file import FileForm, send_batch
from funding.payment_making import BatchForm, drop_batch, make_batch
from funding.payment_reading import OneBatch, batches, due_list, one_batch
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from web import funding_gone_fees, funding_payment_data, once
from web.forms.bound import fill
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.policy_matrix import download
from web.posted import fields_in, files_in
from web.refusals import told
from web.table_file import table_file
from web.words import word

HERE = "/funding/payments"
TITLES = (
    N_("业务参考号"), N_("收款人"), N_("收款账号"), N_("金额（元）"), N_("用途"), N_("结果"), N_("银行流水号"),
    N_("失败原因"),
)  # fmt: skip


@get(HERE)
async def payments_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _list(request, session, subject)


@post(HERE)
async def batch_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    data = await fields_in(request)
    typed = read(fields_of(BatchForm), data)
    try:
        if address := await once.already(session, subject, HERE, data):
            return go(address)
        async with session.begin_nested():
            form: Any = fill(BatchForm, typed)
            batch = await make_batch(session, subject, form)
        await once.led_to(session, subject, data, f"{HERE}/{batch.id}")
    except Forbidden:
        raise
    except DomainError as error:
        session.expire_all()
        return await _list(request, session, subject, error, frozenset(typed.get("payouts") or ()))
    return go(f"{HERE}/{batch.id}")


@get(f"{HERE}/{{batch_id:uuid}}")
async def batch_page(request: AnyRequest, subject: TheSubject, session: TheSession, batch_id: PathId) -> PageResponse:
    return await _one(request, session, subject, batch_id)


@post(f"{HERE}/{{batch_id:uuid}}/file")
async def file_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, batch_id: PathId
) -> Response[bytes] | PageResponse:
    """The file itself is the answer: it is kept nowhere."""
    try:
        async with session.begin_nested():
            form: Any = fill(FileForm, read(fields_of(FileForm), await fields_in(request)))
            return download(await send_batch(session, subject, batch_id, form))
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        session.expire_all()
        return await _one(request, session, subject, batch_id, error)


@post(f"{HERE}/{{batch_id:uuid}}/answer")
async def answer_post(request: AnyRequest, subject: TheSubject, session: TheSession, batch_id: PathId) -> PageResponse:
    upload = (await files_in(request)).get("file")

    async def do() -> None:
        if upload is None:
            raise invalid("file", "required", N_("请选择文件"))
        await reconcile(session, subject, batch_id, await upload.read(LARGEST + 1))

    return await _done(request, session, subject, batch_id, do())


@post(f"{HERE}/{{batch_id:uuid}}/drop")
async def drop_post(request: AnyRequest, subject: TheSubject, session: TheSession, batch_id: PathId) -> PageResponse:
    return await _done(request, session, subject, batch_id, drop_batch(session, subject, batch_id))


@get(f"{HERE}/{{batch_id:uuid}}/report.csv")
async def report_table(subject: TheSubject, session: TheSession, batch_id: PathId) -> PageResponse:
    """Every line with its result; accounts masked."""
    found = await one_batch(session, subject, batch_id)
    return table_file(f"{translate(N_('支付结果'))}-{found.batch.number}", TITLES, _rows(found))


async def _done(
    request: AnyRequest, session: AsyncSession, subject: Subject, batch_id: UUID, doing: Awaitable[object]
) -> PageResponse:
    try:
        async with session.begin_nested():
            await doing
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        session.expire_all()
        return await _one(request, session, subject, batch_id, error)
    return go(f"{HERE}/{batch_id}")


async def _list(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    error: DomainError | None = None,
    chosen: frozenset[str] | None = None,
) -> PageResponse:
    """Everything that may be paid is ticked until somebody has chosen."""
    pays = gate.may(subject, Action.SUBSIDY_PAY, Relation.GOVERNS)
    return page(
        request,
        "funding/payments.html",
        title=N_("支付批次"),
        subject=subject,
        status=error.status if error else 200,
        refusals=told(error),
        pays=pays,
        due=await due_list(session, subject) if pays else (),
        fees=await gone_fees(session, subject) if pays else (),
        chosen=chosen,
        batches=await batches(session, subject),
        key=once.new_key(),
    )


async def _one(
    request: AnyRequest, session: AsyncSession, subject: Subject, batch_id: UUID, error: DomainError | None = None
) -> PageResponse:
    found = await one_batch(session, subject, batch_id)
    pays = gate.may(subject, Action.SUBSIDY_PAY, Relation.GOVERNS)
    reconciles = gate.may(subject, Action.BATCH_RECONCILE, Relation.GOVERNS)
    state = found.batch.state
    return page(
        request,
        "funding/payment_batch.html",
        title=N_("支付批次"),
        subject=subject,
        status=error.status if error else 200,
        refusals=told(error),
        found=found,
        pays=pays,
        reads_ledger=gate.may(subject, Action.LEDGER_READ),
        may_send=pays and state in (BatchState.DRAFT, BatchState.SENT) and found.batch.answered_at is None,
        may_drop=pays and state == BatchState.DRAFT,
        may_answer=reconciles and state not in (BatchState.DRAFT, BatchState.DROPPED),
    )


def _rows(found: OneBatch) -> Iterator[list[str]]:
    for line in found.lines:
        yield [
            line.reference, line.person, line.account, f"{line.fen / 100:.2f}", word(line.ground, "money_ground"),
            word(line.state, "payment_line"), line.voucher_no or "", line.reason or "",
        ]  # fmt: skip


ROUTES = [
    payments_page,
    batch_post,
    batch_page,
    file_post,
    answer_post,
    drop_post,
    report_table,
    *funding_payment_data.ROUTES,
    *funding_gone_fees.ROUTES,
]
