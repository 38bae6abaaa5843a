"""我的工作台: what waits for me, by due date; what has just come in; my other posts."""

from collections.abc import Sequence

from litestar import get
from msgspec import Struct

from access.requests_inbox import waiting_count
from cases.filters import Filters, Sort
from cases.lists import CaseRow
from cases.lists import page as list_page
from foundation.language import N_
from foundation.reading import Reading
from foundation.store import Store, instant
from handover.reading import inbox
from oversight.order_board import due_orders
from oversight.warned import waiting
from policies import gate
from policies.actions import Action
from tenants.sessions import PostView, posts_of
from tenants.subject import Subject
from web.case_list import type_names
from web.due import due_marks
from web.given import TheCatalogue, TheReading, TheSession, TheStore, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.session_cookies import token_in

SHOWN = 10
DUE = Filters(open_only=True, sort=Sort.DUE)


class Section(Struct, frozen=True):
    """One list of the desk; shown to posts that may do one of `actions` at all."""

    label: str
    filters: Filters
    more: str
    actions: tuple[Action, ...]


SECTIONS = (
    Section(
        N_("我承办的"), Filters(mine=True, open_only=True), "/cases?mine=true&open_only=true", (Action.SESSION_RECORD,)
    ),
    Section(N_("按到期日"), DUE, "/cases?open_only=true&sort=due", (Action.CASE_READ,)),
    Section(
        N_("新登记"),
        Filters(step=1),
        "/cases?step=1",
        (Action.CASE_REGISTER, Action.CASE_APPROVE_REGISTRATION, Action.CASE_ASSESS),
    ),
    Section(N_("待评析"), Filters(step=2, open_only=True), "/cases?step=2&open_only=true", (Action.CASE_ASSESS,)),
    Section(
        N_("结案、归档与结算"),
        Filters(step=8),
        "/cases?step=8",
        (Action.DOSSIER_ARCHIVE, Action.SUBSIDY_REVIEW, Action.SUBSIDY_APPROVE, Action.SUBSIDY_PAY),
    ),
)


class Shown(Struct, frozen=True):
    section: Section
    rows: Sequence[CaseRow]


class OtherPost(Struct, frozen=True):
    """Another post of mine and how many open cases have a term there; `more` = at least."""

    post: PostView
    waiting: int
    more: bool


@get("/desk")
async def desk(
    request: AnyRequest,
    subject: TheSubject,
    session: TheSession,
    reading: TheReading,
    store: TheStore,
    catalogue: TheCatalogue,
) -> PageResponse:
    handles = gate.may(subject, Action.CASE_READ)
    posts = await posts_of(store, token_in(request))
    offers = await inbox(session, subject)
    warnings = await waiting(session, subject, SHOWN + 1)
    orders = await due_orders(session, subject, SHOWN + 1)
    return page(
        request,
        "desk/desk.html",
        title=N_("我的工作台"),
        subject=subject,
        post=next((post for post in posts if post.chosen), None),
        handles=handles,
        sections=await _sections(reading, subject) if handles else (),
        inbox=len(offers),
        named=sum(offer.for_me for offer in offers),
        reviews=await waiting_count(session, subject),
        warned=bool(warnings),
        warnings=[one for one in warnings if not one.received],
        orders=orders,
        shown=SHOWN,
        others=[await _other(store, subject, post) for post in posts if not post.chosen],
        types=await type_names(session),
        now=instant(session),
        due=await due_marks(session, subject),
        done=catalogue.acts.get(request.query_params.get("done", "")),
    )


async def _sections(reading: Reading, subject: Subject) -> list[Shown]:
    mine = [one for one in SECTIONS if any(gate.may(subject, action) for action in one.actions)]
    return [Shown(one, (await list_page(reading, subject, one.filters, size=SHOWN)).rows) for one in mine]


async def _other(store: Store, subject: Subject, post: PostView) -> OtherPost:
    """Counted in that post's own scope, since a subject acts in one post at a time."""
    there = Subject(
        person_id=subject.person_id,
        role=post.role,
        tier=post.tier,
        tenant_id=post.tenant_id,
        office_id=post.office_id,
        office_kind=post.office_kind,
        post_id=post.id,
        account_id=subject.account_id,
    )
    if not gate.may(there, Action.CASE_READ):
        return OtherPost(post, 0, False)
    async with store.reading(there.scope) as elsewhere:
        found = await list_page(elsewhere, there, DUE, size=SHOWN)
    return OtherPost(post, len(found.rows), found.after is not None)


ROUTES = [desk]
