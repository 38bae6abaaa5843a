"""组织: the tree of tenants with their offices; one branch at a time, today's or that of a past day.

Names are everybody's, people are by scope. Units that were renamed, recoded, moved or ended are found as they were.
"""

from datetime import date
from typing import Any

from litestar import get
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, InvalidInput
from foundation.language import N_
from organisation.tree_finding import units_named
from organisation.tree_history import Came
from organisation.tree_reading import Branch, branch_on, history_of
from oversight.separate import both_lines
from tenants import directory
from tenants.models import Tenant
from tenants.subject import Subject
from web.given import PathNumber, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, fragment, is_htmx, page

NOT_A_DAY = N_("请填日期，如 2026-03-01")
NOT_THERE = N_("那一天没有这个单位，或者还没有记录")


@get("/tree")
async def tree_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    if request.query_params.get("on"):
        return await _past(request, subject, session, None)
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
        units=await units_named(session, words) if words else (),
    )


@get("/tree/{tenant_id:int}")
async def branch(request: AnyRequest, subject: TheSubject, session: TheSession, tenant_id: PathNumber) -> PageResponse:
    """One tenant's offices, people and children: a piece for htmx, a page with its history without it."""
    if is_htmx(request):
        return fragment(request, "tree/branch.html", **await _contents(session, tenant_id))
    if request.query_params.get("on"):
        return await _past(request, subject, session, tenant_id)
    return page(
        request,
        "tree/tenant.html",
        title=N_("组织"),
        subject=subject,
        told=await history_of(session, tenant_id),
        came={one.value: one.label for one in Came},
        **await _contents(session, tenant_id),
    )


async def _past(request: AnyRequest, subject: Subject, session: AsyncSession, tenant_id: int | None) -> PageResponse:
    """As on the day that the address names; what is wrong with the day stands beside it."""
    typed = request.query_params.get("on", "")
    then, error = await _then(session, tenant_id, typed)
    return page(
        request,
        "tree/then.html",
        title=N_("某日的组织"),
        subject=subject,
        status=422 if error else 200,
        here=f"/tree/{tenant_id}" if tenant_id else "/tree",
        typed=typed[:10],
        then=then,
        error=error,
    )


async def _then(session: AsyncSession, tenant_id: int | None, typed: str) -> tuple[Branch | None, str]:
    """The branch, or why there is none."""
    try:
        return await branch_on(session, tenant_id, date.fromisoformat(typed)), ""
    except ValueError:
        return None, NOT_A_DAY
    except InvalidInput as error:
        return None, error.fields[0].message
    except DomainError:
        return None, NOT_THERE


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
