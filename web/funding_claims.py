"""补助申报: what waits for me — to review, to approve, to pay, appealed, held and why — and what is to be recovered."""

from uuid import UUID

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import money
from foundation.errors import DomainError
from foundation.language import N_
from funding.claims_board import Asked, Queue, board, recovery_view
from funding.gone_fee_reviews import unreviewed_fees
from funding.recoveries import RepaidForm, owed, repaid
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from web import funding_gone_fee_reviews
from web.forms.bound import BoundForm, fresh
from web.funding_form import form_page, sent
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.typed_query import identifier

HERE = "/funding/claims"
REPAID = HERE + "/recoveries/{recovery_id:uuid}/repaid"
TITLE = N_("登记追回到账")


@get(HERE)
async def claims_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """`box` and `after`: the next page of that list alone."""
    box = next((one for one in Queue if one == request.query_params.get("box")), None)
    asked = Asked(box=box, after=identifier(request, "after"))
    reviews = gate.may(subject, Action.FEE_REVIEW, Relation.GOVERNS)
    return page(
        request,
        "funding/claims.html",
        title=N_("补助申报"),
        subject=subject,
        view=await board(session, subject, asked),
        box=box,
        pays=gate.may(subject, Action.SUBSIDY_PAY, Relation.GOVERNS),
        fees=await unreviewed_fees(session, subject) if reviews and box is None else (),
    )


@get(REPAID)
async def repaid_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, recovery_id: PathId
) -> PageResponse:
    about = await _about(session, subject, recovery_id)
    return form_page(request, subject, TITLE, HERE, fresh(RepaidForm, {}, {}), about=about)


@post(REPAID)
async def repaid_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, recovery_id: PathId
) -> PageResponse:
    """Entered once, and the list again; or the form with what is wrong."""

    async def enter(form: RepaidForm) -> str:
        await repaid(session, subject, recovery_id, form)
        return HERE

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return form_page(request, subject, TITLE, HERE, form, error, await _about(session, subject, recovery_id))

    return await sent(request, session, subject, RepaidForm, enter, again)


async def _about(session: AsyncSession, subject: Subject, recovery_id: UUID) -> str:
    """From whom, and how much. Raises Forbidden, NotFound."""
    view = await recovery_view(session, await owed(session, subject, recovery_id))
    return f"{view.person} {money.yuan(view.amount_fen)}"


ROUTES = [claims_page, repaid_page, repaid_post, *funding_gone_fee_reviews.ROUTES]
