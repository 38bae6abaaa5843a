"""组织: the tree of tenants with their offices; one branch at a time. Names are everybody's, people are by scope."""

from typing import Any

from litestar import get
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.language import N_
from oversight.separate import both_lines
from tenants import directory
from tenants.models import Tenant
from web.given import PathNumber, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, fragment, is_htmx, page


@get("/tree")
async def tree_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    roots = await directory.children_of(session, None)
    found = {root.id: await directory.children_of(session, root.id) for root in roots}
    offices = {root.id: await directory.offices_of(session, root.id) for root in roots}
    words = request.query_params.get("words", "").strip()[:40]
    return page(
        request,
        "tree/tree.html",
        title=N_("组织"),
        subject=subject,
        roots=roots,
        children=found,
        offices=offices,
        words=words,
        hits=await directory.offices_named(session, words) if words else (),
    )


@get("/tree/{tenant_id:int}")
async def branch(request: AnyRequest, subject: TheSubject, session: TheSession, tenant_id: PathNumber) -> PageResponse:
    """One tenant's offices, people and children: a piece for htmx, a page without it."""
    contents = await _contents(session, tenant_id)
    if is_htmx(request):
        return fragment(request, "tree/branch.html", **contents)
    return page(request, "tree/tenant.html", title=N_("组织"), subject=subject, **contents)


async def _contents(session: AsyncSession, tenant_id: int) -> dict[str, Any]:
    people = await directory.people_of(session, tenant_id=tenant_id)
    tenant = await session.get(Tenant, tenant_id)
    return {
        "tenants": await directory.children_of(session, tenant_id),
        "offices": await directory.offices_of(session, tenant_id),
        "people": people,
        "overseen_by": both_lines(tenant, people) if tenant else None,
    }


ROUTES = [tree_page, branch]
