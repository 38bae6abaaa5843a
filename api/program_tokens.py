"""Tokens of programs: a person makes, lists and ends the own ones; an administrator those of the subtree."""

from litestar import Response
from msgspec import Struct

from api.answers import AnyRequest, answer, nothing, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body
from foundation.language import N_
from organisation.program_tokens import revoke_below, tokens_below
from tenants.tokens import TokenForm, TokenView, make_token, own_tokens, revoke_token

TAG = "sessions"
BY_PERSON = N_("须本人登录后办理；程序令牌不能管理令牌")


class NewToken(Struct, frozen=True):
    """`token` goes into `Authorization: Bearer …`; it is shown this once."""

    token: str
    made: TokenView


async def make(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    token, made = await make_token(session, subject, await body(request, TokenForm))
    return respond(answer(NewToken(token, made), status=201, headers={"Cache-Control": "no-store"}))


async def own(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await own_tokens(session, subject)))


async def revoke(session: TheSession, subject: TheSubject, token_id: PathId) -> Response[None]:
    await revoke_token(session, subject, token_id)
    return nothing()


async def below(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await tokens_below(session, subject)))


async def revoke_other(session: TheSession, subject: TheSubject, token_id: PathId) -> Response[None]:
    await revoke_below(session, subject, token_id)
    return nothing()


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/tokens",
        name="makeToken",
        tag=TAG,
        title=N_("为程序建立令牌（以当前岗位）"),
        help=BY_PERSON,
        handler=make,
        body=TokenForm,
        answer=NewToken,
        status=201,
    ),
    Endpoint(
        method="GET",
        path="/tokens",
        name="ownTokens",
        tag=TAG,
        title=N_("本人的程序令牌"),
        help=BY_PERSON,
        handler=own,
        answer=list[TokenView],
    ),
    Endpoint(
        method="DELETE",
        path="/tokens/{token_id:uuid}",
        name="revokeToken",
        tag=TAG,
        title=N_("撤销本人的令牌"),
        help=BY_PERSON,
        handler=revoke,
        status=204,
    ),
    Endpoint(
        method="GET",
        path="/tokens/below",
        name="tokensBelow",
        tag=TAG,
        title=N_("本单位及下级的有效令牌（系统管理员）"),
        help=BY_PERSON,
        handler=below,
        answer=list[TokenView],
    ),
    Endpoint(
        method="DELETE",
        path="/tokens/below/{token_id:uuid}",
        name="revokeTokenBelow",
        tag=TAG,
        title=N_("撤销本单位及下级的令牌（系统管理员）"),
        help=BY_PERSON,
        handler=revoke_other,
        status=204,
    ),
)
