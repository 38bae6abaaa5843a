"""The second step of signing in: the code, or, where there is no second factor yet, enrolling one."""

from typing import Annotated, Any

from litestar import get, post
from msgspec import Meta, Struct

from foundation import cookies
from foundation.errors import InvalidInput
from foundation.language import N_
from tenants.pending import PendingGone
from tenants.sign_in import SecondStepRefused, SignedIn, enrol, offer, second_step
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import TheSettings, TheStore
from web.page import AnyRequest, PageResponse, go, go_on, own_address, page
from web.posted import fields_in
from web.qr_code import drawn
from web.session_cookies import pending_cookie, pending_in, session_cookie

GROUP = 4


class CodeForm(Struct):
    code: Annotated[
        str,
        Meta(
            title=N_("验证码或恢复码"),
            description=N_("打开手机上的验证器，输入 6 位数字；手机不在身边时输入一个恢复码"),
            max_length=40,
            extra={"widget": "code"},
        ),
    ]


class ConfirmForm(Struct):
    code: Annotated[
        str,
        Meta(title=N_("验证码"), description=N_("验证器应用显示的 6 位数字"), max_length=40, extra={"widget": "code"}),
    ]


@get("/sign-in/code")
async def code_page(request: AnyRequest) -> PageResponse:
    after = own_address(request.query_params.get("next", ""))
    return _code(request, fresh(CodeForm, {}, {}), after) if pending_in(request) else go_on("/sign-in", after)


@post("/sign-in/code")
async def code_post(request: AnyRequest, store: TheStore, settings: TheSettings) -> PageResponse:
    data = await fields_in(request)
    after = own_address((data.get("next") or [""])[0])
    try:
        form: Any = fill(CodeForm, read(fields_of(CodeForm), data))
        signed = await second_step(store, pending_in(request), form.code)
    except PendingGone:
        return go_on("/sign-in", after, pending_cookie("", settings))
    except InvalidInput as error:
        return _code(request, refused(CodeForm, {}, error.fields, {}), after, error.status)
    except SecondStepRefused as error:
        text = error.text(request.cookies.get(cookies.LANGUAGE, "zh"))
        return _code(request, fresh(CodeForm, {}, {}), after, error.status, text)
    return go(_first_page(signed, after), session_cookie(signed.token, settings), pending_cookie("", settings))


@get("/sign-in/enrolment")
async def enrolment_page(request: AnyRequest, store: TheStore, settings: TheSettings) -> PageResponse:
    after = own_address(request.query_params.get("next", ""))
    try:
        return await _enrolment(request, store, fresh(ConfirmForm, {}, {}), after)
    except PendingGone:
        return go_on("/sign-in", after, pending_cookie("", settings))


@post("/sign-in/enrolment")
async def enrolment_post(request: AnyRequest, store: TheStore, settings: TheSettings) -> PageResponse:
    """Answers with the recovery codes, which no other page shows again."""
    data = await fields_in(request)
    after = own_address((data.get("next") or [""])[0])
    try:
        form: Any = fill(ConfirmForm, read(fields_of(ConfirmForm), data))
        signed, codes = await enrol(store, pending_in(request), form.code)
    except PendingGone:
        return go_on("/sign-in", after, pending_cookie("", settings))
    except InvalidInput as error:
        return await _enrolment(request, store, refused(ConfirmForm, {}, error.fields, {}), after, error.status)
    shown = codes_page(request, codes, _first_page(signed, after))
    for cookie in (session_cookie(signed.token, settings), pending_cookie("", settings)):
        shown.set_cookie(cookie)
    return shown


def codes_page(request: AnyRequest, codes: list[str], onward: str) -> PageResponse:
    """The one time that recovery codes are seen."""
    return page(request, "sign_in/recovery_codes.html", title=N_("恢复码"), codes=codes, onward=onward)


def _first_page(signed: SignedIn, after: str) -> str:
    return after if len(signed.posts) == 1 else "/posts"


def _code(request: AnyRequest, form: BoundForm, after: str, status: int = 200, refusal: str = "") -> PageResponse:
    context: dict[str, Any] = {"form": form, "next": after, "refusal": refusal}
    return page(request, "sign_in/code.html", title=N_("两步验证"), status=status, **context)


async def _enrolment(
    request: AnyRequest, store: TheStore, form: BoundForm, after: str, status: int = 200
) -> PageResponse:
    offered = await offer(store, pending_in(request))
    groups = [offered.secret[at : at + GROUP] for at in range(0, len(offered.secret), GROUP)]
    context: dict[str, Any] = {"form": form, "next": after, "qr": drawn(offered.address), "secret": " ".join(groups)}
    return page(request, "sign_in/enrolment.html", title=N_("登记两步验证"), status=status, **context)


ROUTES = [code_page, code_post, enrolment_page, enrolment_post]
