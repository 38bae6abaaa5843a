"""Who may read budgets and reports of money: sums of the own tenant and those below it (rows 31, 39, 41, 45–50), the
entries of the own books, and those below for an auditor alone (row 50; decision 0058)."""

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Forbidden, NotFound
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

READ_BOOKS = (
    Action.LEDGER_READ,
    Action.BUDGET_REQUEST,
    Action.BUDGET_APPROVE,
    Action.SUBSIDY_REVIEW,
    Action.SUBSIDY_APPROVE,
    Action.SUBSIDY_PAY,
)
"""Any of these lets a post see the entries behind a figure."""


def reads_books(subject: Subject) -> bool:
    return any(gate.may(subject, action) for action in READ_BOOKS)


def reads_totals(subject: Subject) -> bool:
    """Those who supervise from above see totals of money, and no entry (rows 39, 41)."""
    return reads_books(subject) or gate.may(subject, Action.CASE_SUPERVISE, Relation.OVERSEES, Relation.GOVERNS)


def require_books(subject: Subject) -> None:
    if not reads_books(subject):
        raise Forbidden


def require_totals(subject: Subject) -> None:
    if not reads_totals(subject):
        raise Forbidden


async def tenant_in_reach(session: AsyncSession, subject: Subject, tenant_id: int | None) -> Tenant:
    """The tenant (None: the subject's own); raises NotFound for one that is neither the own nor below it."""
    tenant = await session.get(Tenant, tenant_id or subject.tenant_id)
    if tenant is None or subject.tenant_id not in chain_of(tenant):
        raise NotFound
    return tenant


def may_look_below(subject: Subject) -> bool:
    """Whose rules read the books of the tenants below: an auditor (row 50)."""
    return gate.may(subject, Action.LEDGER_READ, Relation.OVERSEES)


def opens_books(subject: Subject, tenant: Tenant) -> bool:
    """The entries of this tenant's own books, what units owe it, what it asked of its treasury."""
    return reads_books(subject) and (tenant.id == subject.tenant_id or may_look_below(subject))


def opens_sums(subject: Subject, tenant: Tenant) -> bool:
    """The entries of its books and of all below it; below a county there are none."""
    return opens_books(subject, tenant) and (tenant.tier in (Tier.COUNTY, Tier.TOWNSHIP) or may_look_below(subject))


async def books_in_reach(session: AsyncSession, subject: Subject, tenant_id: int | None) -> Tenant:
    """Whose entries; raises Forbidden for who reads no books, NotFound for those that are not the subject's to read."""
    require_books(subject)
    tenant = await tenant_in_reach(session, subject, tenant_id)
    if not opens_books(subject, tenant):
        raise NotFound
    return tenant


def chain_of(tenant: Tenant) -> tuple[int | None, ...]:
    """Its own id and those of all above it."""
    return (tenant.province_id, tenant.prefecture_id, tenant.county_id, tenant.township_id)


BELOW = dict(zip(Tier, (Tenant.province_id, Tenant.prefecture_id, Tenant.county_id, Tenant.township_id), strict=True))
"""Tier -> the column by which tenants lie in a tenant of that tier."""
