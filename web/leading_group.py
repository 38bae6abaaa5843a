"""领导小组: who sits on it on a day, and what it has decided."""

from datetime import date
from typing import Any

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.errors import DomainError, Forbidden, InvalidInput
from foundation.language import N_
from foundation.store import instant
from oversight.resolutions import ResolutionForm, member_options, record_resolution, resolutions_of, sitting
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from web import once
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

HERE = "/leading-group"


@get(HERE)
async def group_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """`on`: the day whose members are shown; anything else than a day is today."""
    form = fresh(ResolutionForm, {}, await _options(session, subject))
    return await _show(request, session, subject, form, on=_day(request.query_params.get("on", "")))


@post(HERE)
async def resolution_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    data = await fields_in(request)
    typed = read(fields_of(ResolutionForm), data)
    try:
        if not await once.already(session, subject, HERE, data):
            async with session.begin_nested():
                form: Any = fill(ResolutionForm, typed)
                await record_resolution(session, subject, form)
            await once.led_to(session, subject, data, HERE)
    except Forbidden:
        raise
    except DomainError as error:
        fields = error.fields if isinstance(error, InvalidInput) else ()
        again = refused(ResolutionForm, typed, fields, await _options(session, subject))
        return await _show(request, session, subject, again, status=error.status)
    return go(HERE)


async def _options(session: AsyncSession, subject: Subject) -> dict[str, Any]:
    return {"group_members": await member_options(session, subject)}


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


async def _show(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    form: BoundForm,
    on: date | None = None,
    status: int = 200,
) -> PageResponse:
    on = on or local_date(instant(session))
    return page(
        request,
        "oversight/leading_group.html",
        title=N_("领导小组"),
        subject=subject,
        status=status,
        form=form,
        on=on,
        resolutions=await resolutions_of(session, subject),
        members=await sitting(session, subject, on),
        records=gate.may(subject, Action.RESOLUTION_RECORD, Relation.GOVERNS),
        key=once.new_key(),
    )


ROUTES = [group_page, resolution_post]
