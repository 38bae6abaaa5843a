"""推送: other systems that are told of the tenant's cases by ids and codes, and what was delivered to them."""

from typing import Any
from uuid import UUID

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import InvalidInput, invalid
from foundation.language import N_
from oversight import webhook_deliveries, webhooks
from oversight.webhook_failures import failure
from oversight.webhooks import WebhookForm
from tenants.subject import Subject
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

HERE = "/webhooks"


@get(HERE)
async def list_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _listed(request, subject, session, fresh(WebhookForm, {}, {}))


@post(HERE)
async def register_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """The answer itself shows the secret: it stands in no address and in no later page."""
    typed = read(fields_of(WebhookForm), await fields_in(request))
    try:
        form: Any = fill(WebhookForm, typed)
        networks = request.app.state["webhook_networks"]
        secret, _ = await webhooks.register(session, subject, form, networks)
    except InvalidInput as error:
        return await _listed(request, subject, session, refused(WebhookForm, typed, error.fields, {}), error.status)
    shown = await _listed(request, subject, session, fresh(WebhookForm, {}, {}), secret=secret)
    shown.headers["Cache-Control"] = "no-store"
    return shown


@get(f"{HERE}/{{webhook_id:uuid}}")
async def deliveries_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, webhook_id: PathId
) -> PageResponse:
    return page(
        request,
        "webhooks/deliveries.html",
        title=N_("推送记录"),
        subject=subject,
        hook=await webhooks.webhook(session, subject, webhook_id),
        found=await webhook_deliveries.deliveries(session, subject, webhook_id, _after(request)),
        failure=failure,
    )


@post(f"{HERE}/{{webhook_id:uuid}}/off")
async def off_post(subject: TheSubject, session: TheSession, webhook_id: PathId) -> PageResponse:
    await webhooks.switch(session, subject, webhook_id, on=False)
    return go(f"{HERE}/{webhook_id}")


@post(f"{HERE}/{{webhook_id:uuid}}/on")
async def on_post(subject: TheSubject, session: TheSession, webhook_id: PathId) -> PageResponse:
    await webhooks.switch(session, subject, webhook_id, on=True)
    return go(f"{HERE}/{webhook_id}")


@post(f"{HERE}/{{webhook_id:uuid}}/deliveries/{{delivery_id:uuid}}/again")
async def again_post(subject: TheSubject, session: TheSession, webhook_id: PathId, delivery_id: PathId) -> PageResponse:
    await webhook_deliveries.send_again(session, subject, webhook_id, delivery_id)
    return go(f"{HERE}/{webhook_id}")


async def _listed(
    request: AnyRequest, subject: Subject, session: AsyncSession, form: BoundForm, status: int = 200, secret: str = ""
) -> PageResponse:
    found = await webhooks.webhooks(session, subject)
    context: dict[str, Any] = {"form": form, "hooks": found, "secret": secret}
    return page(request, "webhooks/list.html", title=N_("推送"), subject=subject, status=status, **context)


def _after(request: AnyRequest) -> UUID | None:
    typed = request.query_params.get("after")
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise invalid("after", "malformed", N_("翻页标记不对，请从第一页开始")) from None


ROUTES = [list_page, register_post, deliveries_page, off_post, on_post, again_post]
