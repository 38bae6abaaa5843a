"""The entries behind a figure of a report, the newest first. The counters lead to them: only months and books that have
any are read, and of them no more than a page.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.errors import Forbidden, invalid
from foundation.language import N_
from foundation.store import instant
from funding.budget_readers import books_in_reach, opens_sums
from funding.ledger import Account
from funding.purposes import Ground, Purpose
from funding.report_columns import BOTH, CREDIT, DEBIT, MADE_OF, Figure
from funding.report_period import Period, period_of
from funding.reports import columns_of
from tenants.subject import Subject

MOST = 50
"""Entries on one page."""


class Asked(Struct, frozen=True, kw_only=True):
    """Which entries. `own`: of the tenant's own books alone; otherwise of all below it too. `payer`, `case_class`:
    codes, empty for entries that have none, None = whatever they are."""

    figure: Figure
    period: str | None = None
    own: bool = False
    tier: str | None = None
    case_class: str | None = None
    payer: str | None = None
    after: UUID | None = None


class EntryView(Struct, frozen=True):
    """`fen` as it counts in the figure. Who received is not told here; `case_no` where the case is in sight."""

    id: UUID
    transaction_id: UUID
    recorded_at: datetime
    tenant: str
    account: Account
    purpose: Purpose
    ground: Ground
    fen: int
    case_no: str | None
    case_class: str | None
    payer: str | None
    payer_name: str | None
    voucher_no: str | None
    reversal: bool


class Entries(Struct, frozen=True):
    """`after` asks for those before the ones shown; None = there are no more."""

    tenant_id: int
    tenant: str
    period: Period
    figure: Figure
    entries: tuple[EntryView, ...]
    after: UUID | None
    unit: str | None = None


SIDES = {
    DEBIT: "(e.reverses is null) = (e.debit_fen > 0)",
    CREDIT: "(e.reverses is null) = (e.credit_fen > 0)",
    BOTH: "true",
}
COUNTS = {
    DEBIT: "case when e.reverses is null then e.debit_fen else -e.credit_fen end",
    CREDIT: "case when e.reverses is null then e.credit_fen else -e.debit_fen end",
    BOTH: "e.debit_fen - e.credit_fen",
}
FOUND = """
with months as (
    select m.tenant_id, m.month from money_counts m join tenants t on t.id = m.tenant_id
    where {mine} and m.month between :since and :until and m.account = any(:accounts) and {of_counts}
      and (cast(:month as date) is null or (m.month, m.tenant_id) <= (:month, :last_tenant))
    group by 1, 2 order by 2 desc, 1 desc limit :most)
select e.*, t.name, c.case_no from months m
cross join lateral (
    select e.id, e.transaction_id, e.recorded_at, e.account, e.purpose, e.ground, {counts} as fen, e.case_id,
           e.case_class, e.payer, e.payer_name, e.voucher_no, e.reverses
    from ledger_entries e
    where e.tenant_id = m.tenant_id and e.account = any(:accounts) and {side} and {of_entries}
      and e.recorded_at >= (m.month::timestamp at time zone 'Asia/Shanghai')
      and e.recorded_at < ((m.month + interval '1 month') at time zone 'Asia/Shanghai')
      and (cast(:last as uuid) is null or (m.month, m.tenant_id) <> (:month, :last_tenant)
           or (e.recorded_at, e.id) < (:last_at, :last))
    order by e.recorded_at desc, e.id desc limit :most) e
join tenants t on t.id = m.tenant_id
left join cases c on c.id = e.case_id
order by m.month desc, m.tenant_id desc, e.recorded_at desc, e.id desc limit :most"""
LAST = text("select tenant_id, recorded_at, money_month(recorded_at) from ledger_entries where id = :id")


async def entries_behind(
    session: AsyncSession, subject: Subject, asked: Asked, tenant_id: int | None = None
) -> Entries:
    """Raises Forbidden, NotFound, InvalidInput."""
    period = period_of(asked.period, local_date(instant(session)))
    tenant = await books_in_reach(session, subject, tenant_id)
    if not asked.own and not opens_sums(subject, tenant):
        raise Forbidden
    accounts, side = MADE_OF[asked.figure]
    given = {"case_class": asked.case_class, "payer": asked.payer}
    query = FOUND.format(
        mine="t.id = :tenant" if asked.own else f"t.{columns_of(tenant)['own']} = :tenant and {_of_tier(asked)}",
        of_counts=_only("m.{name}", given),
        of_entries=_only("coalesce(e.{name}, '')", given),
        counts=COUNTS[side],
        side=SIDES[side],
    )
    values: dict[str, Any] = {
        "tenant": tenant.id,
        "since": EARLIEST if asked.figure is Figure.OUTSTANDING else period.since,
        "until": period.until,
        "accounts": [account.value for account in accounts],
        "most": MOST + 1,
        **{name: value for name, value in given.items() if value is not None},
        **({"tier": asked.tier} if asked.tier and not asked.own else {}),
        **await _last(session, asked.after),
    }
    rows = (await session.execute(text(query), values)).all()
    shown = tuple(entry_view(row) for row in rows[:MOST])
    return Entries(tenant.id, tenant.name, period, asked.figure, shown, shown[-1].id if len(rows) > MOST else None)


EARLIEST = local_date(datetime.fromisoformat("2000-01-01T00:00:00+08:00"))


def _of_tier(asked: Asked) -> str:
    return "t.tier = :tier" if asked.tier else "true"


def _only(column: str, given: Mapping[str, str | None]) -> str:
    kept = [f"{column.format(name=name)} = :{name}" for name, value in given.items() if value is not None]
    return " and ".join(kept) or "true"


async def _last(session: AsyncSession, after: UUID | None) -> dict[str, Any]:
    """Where the page before ended."""
    if after is None:
        return {"month": None, "last_tenant": None, "last_at": None, "last": None}
    found = (await session.execute(LAST, {"id": after})).one_or_none()
    if found is None:
        raise invalid("after", "not_a_choice", N_("没有这一页，请从头看起"))
    tenant, at, month = found
    return {"month": month, "last_tenant": tenant, "last_at": at, "last": after}


def entry_view(row: Any) -> EntryView:
    return EntryView(
        id=row.id,
        transaction_id=row.transaction_id,
        recorded_at=row.recorded_at,
        tenant=row.name,
        account=Account(row.account),
        purpose=Purpose(row.purpose),
        ground=Ground(row.ground),
        fen=row.fen,
        case_no=row.case_no,
        case_class=row.case_class,
        payer=row.payer,
        payer_name=row.payer_name,
        voucher_no=row.voucher_no,
        reversal=row.reverses is not None,
    )
