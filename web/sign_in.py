"""Signing in and out, choosing the post, the password of one's own account, the invitation."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.datastructures import Cookie
from msgspec import Meta, Struct

from foundation import cookies
from foundation.errors import InvalidInput
from foundation.language import N_
from foundation.settings import Settings
from tenants import sessions
from tenants.credentials import SignInRefused
from tenants.ended_posts import PostEnded, lost_post
from tenants.pending import SecondStep
from tenants.second_factor import SecondFactorRequired
from tenants.sign_in import SignedIn, accept_invitation, change_password, invitation_login, sign_in
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathText, TheSettings, TheStore
from web.language_switch import language_cookie
from web.page import AnyRequest, PageResponse, go, go_on, own_address, page
from web.posted import fields_in
from web.session_cookies import pending_cookie, session_cookie, token_in

SECRET = {"widget": "password"}


class SignInForm(Struct):
    login: Annotated[str, Meta(title=N_("登录名"), max_length=200)]
    password: Annotated[str, Meta(title=N_("密码"), max_length=200, extra=SECRET)]


class PasswordForm(Struct):
    present_password: Annotated[str, Meta(title=N_("现在的密码"), max_length=200, extra=SECRET)]
    new_password: Annotated[
        str,
        Meta(
            title=N_("新密码"),
            description=N_("至少 12 个字，或 8 个字且含大写、小写、数字、符号中的三类"),
            max_length=200,
            extra=SECRET,
        ),
    ]


class InvitationForm(Struct):
    password: Annotated[str, Meta(title=N_("设置密码"), max_length=200, extra=SECRET)]


@get("/sign-in")
async def sign_in_page(request: AnyRequest, store: TheStore) -> PageResponse:
    """Who is signed in already goes on."""
    if await sessions.subject_of(store, token_in(request)):
        return go("/posts")
    after = own_address(request.query_params.get("next", ""))
    return page(
        request, "sign_in/sign_in.html", title=N_("登录"), form=fresh(SignInForm, {}, {}), next=after, refusal=""
    )


@post("/sign-in")
async def sign_in_post(request: AnyRequest, store: TheStore, settings: TheSettings) -> PageResponse:
    data = await fields_in(request)
    typed = read(fields_of(SignInForm), data)
    after = own_address((data.get("next") or [""])[0])
    try:
        form: Any = fill(SignInForm, typed)
        signed = await sign_in(store, form.login, form.password)
    except (InvalidInput, SignInRefused) as error:
        shown = refused(SignInForm, {"login": typed.get("login")}, getattr(error, "fields", ()), {})
        text = error.text(request.cookies.get(cookies.LANGUAGE, "zh")) if isinstance(error, SignInRefused) else ""
        return page(
            request, "sign_in/sign_in.html", title=N_("登录"), form=shown, next=after, refusal=text, status=error.status
        )
    if isinstance(signed, SecondStep):
        address = "/sign-in/enrolment" if signed.enrol else "/sign-in/code"
        return go_on(address, after, pending_cookie(signed.pending, settings), *_language(request, signed))
    address = after if len(signed.posts) == 1 else "/posts"
    return go(address, session_cookie(signed.token, settings), *_language(request, signed))


@post("/sign-out")
async def sign_out(request: AnyRequest, store: TheStore, settings: TheSettings) -> PageResponse:
    await sessions.sign_out(store, token_in(request))
    return _left(settings)


@post("/sign-out-everywhere")
async def sign_out_everywhere(request: AnyRequest, store: TheStore, settings: TheSettings) -> PageResponse:
    await sessions.sign_out_everywhere(store, token_in(request))
    return _left(settings)


def _left(settings: Settings) -> PageResponse:
    """The browser forgets what pages kept on the device (drafts), also where no script ran."""
    answer = go("/sign-in", session_cookie("", settings))
    answer.headers["clear-site-data"] = '"storage"'
    return answer


@get("/posts")
async def posts_page(request: AnyRequest, store: TheStore) -> PageResponse:
    """In which post to act; also the way to change it."""
    token = token_in(request)
    posts = await sessions.posts_of(store, token)
    lost = None if any(post.chosen for post in posts) else await lost_post(store, token)
    ended = lost if isinstance(lost, PostEnded) else None
    return page(request, "sign_in/posts.html", title=N_("选择岗位"), posts=posts, ended=ended)


@post("/posts")
async def posts_post(request: AnyRequest, store: TheStore) -> PageResponse:
    chosen = (await fields_in(request)).get("post", [""])[0]
    try:
        post_id = UUID(chosen)
    except ValueError as error:
        raise sessions.PostNotYours from error
    try:
        await sessions.choose_post(store, token_in(request), post_id)
    except SecondFactorRequired:
        return go("/second-factor")
    return go("/desk")


@get("/password")
async def password_page(request: AnyRequest, store: TheStore) -> PageResponse:
    await sessions.signed_in(store, token_in(request))
    return _password(request, fresh(PasswordForm, {}, {}))


@post("/password")
async def password_post(request: AnyRequest, store: TheStore) -> PageResponse:
    """Ends the other sessions, keeps this one."""
    try:
        form: Any = fill(PasswordForm, read(fields_of(PasswordForm), await fields_in(request)))
        await change_password(store, token_in(request), form.present_password, form.new_password)
    except InvalidInput as error:
        return _password(request, refused(PasswordForm, {}, error.fields, {}), error.status)
    return _password(request, fresh(PasswordForm, {}, {}), changed=True)


@get("/invitations/{token:str}")
async def invitation_page(request: AnyRequest, store: TheStore, token: PathText) -> PageResponse:
    login = await invitation_login(store, token)
    return _invitation(request, login, fresh(InvitationForm, {}, {}))


@post("/invitations/{token:str}")
async def invitation_post(request: AnyRequest, store: TheStore, token: PathText) -> PageResponse:
    login = await invitation_login(store, token)
    try:
        form: Any = fill(InvitationForm, read(fields_of(InvitationForm), await fields_in(request)))
        await accept_invitation(store, token, form.password)
    except InvalidInput as error:
        return _invitation(request, login, refused(InvitationForm, {}, error.fields, {}), error.status)
    return go("/sign-in")


def _language(request: AnyRequest, signed: SignedIn | SecondStep) -> list[Cookie]:
    """The account's own, unless this browser has chosen one."""
    return [] if cookies.LANGUAGE in request.cookies else [language_cookie(signed.language)]


def _password(request: AnyRequest, form: BoundForm, status: int = 200, changed: bool = False) -> PageResponse:
    return page(request, "sign_in/password.html", title=N_("修改密码"), form=form, status=status, changed=changed)


def _invitation(request: AnyRequest, login: str, form: BoundForm, status: int = 200) -> PageResponse:
    return page(request, "sign_in/invitation.html", title=N_("设置密码"), form=form, login=login, status=status)


ROUTES = [
    sign_in_page,
    sign_in_post,
    sign_out,
    sign_out_everywhere,
    posts_page,
    posts_post,
    password_page,
    password_post,
    invitation_page,
    invitation_post,
]
