"""The security administrator's page: taking a lost second factor away."""

from typing import Annotated, Any

from litestar import get, post
from msgspec import Meta, Struct

from foundation.errors import DomainError, InvalidInput
from foundation.language import N_, current_language
from organisation.factors import NoFactor, OwnFactor, reset_factor
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.posted import fields_in

HERE = "/second-factor-resets"


class ResetForm(Struct):
    login: Annotated[str, Meta(title=N_("登录名"), max_length=200)]


@get(HERE)
async def reset_page(request: AnyRequest, subject: TheSubject) -> PageResponse:
    gate.require_role(subject, Action.ACCOUNT_RESET_FACTOR, Relation.NONE)
    return _shown(request, subject, fresh(ResetForm, {}, {}))


@post(HERE)
async def reset_post(request: AnyRequest, session: TheSession, subject: TheSubject) -> PageResponse:
    typed = read(fields_of(ResetForm), await fields_in(request))
    gate.require_role(subject, Action.ACCOUNT_RESET_FACTOR, Relation.NONE)
    try:
        form: Any = fill(ResetForm, typed)
        async with session.begin_nested():
            await reset_factor(session, subject, form.login)
    except InvalidInput as error:
        return _shown(request, subject, refused(ResetForm, typed, error.fields, {}), error)
    except (NoFactor, OwnFactor) as error:
        return _shown(request, subject, refused(ResetForm, typed, (), {}), error)
    return _shown(request, subject, fresh(ResetForm, {}, {}), done=form.login)


def _shown(
    request: AnyRequest, subject: Subject, form: BoundForm, error: DomainError | None = None, done: str = ""
) -> PageResponse:
    refusal = error.text(current_language.get()) if error and not form.errors else ""
    context: dict[str, Any] = {"form": form, "refusal": refusal, "done": done}
    status = error.status if error else 200
    return page(request, "sign_in/resets.html", title=N_("重置两步验证"), subject=subject, status=status, **context)


ROUTES = [reset_page, reset_post]
