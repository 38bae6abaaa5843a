"""Which people a plan concerns: who holds a post in the units that change, by their names at work. Never a party."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.choice import Choice
from foundation.language import N_
from foundation.store import instant
from organisation.tree_checks import Effect
from organisation.tree_model import Unit
from organisation.tree_plans import Operation, TreeChange
from tenants.models import Office, Person, Post, Tenant

MOST = 300
"""Posts that are named; how many there are says the count."""


class Fate(Choice):
    """What becomes of a post."""

    STAYS = "stays", N_("在原机构任原岗位")
    ANEW = "anew", N_("到承接单位的同类机构任同一岗位")
    ENDS = "ends", N_("随单位撤销")


class Holder(Struct, frozen=True):
    """`successor`: at which unit the post begins anew."""

    tenant: str
    office: str
    role: str
    name: str
    fate: Fate
    successor: str | None


async def holders_of(
    session: AsyncSession, changes: Sequence[TreeChange], effects: Sequence[Effect], after: Mapping[int, Unit]
) -> list[Holder]:
    """Of posts in force that the reader may see (row-level security), unit by unit."""
    moved = {one for effect in effects for one in effect.moved if one > 0}
    heirs = {
        effect.subject: after[effect.into].name
        for change, effect in zip(changes, effects, strict=True)
        if change.operation == Operation.MERGE and effect.into is not None and effect.into in after
    }
    now = instant(session)
    query = (
        select(Tenant.id, Tenant.name, Office.name, Post.role, Person.name)
        .join(Office, Office.id == Post.office_id)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .join(Person, Person.id == Post.person_id)
        .where(Tenant.id.in_(moved), Office.valid_to.is_(None))
        .where(Post.since <= now, or_(Post.until.is_(None), Post.until > now))
        .order_by(Tenant.tier, Tenant.id, Office.id, Post.role, Post.id)
        .limit(MOST)
    )
    return [
        Holder(tenant, office, role, name, _fate(unit, heirs, after), heirs.get(unit))
        for unit, tenant, office, role, name in await session.execute(query)
    ]


def _fate(tenant: int, heirs: Mapping[int, str], after: Mapping[int, Unit]) -> Fate:
    return Fate.ANEW if tenant in heirs else Fate.STAYS if tenant in after else Fate.ENDS
