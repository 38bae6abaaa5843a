"""Sessions: sign in, act in another post, sign out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, nothing, respond
from api.endpoint import Endpoint
from api.given import TheStore
from api.me import Me, PostItem, me_view, post_items
from api.requests import body
from api.tokens import token_of
from foundation.choice import Choice
from foundation.language import N_
from tenants import sessions
from tenants.pending import SecondStep
from tenants.sign_in import SignedIn, sign_in

TAG = "sessions"
SECRET = {"Cache-Control": "no-store"}


class Credentials(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    login: Annotated[str, Meta(title=N_("登录名"), max_length=200)]
    password: Annotated[str, Meta(title=N_("密码"), max_length=200)]


class NextStep(Choice):
    REQUIRED = "required", N_("须输入验证码")
    ENROL = "enrol", N_("须先登记两步验证")


class PendingSession(Struct, frozen=True):
    """The password was right, and a second step is due: `POST /sessions/second-factor`, or first enrol.

    `pending` is good for that step alone, once, until `ends_at`.
    """

    second_factor: NextStep
    pending: str
    ends_at: datetime


class PostChoice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    post_id: Annotated[UUID, Meta(title=N_("岗位"))]


class NewSession(Struct, frozen=True):
    """`token` goes into `Authorization: Bearer …`. With several posts one must be chosen first."""

    token: str
    person_id: UUID
    posts: list[PostItem]


class Ended(Struct, frozen=True):
    ended: int


async def begin(request: AnyRequest, store: TheStore) -> Response[bytes]:
    given = await body(request, Credentials)
    signed = await sign_in(store, given.login, given.password)
    return begun(signed) if isinstance(signed, SignedIn) else due(signed)


def begun(signed: SignedIn) -> Response[bytes]:
    return respond(answer(new_session(signed), status=201, headers=SECRET))


def new_session(signed: SignedIn) -> NewSession:
    return NewSession(signed.token, signed.person_id, post_items(signed.posts, chosen=len(signed.posts) == 1))


def due(step: SecondStep) -> Response[bytes]:
    next_step = NextStep.ENROL if step.enrol else NextStep.REQUIRED
    return respond(answer(PendingSession(next_step, step.pending, step.ends_at), status=202, headers=SECRET))


async def choose_post(request: AnyRequest, store: TheStore) -> Response[bytes]:
    await sessions.signed_in(store, token_of(request))
    given = await body(request, PostChoice)
    await sessions.choose_post(store, token_of(request), given.post_id)
    return respond(answer(await me_view(request, store)))


async def end(request: AnyRequest, store: TheStore) -> Response[None]:
    await sessions.signed_in(store, token_of(request))
    await sessions.sign_out(store, token_of(request))
    return nothing()


async def end_all(request: AnyRequest, store: TheStore) -> Response[bytes]:
    return respond(answer(Ended(await sessions.sign_out_everywhere(store, token_of(request)))))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/sessions",
        name="beginSession",
        tag=TAG,
        title=N_("登录"),
        help=N_("201 即已登录；202 表示还须两步验证（second_factor）或先登记（enrol），凭 pending 继续"),
        handler=begin,
        body=Credentials,
        answer=NewSession,
        status=201,
        otherwise=(202, PendingSession),
        public=True,
    ),
    Endpoint(
        method="PUT",
        path="/sessions/current/post",
        name="choosePost",
        tag=TAG,
        title=N_("选择以哪个岗位办理"),
        handler=choose_post,
        body=PostChoice,
        answer=Me,
    ),
    Endpoint(
        method="DELETE", path="/sessions/current", name="endSession", tag=TAG, title=N_("退出"), handler=end, status=204
    ),
    Endpoint(
        method="DELETE",
        path="/sessions",
        name="endAllSessions",
        tag=TAG,
        title=N_("在所有地方退出"),
        handler=end_all,
        answer=Ended,
    ),
)
