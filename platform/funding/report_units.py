"""Receivables by unit (obligation 51): what each unit was charged by a tenant's own books, and what has come in."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.clock import local_date
from foundation.errors import NotFound
from foundation.store import instant
from funding.budget_readers import books_in_reach
from funding.ledger import Account, LedgerEntry
from funding.money_counts import UnitBalance
from funding.report_columns import Figure
from funding.report_entries import Entries, entry_view
from funding.report_period import period_of
from tenants.models import Tenant
from tenants.subject import Subject

MOST = 50


class UnitRow(Struct, frozen=True):
    """In fen, of all years."""

    name: str
    charged_fen: int
    received_fen: int
    outstanding_fen: int


class Units(Struct, frozen=True):
    """By name, unranked. `after` asks for the following ones; None = there are no more."""

    tenant_id: int
    tenant: str
    units: tuple[UnitRow, ...]
    after: str | None


async def units_owing(
    session: AsyncSession, subject: Subject, tenant_id: int | None = None, after: str | None = None
) -> Units:
    """Units that have not paid all, a page at a time. Raises Forbidden, NotFound."""
    tenant = await books_in_reach(session, subject, tenant_id)
    charged, received = func.sum(UnitBalance.charged_fen), func.sum(UnitBalance.received_fen)
    query = (
        select(UnitBalance.payer_name, charged, received)
        .where(UnitBalance.tenant_id == tenant.id)
        .group_by(UnitBalance.payer_name)
        .having(charged != received)
        .order_by(UnitBalance.payer_name)
    )
    if after is not None:
        query = query.where(UnitBalance.payer_name > after)
    rows = [(name, int(one), int(other)) for name, one, other in await session.execute(query.limit(MOST + 1))]
    shown = tuple(UnitRow(name, one, other, one - other) for name, one, other in rows[:MOST])
    return Units(tenant.id, tenant.name, shown, shown[-1].name if len(rows) > MOST else None)


async def unit_entries(
    session: AsyncSession, subject: Subject, unit: str, tenant_id: int | None = None, after: UUID | None = None
) -> Entries:
    """What one unit was charged and has paid, the newest first. Raises Forbidden, NotFound."""
    tenant = await books_in_reach(session, subject, tenant_id)
    fen = (LedgerEntry.debit_fen - LedgerEntry.credit_fen).label("fen")
    query = (
        select(*LedgerEntry.__table__.columns, fen, Tenant.name, Case.case_no)
        .join(Tenant, Tenant.id == LedgerEntry.tenant_id)
        .outerjoin(Case, Case.id == LedgerEntry.case_id)
        .where(LedgerEntry.tenant_id == tenant.id, LedgerEntry.payer_name == unit)
        .where(LedgerEntry.account == Account.RECEIVABLE)
        .order_by(LedgerEntry.recorded_at.desc(), LedgerEntry.id.desc())
    )
    if after is not None:
        last = await session.get(LedgerEntry, after)
        if last is None:
            raise NotFound
        query = query.where(tuple_(LedgerEntry.recorded_at, LedgerEntry.id) < (last.recorded_at, last.id))
    rows = (await session.execute(query.limit(MOST + 1))).all()
    shown = tuple(entry_view(row) for row in rows[:MOST])
    return Entries(
        tenant_id=tenant.id,
        tenant=tenant.name,
        period=period_of(None, local_date(instant(session))),
        figure=Figure.OUTSTANDING,
        entries=shown,
        after=shown[-1].id if len(rows) > MOST else None,
        unit=unit,
    )
