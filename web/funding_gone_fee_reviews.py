"""案件已移交、仍待本单位审核的费用: a fee that arose here is approved on a page of its own."""

from litestar import get, post

from foundation.errors import DomainError
from foundation.language import N_
from funding.gone_fee_reviews import OpinionForm, UnreviewedFee, approve, one_unreviewed
from tenants.subject import Subject
from web.forms.bound import BoundForm, fresh
from web.funding_form import form_page, sent
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse

HOME = "/funding/claims"
APPROVED = HOME + "/fees/{fee_id:uuid}/approved"
TITLE = N_("审核财政支付的费用")


@get(APPROVED)
async def fee_approved_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, fee_id: PathId
) -> PageResponse:
    return _form(request, subject, await one_unreviewed(session, subject, fee_id), fresh(OpinionForm, {}, {}))


@post(APPROVED)
async def fee_approved_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, fee_id: PathId
) -> PageResponse:
    """Entered once, and the list again; or the form with what is wrong."""

    async def enter(form: OpinionForm) -> str:
        await approve(session, subject, fee_id, form)
        return HOME

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return _form(request, subject, await one_unreviewed(session, subject, fee_id), form, error)

    return await sent(request, session, subject, OpinionForm, enter, again)


def _form(
    request: AnyRequest, subject: Subject, fee: UnreviewedFee, form: BoundForm, error: DomainError | None = None
) -> PageResponse:
    about = f"{fee.institution} {fee.amount_fen / 100:,.2f}"
    return form_page(request, subject, TITLE, HOME, form, error, about)


ROUTES = [fee_approved_page, fee_approved_post]
