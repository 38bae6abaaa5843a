"""Taking sight away: a row that only removes, and with it the end of what gave the sight (decisions.md 3)."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.ids import new_id
from foundation.store import instant
from policies.relations import Relation

TAKE = text("select take_sight(:id, :case, :relation, :tenant, :person, :source, :ends)")
REMOVED = text("select sight_taken(:case, :tenant, :person)")


async def take_away(
    session: AsyncSession,
    case: Case,
    relation: Relation,
    *,
    source: str,
    tenant_id: int | None = None,
    person_id: UUID | None = None,
    ends: str | None = None,
) -> None:
    """Write `relation` (excluded or complained_of) and end every other record of that person or tenant, and the
    records whose source is `ends`. One statement, because who takes their own sight away can do nothing after it:
    call it in a `closing`.
    """
    named = {"tenant": tenant_id, "person": person_id, "source": source, "ends": ends}
    await session.flush()
    await session.execute(TAKE, {"id": new_id(instant(session)), "case": case.id, "relation": relation.value, **named})


async def is_removed(
    session: AsyncSession, case_id: UUID, *, tenant_id: int | None = None, person_id: UUID | None = None
) -> bool:
    """Whether that person is excluded, or that tenant or one above it conflicted or complained of: nothing may be
    given to them.

    For who holds the case or is offered it; everybody else is told False.
    """
    found = await session.scalar(REMOVED, {"case": case_id, "tenant": tenant_id, "person": person_id})
    return bool(found)
