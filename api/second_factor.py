"""The second step of signing in, and one's own second factor."""

from datetime import datetime
from typing import Annotated

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, nothing, respond
from api.endpoint import Endpoint
from api.given import TheStore
from api.requests import body
from api.sessions import SECRET, TAG, NewSession, PendingSession, begun, due, new_session
from api.tokens import token_of
from foundation.errors import invalid
from foundation.language import N_
from tenants import own_factor
from tenants.sessions import signed_in
from tenants.sign_in import enrol, offer, second_step

PENDING = Meta(title=N_("登录的第一步给出的 pending"), max_length=200)
CODE = Meta(title=N_("验证码"), description=N_("验证器应用显示的 6 位数字"), max_length=40, examples=["123456"])
RECOVERY_CODE = Meta(title=N_("恢复码"), description=N_("每个只能用一次"), max_length=40, examples=["abcde-23456"])


class SecondProof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the two: a code, or a recovery code."""

    pending: Annotated[str, PENDING]
    code: Annotated[str, CODE] | None = None
    recovery_code: Annotated[str, RECOVERY_CODE] | None = None


class Pending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pending: Annotated[str, PENDING]


class Confirmation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pending: Annotated[str, PENDING]
    code: Annotated[str, CODE]


class Proof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`code`, or a recovery code, is needed once there is a second factor."""

    present_password: Annotated[str, Meta(title=N_("现在的密码"), max_length=200)]
    code: Annotated[str, CODE] = ""


class Offered(Struct, frozen=True):
    """Put `secret` into an authenticator, or show `address` as a QR code."""

    secret: str
    address: str


class Enrolled(Struct, frozen=True):
    """The recovery codes are shown this once."""

    session: NewSession
    recovery_codes: list[str]


class Factor(Struct, frozen=True):
    enrolled_at: datetime | None
    recovery_codes_left: int
    required: bool


class NewCodes(Struct, frozen=True):
    recovery_codes: list[str]


async def second(request: AnyRequest, store: TheStore) -> Response[bytes]:
    given = await body(request, SecondProof)
    shown = [one for one in (given.code, given.recovery_code) if one]
    if len(shown) != 1:
        raise invalid("code", "one_of_two", N_("验证码和恢复码只填其中一项"))
    return begun(await second_step(store, given.pending, shown[0]))


async def offered(request: AnyRequest, store: TheStore) -> Response[bytes]:
    found = await offer(store, (await body(request, Pending)).pending)
    return respond(answer(Offered(found.secret, found.address), headers=SECRET))


async def confirm(request: AnyRequest, store: TheStore) -> Response[bytes]:
    given = await body(request, Confirmation)
    signed, codes = await enrol(store, given.pending, given.code)
    return respond(answer(Enrolled(new_session(signed), codes), status=201, headers=SECRET))


async def state(request: AnyRequest, store: TheStore) -> Response[bytes]:
    found = await own_factor.state(store, token_of(request))
    return respond(answer(Factor(found.enrolled_at, found.codes_left, found.required)))


async def begin_enrolment(request: AnyRequest, store: TheStore) -> Response[bytes]:
    token, given = await _own(request, store)
    return due(await own_factor.begin_enrolment(store, token, given.present_password, given.code))


async def renew_codes(request: AnyRequest, store: TheStore) -> Response[bytes]:
    token, given = await _own(request, store)
    codes = await own_factor.new_recovery_codes(store, token, given.present_password, given.code)
    return respond(answer(NewCodes(codes), status=201, headers=SECRET))


async def remove(request: AnyRequest, store: TheStore) -> Response[None]:
    token, given = await _own(request, store)
    await own_factor.remove(store, token, given.present_password, given.code)
    return nothing()


async def _own(request: AnyRequest, store: TheStore) -> tuple[str, Proof]:
    """Who is not signed in hears that before anything of the body."""
    await signed_in(store, token_of(request))
    return token_of(request), await body(request, Proof)


FIRST = (
    Endpoint(
        method="POST",
        path="/sessions/second-factor",
        name="secondStep",
        tag=TAG,
        title=N_("两步验证：输入验证码"),
        handler=second,
        body=SecondProof,
        answer=NewSession,
        status=201,
        public=True,
    ),
    Endpoint(
        method="POST",
        path="/sessions/second-factor/offer",
        name="offerSecondFactor",
        tag=TAG,
        title=N_("两步验证：取得要登记的密钥"),
        handler=offered,
        body=Pending,
        answer=Offered,
        public=True,
    ),
    Endpoint(
        method="POST",
        path="/sessions/second-factor/enrolment",
        name="enrolSecondFactor",
        tag=TAG,
        title=N_("两步验证：登记并登录"),
        help=N_("此人的其他登录随即全部退出；恢复码只在此显示一次"),
        handler=confirm,
        body=Confirmation,
        answer=Enrolled,
        status=201,
        public=True,
    ),
)

OWN = (
    Endpoint(
        method="GET",
        path="/me/second-factor",
        name="mySecondFactor",
        tag=TAG,
        title=N_("本人的两步验证"),
        handler=state,
        answer=Factor,
    ),
    Endpoint(
        method="POST",
        path="/me/second-factor",
        name="replaceSecondFactor",
        tag=TAG,
        title=N_("登记或更换本人的两步验证"),
        handler=begin_enrolment,
        body=Proof,
        answer=PendingSession,
        status=202,
    ),
    Endpoint(
        method="POST",
        path="/me/second-factor/recovery-codes",
        name="renewRecoveryCodes",
        tag=TAG,
        title=N_("换一组恢复码"),
        handler=renew_codes,
        body=Proof,
        answer=NewCodes,
        status=201,
    ),
    Endpoint(
        method="POST",
        path="/me/second-factor/removal",
        name="removeSecondFactor",
        tag=TAG,
        title=N_("取消本人的两步验证"),
        handler=remove,
        body=Proof,
        status=204,
    ),
)

ENDPOINTS = (*FIRST, *OWN)
