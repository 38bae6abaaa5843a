"""The audit as its administrator reads it: events without their contents, of the own tenant and of those below."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.audit import AuditRow
from foundation.audit_chain import Verdict, verify
from foundation.store import Store
from organisation.subtree import note, tenant_within
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants import names
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

PAGE = 50
MOST = 200


class EventRow(Struct, frozen=True):
    """`actor` is a person's id or a system subject's name; what was written stays in the case."""

    seq: int
    at: datetime
    actor: str
    actor_name: str | None
    post_id: UUID | None
    action: str
    object_kind: str
    object_id: str
    outcome: str


COLUMNS = (
    AuditRow.seq, AuditRow.at, AuditRow.actor, AuditRow.post_id, AuditRow.action, AuditRow.object_kind,
    AuditRow.object_id, AuditRow.outcome,
)  # fmt: skip


async def events(
    session: AsyncSession, subject: Subject, tenant_id: int, *, before: int | None = None, limit: int = PAGE
) -> list[EventRow]:
    """The newest first, of one tenant's chain; `before` is the last number seen. Raises Forbidden, NotFound."""
    gate.require_role(subject, Action.AUDIT_READ, Relation.NONE)
    await tenant_within(session, subject, tenant_id)
    query = select(*COLUMNS).where(AuditRow.tenant_id == tenant_id).order_by(AuditRow.seq.desc())
    if before is not None:
        query = query.where(AuditRow.seq < before)
    rows = (await session.execute(query.limit(min(limit, MOST)))).all()
    people = await names.people(session, [_person(row.actor) for row in rows])
    return [
        EventRow(
            seq=row.seq,
            at=row.at,
            actor=row.actor,
            actor_name=people.get(person) if (person := _person(row.actor)) else None,
            post_id=row.post_id,
            action=row.action,
            object_kind=row.object_kind,
            object_id=row.object_id,
            outcome=row.outcome,
        )
        for row in rows
    ]


async def proof(session: AsyncSession, auditor: Store, subject: Subject) -> Verdict:
    """Every chain of the own tenant and below, reckoned again by the auditor's role; that it was done is on record."""
    gate.require_role(subject, Action.AUDIT_VERIFY, Relation.NONE)
    chains = await _chains(session, subject)
    async with auditor.anonymous() as reading:
        verdict = await verify(reading, tenants=chains)
    own = subject.tenant_id or 0
    found = {"chains": verdict.chains, "sound": verdict.sound}
    await note(session, subject, Action.AUDIT_VERIFY, "audit", own, own, **found)
    return verdict


async def _chains(session: AsyncSession, subject: Subject) -> Collection[int] | None:
    """None = all, for the province."""
    if subject.tier == Tier.PROVINCE:
        return None
    above = (Tenant.prefecture_id, Tenant.county_id, Tenant.township_id)
    below = select(Tenant.id).where(or_(*(column == subject.tenant_id for column in above)))
    found: Sequence[int] = (await session.scalars(below)).all()
    return found


def _person(actor: str) -> UUID | None:
    try:
        return UUID(actor)
    except ValueError:  # a system subject, or a login that nobody has
        return None
