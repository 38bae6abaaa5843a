"""Tokens of programs: the own ones, and for an administrator those of the subtree. A new one is shown this once."""

from typing import Any

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import InvalidInput
from foundation.language import N_
from foundation.store import instant
from organisation.program_tokens import revoke_below, tokens_below
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from tenants.tokens import TokenForm, make_token, own_tokens, revoke_token
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in


@get("/tokens")
async def tokens_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _own(request, subject, session, fresh(TokenForm, {}, {}))


@post("/tokens")
async def tokens_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """The answer itself shows the token: it stands in no address and in no later page."""
    typed = read(fields_of(TokenForm), await fields_in(request))
    try:
        form: Any = fill(TokenForm, typed)
        token, _ = await make_token(session, subject, form)
    except InvalidInput as error:
        return await _own(request, subject, session, refused(TokenForm, typed, error.fields, {}), status=error.status)
    shown = await _own(request, subject, session, fresh(TokenForm, {}, {}), token=token)
    shown.headers["Cache-Control"] = "no-store"
    return shown


@post("/tokens/{token_id:uuid}/revoke")
async def revoke_post(subject: TheSubject, session: TheSession, token_id: PathId) -> PageResponse:
    await revoke_token(session, subject, token_id)
    return go("/tokens")


@get("/tokens/below")
async def below_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return page(
        request,
        "tokens/below.html",
        title=N_("本单位及下级的程序令牌"),
        subject=subject,
        tokens=await tokens_below(session, subject),
        now=instant(session),
    )


@post("/tokens/below/{token_id:uuid}/revoke")
async def revoke_below_post(subject: TheSubject, session: TheSession, token_id: PathId) -> PageResponse:
    await revoke_below(session, subject, token_id)
    return go("/tokens/below")


async def _own(
    request: AnyRequest, subject: Subject, session: AsyncSession, form: BoundForm, *, token: str = "", status: int = 200
) -> PageResponse:
    return page(
        request,
        "tokens/own.html",
        title=N_("程序令牌"),
        subject=subject,
        form=form,
        token=token,
        tokens=await own_tokens(session, subject),
        now=instant(session),
        administers=gate.may(subject, Action.ACCOUNT_MANAGE, Relation.NONE),
        status=status,
    )


ROUTES = [tokens_page, tokens_post, revoke_post, below_page, revoke_below_post]
