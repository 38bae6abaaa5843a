"""我的工作台: what waits for me, by due date; what has just come in; my other posts."""

from collections.abc import Sequence

from litestar import get
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.lists import CaseRow, Filters, Sort
from cases.lists import page as list_page
from foundation.language import N_
from foundation.store import Store, instant
from handover.reading import inbox
from policies import gate
from policies.actions import Action
from tenants.sessions import PostView, posts_of
from tenants.subject import Subject
from web.case_list import type_names
from web.given import TheCatalogue, TheSession, TheStore, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.sign_in import token_in

SHOWN = 10
MINE = Filters(mine=True, open_only=True)
DUE = Filters(open_only=True, sort=Sort.DUE)
NEW = Filters(step=1)


class OtherPost(Struct, frozen=True):
    """Another post of mine and how many open cases have a term there; `more` = at least."""

    post: PostView
    waiting: int
    more: bool


@get("/desk")
async def desk(
    request: AnyRequest, subject: TheSubject, session: TheSession, store: TheStore, catalogue: TheCatalogue
) -> PageResponse:
    handles = gate.may(subject, Action.CASE_READ)
    posts = await posts_of(store, token_in(request))
    return page(
        request,
        "desk/desk.html",
        title=N_("我的工作台"),
        subject=subject,
        post=next((post for post in posts if post.chosen), None),
        handles=handles,
        mine=await _rows(session, subject, MINE) if handles else (),
        due=await _rows(session, subject, DUE) if handles else (),
        inbox=len(await inbox(session, subject)),
        new=await _rows(session, subject, NEW) if handles else (),
        others=[await _other(store, subject, post) for post in posts if not post.chosen],
        types=await type_names(session),
        now=instant(session),
        done=catalogue.acts.get(request.query_params.get("done", "")),
    )


async def _rows(session: AsyncSession, subject: Subject, filters: Filters) -> Sequence[CaseRow]:
    return (await list_page(session, subject, filters, size=SHOWN)).rows


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
    async with store.scoped(there.scope) as session:
        found = await list_page(session, there, DUE, size=SHOWN)
    return OtherPost(post, len(found.rows), found.after is not None)


ROUTES = [desk]
