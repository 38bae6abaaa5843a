"""审计: events without contents, tenant by tenant, and the proof of the chains."""

from functools import partial
from typing import Any, cast

from litestar import get
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import NotFound
from foundation.language import N_
from foundation.store import Store
from organisation import audit_reading
from organisation.audit_reading import PAGE
from tenants import directory
from tenants.models import Tenant
from tenants.subject import Subject
from web.audit_words import action_text, object_text
from web.given import PathNumber, TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page

SHOWN = 200
"""Faults on one page; the API gives all of them."""


@get("/audit")
async def own_chain(subject: TheSubject) -> PageResponse:
    return go(f"/audit/{subject.tenant_id}")


@get("/audit/{tenant_id:int}")
async def chain(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue, tenant_id: PathNumber
) -> PageResponse:
    rows = await audit_reading.events(session, subject, tenant_id, before=_before(request))
    return page(
        request,
        "audit/chain.html",
        title=N_("审计"),
        subject=subject,
        rows=rows,
        action_text=partial(action_text, catalogue),
        object_text=object_text,
        before=rows[-1].seq if len(rows) == PAGE else None,
        **await _around(session, subject, tenant_id),
    )


@get("/audit/proof")
async def proof(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    auditor = cast(Store, cast(Any, request.app.state)["auditor"])
    verdict = await audit_reading.proof(session, auditor, subject)
    return page(request, "audit/proof.html", title=N_("核验审计链"), subject=subject, verdict=verdict, shown=SHOWN)


async def _around(session: AsyncSession, subject: Subject, tenant_id: int) -> dict[str, Any]:
    """The tenant, the one above where the subject may read it, and those below."""
    tenant = await session.get_one(Tenant, tenant_id)
    above = None if tenant_id == subject.tenant_id else tenant.parent_id
    return {"tenant": tenant, "above": above, "below": await directory.children_of(session, tenant_id)}


def _before(request: AnyRequest) -> int | None:
    given = request.query_params.get("before")
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise NotFound
    return int(given)


ROUTES = [own_chain, chain, proof]
