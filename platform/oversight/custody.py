"""Supervision when a case changes hands: it goes on over the new holder, as far as its issuer still stands above."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.facts import Fact
from cases.hooks import Follows, Moved
from cases.models import TIER_COLUMNS, Case, CaseRelation
from foundation.store import instant
from oversight.leader_charges import EndReason, LeaderCharge, close
from oversight.models import Order, OrderKind, OrderState
from policies.relations import Relation
from tenants.subject import Subject


async def move(session: AsyncSession, subject: Subject, case: Case, moved: Moved) -> None:
    """The database has moved the orders with the case (carry_custody).

    What an office issued that no longer stands in the holder's tenant or above it ends, and with it the sight that an
    order or an inspection opened: nobody would answer it, or strike it off. A plan for the tree hands it to the office
    that does now what the issuer did: in the database (tree_oversees)."""
    if moved.source.startswith("tree_plans:"):
        return
    chain = (getattr(case, column) for column in TIER_COLUMNS)
    above, now = [tenant for tenant in chain if tenant is not None], instant(session)
    left = update(Order).where(
        Order.case_id == case.id,
        Order.struck_off_at.is_(None),
        Order.issuer_tenant_id.not_in(above),
        Order.kind != OrderKind.UNIT.value,
    )
    await session.execute(left.values(state=OrderState.LEFT.value, struck_off_at=now))
    sight = update(CaseRelation).where(
        CaseRelation.case_id == case.id,
        CaseRelation.relation == Relation.SUPERVISES,
        CaseRelation.until > now,
        CaseRelation.tenant_id.not_in(above),
    )
    await session.execute(sight.values(until=func.greatest(CaseRelation.since, now)))
    await _leaders_leave(session, subject, case, above)


async def _leaders_leave(session: AsyncSession, subject: Subject, case: Case, above: Sequence[int]) -> None:
    """A leader leads what the own tier holds or oversees, nothing else."""
    query = select(LeaderCharge).where(
        LeaderCharge.case_id == case.id, LeaderCharge.ended_at.is_(None), LeaderCharge.tenant_id.not_in(above)
    )
    for charge in await session.scalars(query):
        await close(session, case, charge, EndReason.MOVED, by=subject.person_id)


follows = Follows(
    Fact("""exists (select from supervision_orders where case_id = :case)
        or exists (select from leader_charges where case_id = :case and ended_at is null)
        or exists (select from case_relations where case_id = :case and relation = 'supervises' and until > :now)"""),
    move,
)
