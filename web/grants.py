"""Posts that wait for a second person, and the security administrator's word on one of them."""

from typing import Any
from uuid import UUID

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import InvalidInput
from foundation.language import N_
from organisation.grants import RefusalForm, confirm_grant, refuse_grant, waiting_grant, waiting_grants
from tenants.subject import Subject
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

HERE = "/grants"


@get(HERE)
async def list_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    found = await waiting_grants(session, subject)
    return page(request, "grants/list.html", title=N_("岗位确认"), subject=subject, grants=found)


@get(f"{HERE}/{{post_id:uuid}}")
async def grant_page(request: AnyRequest, subject: TheSubject, session: TheSession, post_id: PathId) -> PageResponse:
    return await _one(request, subject, session, post_id, fresh(RefusalForm, {}, {}))


@post(f"{HERE}/{{post_id:uuid}}/confirm")
async def confirm_post(subject: TheSubject, session: TheSession, post_id: PathId) -> PageResponse:
    await confirm_grant(session, subject, post_id)
    return go(HERE)


@post(f"{HERE}/{{post_id:uuid}}/refuse")
async def refuse_post(request: AnyRequest, subject: TheSubject, session: TheSession, post_id: PathId) -> PageResponse:
    typed = read(fields_of(RefusalForm), await fields_in(request))
    try:
        form: Any = fill(RefusalForm, typed)
    except InvalidInput as error:
        shown = refused(RefusalForm, typed, error.fields, {})
        return await _one(request, subject, session, post_id, shown, status=error.status)
    await refuse_grant(session, subject, post_id, form)
    return go(HERE)


async def _one(
    request: AnyRequest, subject: Subject, session: AsyncSession, post_id: UUID, form: BoundForm, status: int = 200
) -> PageResponse:
    return page(
        request,
        "grants/one.html",
        title=N_("岗位确认"),
        subject=subject,
        status=status,
        grant=await waiting_grant(session, subject, post_id),
        form=form,
    )


ROUTES = [list_page, grant_page, confirm_post, refuse_post]
