"""已随案移交、仍由本单位支付的费用: an approved fee whose case has gone on is paid on a page of its own."""

from litestar import get, post

from foundation import money
from foundation.clock import local_date
from foundation.errors import DomainError
from foundation.language import N_, translate
from funding.gone_fees import GoneFee, VoucherForm, one_gone_fee, pay
from tenants.subject import Subject
from web.forms.bound import BoundForm, fresh
from web.funding_form import form_page, sent
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse
from web.words import word

HOME = "/funding/payments"
PAID = HOME + "/fees/{payment_id:uuid}/paid"
TITLE = N_("支付第三方费用")


@get(PAID)
async def fee_paid_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, payment_id: PathId
) -> PageResponse:
    return _form(request, subject, await one_gone_fee(session, subject, payment_id), fresh(VoucherForm, {}, {}))


@post(PAID)
async def fee_paid_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, payment_id: PathId
) -> PageResponse:
    """Entered once, and the list again; or the form with what is wrong."""

    async def enter(form: VoucherForm) -> str:
        await pay(session, subject, payment_id, form)
        return HOME

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return _form(request, subject, await one_gone_fee(session, subject, payment_id), form, error)

    return await sent(request, session, subject, VoucherForm, enter, again)


def _form(
    request: AnyRequest, subject: Subject, fee: GoneFee, form: BoundForm, error: DomainError | None = None
) -> PageResponse:
    approved = f"{translate(N_('审批时间'))} {local_date(fee.approved_at).isoformat()}"
    about = f"{fee.institution} {money.yuan(fee.amount_fen)} · {word(fee.fee, 'fee')} · {approved}"
    return form_page(request, subject, TITLE, HOME, form, error, about)


ROUTES = [fee_paid_page, fee_paid_post]
