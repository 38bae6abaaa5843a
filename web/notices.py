"""通知: the inbox, receipts, who has read what I told, and which notices my own offices hear."""

from litestar import Response, get, post
from litestar.status_codes import HTTP_401_UNAUTHORIZED

from cases.catalogue import Catalogue
from foundation.errors import NotFound
from foundation.language import N_, translate
from oversight import notice_inbox, notice_switches
from oversight.notice_kinds import NoticeKind
from oversight.notice_routes import NAMED_OFFICE
from policies.relations import RELATION_NAMES, Relation
from tenants.sessions import peek
from web.given import PathId, TheCatalogue, TheSession, TheStore, TheSubject
from web.page import AnyRequest, PageResponse, go, own_address, page
from web.posted import fields_in
from web.session_cookies import token_in
from web.typed_query import identifier

HERE = "/notices"


@get(HERE)
async def inbox_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """All of the last half year, or the unread alone."""
    unread_only = request.query_params.get("show") == "unread"
    found = await notice_inbox.inbox(session, subject, after=identifier(request, "after"), unread_only=unread_only)
    return page(
        request, "notices/inbox.html", title=N_("通知"), subject=subject, found=found, unread_only=unread_only,
        switches=notice_switches.may_switch(subject),
    )  # fmt: skip


@post(f"{HERE}/{{notice_id:uuid}}/read")
async def read_post(request: AnyRequest, subject: TheSubject, session: TheSession, notice_id: PathId) -> PageResponse:
    """Marked, and on to its page if it has one; a notice of somebody else is none."""
    await notice_inbox.mark_read(session, subject, [notice_id])
    typed = await fields_in(request)
    return go(own_address((typed.get("go") or [HERE])[0], HERE))


@post(f"{HERE}/read")
async def read_all_post(subject: TheSubject, session: TheSession) -> PageResponse:
    await notice_inbox.mark_all_read(session, subject)
    return go(HERE)


@get(f"{HERE}/told")
async def told_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    told = await notice_inbox.told_by(session, subject)
    return page(request, "notices/told.html", title=N_("我发出的通知"), subject=subject, told=told)


@get(f"{HERE}/routing")
async def routing_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue
) -> PageResponse:
    return page(
        request,
        "notices/routing.html",
        title=N_("通知设置"),
        subject=subject,
        rows=await notice_switches.routing_of(session, subject),
        may_switch=notice_switches.may_switch(subject),
        source=lambda name: _source(catalogue, name),
        who=_who,
    )


@post(f"{HERE}/routing")
async def routing_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    typed = await fields_in(request)
    code, off = ((typed.get(name) or [""])[0] for name in ("route", "off"))
    if not code:
        raise NotFound
    await notice_switches.switch(session, subject, code, off=off == "yes")
    return go(f"{HERE}/routing")


@get(f"{HERE}/unread")
async def unread(request: AnyRequest, store: TheStore) -> Response[dict[str, int]]:
    """For an open page that has no stream. It keeps no session from its idle end."""
    seen = await peek(store, token_in(request))
    if seen is None:
        return Response({}, status_code=HTTP_401_UNAUTHORIZED)
    return Response({"unread": seen.unread})


def _source(catalogue: Catalogue, name: str) -> str:
    """An act by its title, a kind by its own words."""
    act = catalogue.acts.get(name)
    return translate(act.title if act else NoticeKind(name).label)


def _who(name: str) -> str:
    return translate(N_("指定的单位")) if name == NAMED_OFFICE else translate(RELATION_NAMES[Relation(name)])


ROUTES = [inbox_page, read_post, read_all_post, told_page, routing_page, routing_post, unread]
