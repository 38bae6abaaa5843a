"""What a petitioner may do on the own case: the same acts and forms as everyone's, by the receipt's number and code.

No session begins, so number and code come with each request, in its body.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from litestar import post
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import acts
from cases.acts import Available
from cases.catalogue import Act, Catalogue, Option
from cases.models import Case
from cases.petitioner import check_own
from foundation.errors import DomainError, InvalidInput
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from web.admitted import admitted
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import Typed, read
from web.given import PathText, TheCatalogue, TheStore
from web.own_clock import with_clock
from web.page import AnyRequest, PageResponse, page
from web.posted import fields_in

BEGIN = "begin"
"""The field whose presence means: show the empty form."""


class Key(Struct, frozen=True):
    """What the receipt says; shown again only in the form it came with."""

    registration_no: str
    code: str


@post("/status/acts/{name:str}")
async def own_act(request: AnyRequest, store: TheStore, catalogue: TheCatalogue, name: PathText) -> PageResponse:
    """The form, or the act done; a wrong number and a wrong code are the same 404."""
    data = await fields_in(request)
    key = Key(*((data.get(field) or [""])[0] for field in ("registration_no", "code")))
    act = catalogue[name]
    case_id, subject = await admitted(request, store, key.registration_no, key.code)
    check_own(act, subject)
    typed = None if BEGIN in data else read(fields_of(act.form), data)
    error: DomainError | None = None
    if typed is not None:
        try:
            async with store.scoped(subject.scope) as session:
                await acts.perform(session, subject, catalogue, case_id, name, fill(act.form, typed), None)
        except DomainError as refusal:
            error = refusal
    async with store.scoped(subject.scope) as session:
        if typed is not None and error is None:
            case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
            clock = await with_clock(session, case)
            return page(request, "status/done.html", title=act.title, act=act, key=key, **clock)
        case = await gate.fetch(session, subject, act.action, case_id)
        form = await _form(session, subject, catalogue, case, act, typed, error)
        return _show(request, act, key, form, error, await with_clock(session, case))


async def _form(
    session: AsyncSession,
    subject: Subject,
    catalogue: Catalogue,
    case: Case,
    act: Act,
    typed: Typed | None,
    error: DomainError | None,
) -> BoundForm:
    options = await acts.options_of(session, subject, catalogue, case, act.name)
    if typed is None:
        return fresh(act.form, dict(_only_choices(act, options)), options)
    return refused(act.form, typed, error.fields if isinstance(error, InvalidInput) else (), options)


def _only_choices(act: Act, options: Mapping[str, Sequence[Option]]) -> Iterator[tuple[str, str]]:
    """What must be chosen and leaves no choice is read at once, without opening a list."""
    for field in fields_of(act.form):
        if field.required and not field.many and len(offered := options.get(field.options, ())) == 1:
            yield field.name, offered[0].value


def _show(
    request: AnyRequest, act: Act, key: Key, form: BoundForm, error: DomainError | None, clock: dict[str, Any]
) -> PageResponse:
    refusal: Any = None if isinstance(error, InvalidInput) else error
    status = error.status if error else 200
    return page(
        request,
        "status/act.html",
        title=act.title,
        status=status,
        act=act,
        key=key,
        form=form,
        refusal=refusal,
        **clock,
    )


async def own_acts(session: AsyncSession, subject: Subject, catalogue: Catalogue, case: Case) -> Sequence[Available]:
    """What the page offers: acts on an object of their own, since a petitioner never writes to the case itself."""
    return [one for one in await acts.available(session, subject, catalogue, case) if not one.act.writes]


ROUTES = [own_act]
