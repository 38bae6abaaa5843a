"""Money of the year's budget is reserved when it is promised, spent when it is paid, released when nothing comes of it.

Each line is earmarked: it is never overdrawn and never pays for anything else, however many settle at once. The
functions of the database hold the one line's row until the transaction ends, so call them late in it.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Conflict
from foundation.language import N_
from funding.budget_lines import EARMARK, BudgetLine
from funding.purposes import Ground, Purpose
from tenants.subject import Subject


class NoBudget(Conflict):
    code = "no_budget"
    message = N_("%(year)s 年度没有“%(purpose)s”预算，请先联合申请")


class BudgetExceeded(Conflict):
    code = "budget_exceeded"
    message = N_("%(year)s 年度“%(purpose)s”预算不足，尚余 %(left)s 元")


class YearClosed(Conflict):
    code = "year_closed"
    message = N_("%(year)s 年度“%(purpose)s”预算已经关账")


class OtherPurpose(Conflict):
    code = "other_purpose"
    message = N_("专款专用：这项费用不得从“%(purpose)s”列支")


class BudgetElsewhere(Conflict):
    code = "budget_elsewhere"
    message = N_("应由其他地方的经费承担，本级无权动用其预算")


class AlreadyReserved(Conflict):
    code = "already_reserved"
    message = N_("这笔费用已经占用预算")


class NotReserved(Conflict):
    code = "not_reserved"
    message = N_("超过这笔费用占用的预算")


REFUSALS: dict[str, type[Conflict]] = {
    "none": NoBudget,
    "exceeded": BudgetExceeded,
    "closed": YearClosed,
    "elsewhere": BudgetElsewhere,
    "held": AlreadyReserved,
    "unheld": NotReserved,
}
RESERVE = text(
    "select outcome, left_fen from budget_reserve"
    "(:tenant, cast(:year as smallint), :purpose, :fen, :ground, :ground_id, :case)"
)
NEAR = text("select one from unnest(cast(:tenants as int[])) as one where budget_near(coalesce(heir_of(one), one))")
RELEASE = text("select outcome, moved_fen from budget_release(:ground, :ground_id, :fen)")
SPEND = text("select outcome, moved_fen from budget_spend(:ground, :ground_id, :fen)")
GIVE_BACK = text("select outcome, moved_fen from budget_give_back(:ground, :ground_id, :fen)")


async def reserve(
    session: AsyncSession,
    subject: Subject,
    *,
    tenant_id: int,
    year: int,
    purpose: Purpose,
    fen: int,
    ground: Ground,
    ground_id: UUID,
    case_id: UUID | None = None,
) -> None:
    """Hold `fen` of the tenant's line of that year. Raises NoBudget, BudgetExceeded, YearClosed, OtherPurpose,
    BudgetElsewhere (neither the subject's tenant nor one above or below it), AlreadyReserved."""
    if EARMARK.get(ground) is not purpose:
        raise OtherPurpose(purpose=purpose.label)
    values = {"tenant": tenant_id, "year": year, "purpose": purpose.value, "fen": fen, "case": case_id}
    outcome, left = await _call(session, RESERVE, values | {"ground": ground.value, "ground_id": ground_id})
    if outcome != "done":
        raise REFUSALS[outcome](year=year, purpose=purpose.label, left=f"{left / 100:.2f}")


async def near(session: AsyncSession, tenants: Collection[int | None]) -> frozenset[int | None]:
    """Those whose budget, or whose heir's, the session may draw on; nobody's is anyone's."""
    rows = await session.execute(NEAR, {"tenants": [one for one in tenants if one is not None]})
    return frozenset({None, *rows.scalars()})


async def year_open(session: AsyncSession, tenant_id: int, year: int) -> bool:
    """Whether nothing of the tenant's budget of that year is closed yet; one that has none is not closed."""
    closed = select(BudgetLine.id).where(
        BudgetLine.tenant_id == tenant_id, BudgetLine.year == year, BudgetLine.closed_at.is_not(None)
    )
    return await session.scalar(closed.limit(1)) is None


async def release(
    session: AsyncSession, subject: Subject, *, ground: Ground, ground_id: UUID, fen: int | None = None
) -> int:
    """Give back what is still held (or `fen` of it); returns how much that was, 0 where nothing was held."""
    return await _of_ground(session, RELEASE, ground, ground_id, fen)


async def spend(
    session: AsyncSession, subject: Subject, *, ground: Ground, ground_id: UUID, fen: int | None = None
) -> int:
    """What was held is paid: all of it, or `fen`. Returns how much; 0 where nothing was held (finance does not pay).
    Raises NotReserved when `fen` is more than is held."""
    return await _of_ground(session, SPEND, ground, ground_id, fen)


async def give_back(session: AsyncSession, subject: Subject, *, ground: Ground, ground_id: UUID, fen: int) -> int:
    """Money that was paid has come back: to the line, or, once its year is closed, to the treasury (缴回财政).
    Raises NotReserved when more comes back than was paid."""
    return await _of_ground(session, GIVE_BACK, ground, ground_id, fen)


async def _of_ground(session: AsyncSession, call: Any, ground: Ground, ground_id: UUID, fen: int | None) -> int:
    values = {"ground": ground.value, "ground_id": ground_id, "fen": fen}
    outcome, moved = await _call(session, call, values)
    if outcome != "done":
        raise REFUSALS[outcome]
    return moved


async def _call(session: AsyncSession, call: Any, values: dict[str, Any]) -> tuple[str, int]:
    """What the session holds back is written first: the line is locked as late as can be."""
    await session.flush()
    outcome, number = (await session.execute(call, values)).one()
    return str(outcome), int(number)
