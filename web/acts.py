"""Every act of a case as a page: one form made from the act's struct, one way to do it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import get, post
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cases import acts, timeline
from cases.catalogue import Act, Catalogue
from cases.editions import check_when
from cases.models import Case
from foundation.database_refusals import named_refusal
from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound, VersionStale
from foundation.lost import is_lost
from funding.settlement_view import SettlementView
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from web import once
from web.act_settlement import settlement_of
from web.forms.bound import BoundForm, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, PathText, TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in, files_in
from web.uploads import fill_with_files, without_files

Data = Mapping[str, Sequence[str]]


@get("/cases/{case_id:uuid}/acts/{name:str}")
async def act_page(
    request: AnyRequest,
    subject: TheSubject,
    session: TheSession,
    catalogue: TheCatalogue,
    case_id: PathId,
    name: PathText,
) -> PageResponse:
    """The empty form, or what is still missing before the act may be done."""
    act = catalogue[name]
    case: Case = await gate.fetch(session, subject, act.action, case_id)
    refusal = await _refusal(session, subject, catalogue, case, act)
    options = await acts.options_of(session, subject, catalogue, case, act.name)
    form = fresh(act.form, dict(request.query_params), options)
    home, settlement = await _home(session, subject, case), await settlement_of(session, case, act)
    return _form_page(request, subject, act, case, form, home, refusal=refusal, settlement=settlement)


@post("/cases/{case_id:uuid}/acts/{name:str}")
async def act_post(
    request: AnyRequest,
    subject: TheSubject,
    session: TheSession,
    catalogue: TheCatalogue,
    case_id: PathId,
    name: PathText,
) -> PageResponse:
    """Do it, and show the case; or show the form again with what is wrong and nothing lost."""
    act = catalogue[name]
    data = await fields_in(request)
    try:
        async with session.begin_nested():
            address = await _do(request, session, subject, catalogue, case_id, act, data)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return await _again(request, session, subject, catalogue, case_id, act, data, error)
    except DBAPIError as broken:
        named = None if is_lost(broken) else named_refusal(broken)
        if named is None:
            raise
        return await _again(request, session, subject, catalogue, case_id, act, data, named)
    if told := acts.shown_once(session):
        return page(request, "acts/shown_once.html", title=act.title, subject=subject, told=told, home=address)
    return go(address)


async def _do(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    catalogue: Catalogue,
    case_id: UUID,
    act: Act,
    data: Data,
) -> str:
    """Returns the page to see next."""
    if address := await once.already(session, subject, request.url.path, data):
        return address
    await acts.entered(session, subject, act, case_id, version_in(data))
    typed = without_files(act.form, read(fields_of(act.form), data))
    uploads = await files_in(request)
    form = await fill_with_files(request, session, subject, case_id, act.form, typed, uploads)
    case = await acts.perform(session, subject, catalogue, case_id, act.name, form, version_in(data))
    address = await _next_page(session, subject, case, act)
    await once.led_to(session, subject, data, address)
    return address


async def _next_page(session: AsyncSession, subject: Subject, case: Case, act: Act) -> str:
    """The case, unless the act itself ended the right to see it."""
    return f"{await _home(session, subject, case)}?done={act.name}"


async def _home(session: AsyncSession, subject: Subject, case: Case) -> str:
    """The case's page, or the desk of who may do something with the case and not look at it."""
    seen = Action.CASE_STATUS in (await gate.permissions(session, subject, case)).actions
    return f"/cases/{case.id}" if seen else "/desk"


async def _again(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    catalogue: Catalogue,
    case_id: UUID,
    act: Act,
    data: Data,
    error: DomainError,
) -> PageResponse:
    """The form as it was typed. A stale version also shows what others did meanwhile, and takes the new version.

    Whose right went with the case meanwhile gets no form again, only the reason.
    """
    session.expire_all()
    try:
        case: Case = await gate.fetch(session, subject, act.action, case_id)
    except Forbidden:
        raise error from None
    options = await acts.options_of(session, subject, catalogue, case, act.name)
    fields = error.fields if isinstance(error, InvalidInput) else ()
    form = refused(act.form, without_files(act.form, read(fields_of(act.form), data)), fields, options)
    may = await gate.permissions(session, subject, case)
    news = await timeline.of_case(session, case_id, may, limit=3) if isinstance(error, VersionStale) else ()
    refusal = None if fields else error
    home, settlement = await _home(session, subject, case), await settlement_of(session, case, act)
    shown: dict[str, Any] = {"news": news, "titles": catalogue.acts, "settlement": settlement}
    return _form_page(request, subject, act, case, form, home, refusal=refusal, status=error.status, **shown)


async def _refusal(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case: Case, act: Act
) -> DomainError | None:
    """Why the act can't be done now; None = it can."""
    if case.offer_id is not None and act.writes and not act.while_frozen:
        return acts.CaseFrozen()
    check_when(case, act.name)
    return await acts.first_refusal(session, subject, catalogue, act.name, case)


def version_in(data: Data) -> int | None:
    """The version that the page was made from."""
    typed = (data.get("version") or [""])[0]
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _form_page(
    request: AnyRequest,
    subject: Subject,
    act: Act,
    case: Case,
    form: BoundForm,
    home: str,
    *,
    refusal: DomainError | None,
    status: int = 200,
    news: Sequence[object] = (),
    titles: Mapping[str, Act] = {},  # noqa: B006 - only read
    settlement: SettlementView | None = None,
) -> PageResponse:
    return page(
        request,
        "acts/act.html",
        title=act.title,
        subject=subject,
        status=status,
        act=act,
        case=case,
        home=home,
        form=form,
        refusal=refusal,
        news=news,
        titles=titles,
        settlement=settlement,
        form_open=refusal is None or request.method == "POST",
        key=once.new_key(),
    )


ROUTES = [act_page, act_post]
