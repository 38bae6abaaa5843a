"""Who may answer an offer, by the rules; and the workroom above that has somebody who may."""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office
from tenants.roles import ROLE_NAMES
from tenants.tiers import Tier

ABOVE = text("select workroom_above(:case, :below, :roles)")
WORKROOMS = (Tier.PROVINCE, Tier.PREFECTURE, Tier.COUNTY)
"""Tiers that have one."""


def answering_roles(tiers: Collection[Tier] = tuple(Tier)) -> list[str]:
    """The roles that may accept an offer to their office at one of these tiers, by the rules."""
    allows = gate.opened().table.allows
    return sorted(
        role
        for role in ROLE_NAMES
        if any(allows(role, tier, Relation.OFFERED, Action.HANDOVER_ACCEPT) for tier in tiers)
    )


async def workroom_above(session: AsyncSession, case: Case, below: int) -> Office | None:
    """The workroom that may take the case: no conflict of its own, and somebody there who may accept."""
    await session.flush()
    found = await session.scalar(ABOVE, {"case": case.id, "below": below, "roles": answering_roles(WORKROOMS)})
    return None if found is None else await session.get_one(Office, found)
