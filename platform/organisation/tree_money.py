"""Which money a plan moves, tenant by tenant: what is promised and not paid goes to whoever takes over."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.choice import Choice
from foundation.language import N_

MONEY = text("""
    select m.tenant_id, t.name, m.what, m.n, m.fen from tree_money(:moved) m join tenants t on t.id = m.tenant_id
    order by m.tenant_id, m.what
""")


class Money(Choice):
    """What the function `tree_money` counts."""

    SETTLEMENTS = "settlements", N_("未支付的结算")
    TRIPS = "trips", N_("未发生的出差")
    FEES = "fees", N_("未付的第三方费用")
    BUDGETS = "budgets", N_("预算余额")


class MoneyRow(Struct, frozen=True):
    """`fen`: their sum."""

    tenant_id: int
    tenant: str
    what: Money
    number: int
    fen: int


async def money_of(session: AsyncSession, tenants: Sequence[int]) -> list[MoneyRow]:
    rows = await session.execute(MONEY, {"moved": tenants})
    return [MoneyRow(row.tenant_id, row.name, Money(row.what), row.n, row.fen) for row in rows]
