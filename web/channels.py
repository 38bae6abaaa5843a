"""站外通知: one's own channels outside of the pages, each with its page; new addresses are proved by a code."""

from typing import Any

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, InvalidInput
from foundation.language import N_, current_language
from oversight import channel_settings
from oversight.channel_settings import (
    ChannelForm,
    ChannelNotOffered,
    ChannelView,
    CodeForm,
    CodesTooOften,
    NoCodeAwaited,
)
from oversight.channels import ChannelKind
from tenants.subject import Subject
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import Typed, read
from web.given import PathText, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

HERE = "/notices/settings"


@get(HERE)
async def channels_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    own = {view.kind: view for view in await channel_settings.own_channels(session, subject)}
    kinds = [*channel_settings.offered(), *(kind for kind in own if kind not in channel_settings.offered())]
    return page(request, "channels/list.html", title=N_("站外通知"), subject=subject, kinds=kinds, own=own)


@get(f"{HERE}/{{kind:str}}")
async def channel_page(request: AnyRequest, subject: TheSubject, session: TheSession, kind: PathText) -> PageResponse:
    chosen = channel_settings.kind_of(kind)
    own = await _own(session, subject, chosen)
    return _shown(request, subject, chosen, own, _filled(own))


@post(f"{HERE}/{{kind:str}}")
async def channel_post(request: AnyRequest, subject: TheSubject, session: TheSession, kind: PathText) -> PageResponse:
    chosen = channel_settings.kind_of(kind)
    typed = read(fields_of(ChannelForm), await fields_in(request))
    try:
        form: Any = fill(ChannelForm, typed)
        async with session.begin_nested():
            view = await channel_settings.set_channel(session, subject, chosen, form)
    except InvalidInput as error:
        own = await _own(session, subject, chosen)
        return _shown(request, subject, chosen, own, refused(ChannelForm, typed, error.fields, {}), error)
    except (ChannelNotOffered, CodesTooOften) as error:
        own = await _own(session, subject, chosen)
        return _shown(request, subject, chosen, own, refused(ChannelForm, typed, (), {}), error)
    return go(HERE if view.verified else f"{HERE}/{chosen.value}")


@post(f"{HERE}/{{kind:str}}/code")
async def code_post(request: AnyRequest, subject: TheSubject, session: TheSession, kind: PathText) -> PageResponse:
    chosen = channel_settings.kind_of(kind)
    try:
        await channel_settings.send_code_again(session, subject, chosen)
    except CodesTooOften as error:
        own = await _own(session, subject, chosen)
        return _shown(request, subject, chosen, own, _filled(own), error)
    return go(f"{HERE}/{chosen.value}")


@post(f"{HERE}/{{kind:str}}/verify")
async def verify_post(request: AnyRequest, subject: TheSubject, session: TheSession, kind: PathText) -> PageResponse:
    """A wrong code is an answer, not an error: it has to be counted, so the transaction commits."""
    chosen = channel_settings.kind_of(kind)
    typed = read(fields_of(CodeForm), await fields_in(request))
    wrong: DomainError
    try:
        form: Any = fill(CodeForm, typed)
        if await channel_settings.verify(session, subject, chosen, form):
            return go(HERE)
        wrong = channel_settings.wrong_code()
    except (InvalidInput, NoCodeAwaited) as error:
        wrong = error
    own = await _own(session, subject, chosen)
    errors = wrong.fields if isinstance(wrong, InvalidInput) else ()
    return _shown(request, subject, chosen, own, _filled(own), wrong, refused(CodeForm, {}, errors, {}))


@post(f"{HERE}/{{kind:str}}/remove")
async def remove_post(request: AnyRequest, subject: TheSubject, session: TheSession, kind: PathText) -> PageResponse:
    chosen = channel_settings.kind_of(kind)
    try:
        await channel_settings.remove_channel(session, subject, chosen)
    except CodesTooOften as error:
        own = await _own(session, subject, chosen)
        return _shown(request, subject, chosen, own, _filled(own), error)
    return go(HERE)


async def _own(session: AsyncSession, subject: Subject, kind: ChannelKind) -> ChannelView | None:
    found = await channel_settings.own_channels(session, subject)
    return next((view for view in found if view.kind is kind), None)


def _filled(own: ChannelView | None) -> BoundForm:
    if own is None:
        return fresh(ChannelForm, {"switched_on": "true"}, {})
    return refused(ChannelForm, _written(own), (), {})


def _written(own: ChannelView) -> Typed:
    hours = {name: getattr(own, name) for name in ("quiet_from", "quiet_until", "digest_hour")}
    switches = {name: "true" if getattr(own, name) else "false" for name in ("switched_on", "urgent_only")}
    shown = {name: "" if hour is None else str(hour) for name, hour in hours.items()}
    muted = {"muted": [kind.value for kind in own.muted]} if own.muted else {}
    return {"address": own.address, **muted, **switches, **shown}


def _shown(
    request: AnyRequest,
    subject: Subject,
    kind: ChannelKind,
    own: ChannelView | None,
    form: BoundForm,
    error: DomainError | None = None,
    code_form: BoundForm | None = None,
) -> PageResponse:
    asked = code_form or fresh(CodeForm, {}, {})
    placed = bool(form.errors or asked.errors)
    return page(
        request,
        "channels/channel.html",
        title=kind.label,
        subject=subject,
        kind=kind,
        own=own,
        available=kind in channel_settings.offered(),
        form=form,
        code_form=asked,
        refusal=error.text(current_language.get()) if error and not placed else "",
        status=error.status if error else 200,
    )


ROUTES = [channels_page, channel_page, channel_post, code_post, verify_post, remove_post]
