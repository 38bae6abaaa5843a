"""The page of one's own second factor: enrol or replace it, new recovery codes, none any more."""

from typing import Annotated, Any

from litestar import get, post
from msgspec import Meta, Struct

from foundation.choice import Choice
from foundation.errors import InvalidInput
from foundation.language import N_
from tenants import own_factor
from tenants.second_factor import SecondFactorKept
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import TheSettings, TheStore
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in
from web.second_step import codes_page
from web.session_cookies import pending_cookie, token_in

HERE = "/second-factor"


class Wish(Choice):
    ENROL = "enrol", N_("登记或更换验证器")
    CODES = "codes", N_("换一组恢复码")
    REMOVE = "remove", N_("取消两步验证")


class ChangeForm(Struct):
    wish: Annotated[Wish, Meta(title=N_("要做什么"))]
    present_password: Annotated[str, Meta(title=N_("现在的密码"), max_length=200, extra={"widget": "password"})]
    code: Annotated[
        str,
        Meta(
            title=N_("验证码或恢复码"),
            description=N_("已登记的须填写"),
            max_length=40,
            extra={"widget": "code"},
        ),
    ] = ""


@get(HERE)
async def factor_page(request: AnyRequest, store: TheStore) -> PageResponse:
    return await _shown(request, store, fresh(ChangeForm, {"wish": Wish.ENROL.value}, {}))


@post(HERE)
async def factor_post(request: AnyRequest, store: TheStore, settings: TheSettings) -> PageResponse:
    typed = read(fields_of(ChangeForm), await fields_in(request))
    try:
        form: Any = fill(ChangeForm, typed)
        return await _changed(request, store, settings, form)
    except InvalidInput as error:
        kept = {"wish": typed.get("wish")}
        return await _shown(request, store, refused(ChangeForm, kept, error.fields, {}), error.status)
    except SecondFactorKept as error:
        return await _shown(request, store, fresh(ChangeForm, {}, {}), error.status, error.message)


async def _changed(request: AnyRequest, store: TheStore, settings: TheSettings, form: ChangeForm) -> PageResponse:
    given = (store, token_in(request), form.present_password, form.code)
    if form.wish is Wish.CODES:
        return codes_page(request, await own_factor.new_recovery_codes(*given), HERE)
    if form.wish is Wish.REMOVE:
        await own_factor.remove(*given)
        return go(HERE)
    step = await own_factor.begin_enrolment(*given)
    return go("/sign-in/enrolment", pending_cookie(step.pending, settings))


async def _shown(
    request: AnyRequest, store: TheStore, form: BoundForm, status: int = 200, refusal: str = ""
) -> PageResponse:
    state = await own_factor.state(store, token_in(request))
    context: dict[str, Any] = {"form": form, "state": state, "refusal": refusal}
    return page(request, "sign_in/factor.html", title=N_("两步验证"), status=status, **context)


ROUTES = [factor_page, factor_post]
