"""Asking for sight of a case beyond one's rights, and what waits for the tier above."""

from typing import Any, cast

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from access.requests import PER_HOUR, AlreadyAsked, RequestForm, ask, asked_by
from access.requests_inbox import inbox
from foundation.attempts import Attempts
from foundation.errors import InvalidInput
from foundation.language import N_, current_language
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

HERE = "/access-requests"
HOUR = 3600


@get(HERE)
async def own_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _own(request, subject, session, fresh(RequestForm, {}, {}))


@post(HERE)
async def own_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """What is answered never depends on the case."""
    gate.require_role(subject, Action.ACCESS_REQUEST, Relation.NONE)
    typed = read(fields_of(RequestForm), await fields_in(request))
    try:
        form: Any = fill(RequestForm, typed)
        await ask(session, subject, form)
    except InvalidInput as error:
        return await _own(request, subject, session, refused(RequestForm, typed, error.fields, {}), error.status)
    except AlreadyAsked as error:
        again = refused(RequestForm, typed, (), {})
        return await _own(request, subject, session, again, error.status, error.text(current_language.get()))
    attempts = cast(Attempts, request.app.state.attempts)  # only what was made counts; one too many is undone
    await attempts.count("access-request", str(subject.person_id), most=PER_HOUR, seconds=HOUR)
    return go(f"{HERE}?asked=1")


@get(f"{HERE}/inbox")
async def inbox_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return page(
        request,
        "access/inbox.html",
        title=N_("查阅审查"),
        subject=subject,
        inbox=await inbox(session, subject),
        now=instant(session),
    )


async def _own(
    request: AnyRequest, subject: Subject, session: AsyncSession, form: BoundForm, status: int = 200, refusal: str = ""
) -> PageResponse:
    return page(
        request,
        "access/requests.html",
        title=N_("查阅申请"),
        subject=subject,
        status=status,
        form=form,
        refusal=refusal,
        asked=await asked_by(session, subject),
        done="asked" in request.query_params,
        reviews=gate.may(subject, Action.ACCESS_REVIEW),
    )


ROUTES = [own_page, own_post, inbox_page]
