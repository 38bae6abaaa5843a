"""What the security administrator does with other people's accounts."""

from typing import Annotated

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, nothing
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import body
from foundation.language import N_
from organisation.factors import reset_factor


class FactorReset(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    login: Annotated[str, Meta(title=N_("登录名"), max_length=200)]


async def reset(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[None]:
    await reset_factor(session, subject, (await body(request, FactorReset)).login)
    return nothing()


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/second-factor-resets",
        name="resetSecondFactor",
        tag="accounts",
        title=N_("重置他人的两步验证"),
        help=N_("安全管理员，限本级及以下；此人随即退出所有登录，密码不变"),
        handler=reset,
        body=FactorReset,
        status=204,
    ),
)
