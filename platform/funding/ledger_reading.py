"""The books as pages and programs read them: the accounts of a year, and the entries behind each figure.

A year is summed from the counters, so that it costs the same whatever was booked; a case or a source from its entries.
"""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, false, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.clock import SHANGHAI, local_date
from foundation.store import instant
from funding.answers import Payer
from funding.budget_readers import books_in_reach
from funding.ledger import Account, LedgerEntry
from funding.money_counts import MoneyCount
from funding.purposes import Ground, Purpose
from funding.reversals import Reason
from tenants.models import Tenant
from tenants.subject import Subject

MOST = 50
"""Entries on one page."""


class Asked(Struct, frozen=True, kw_only=True):
    """What of the books: by default the own tenant's of this year. `number`: of a case; `source`: table and row; both
    over all years unless one is named."""

    tenant_id: int | None = None
    year: int | None = None
    account: Account | None = None
    purpose: Purpose | None = None
    payer: Payer | None = None
    number: str | None = None
    source: str | None = None
    after: UUID | None = None


class Balance(Struct, frozen=True):
    """In fen; `balance` = debit − credit."""

    account: Account
    debit_fen: int
    credit_fen: int
    balance_fen: int


class Books(Struct, frozen=True):
    tenant_id: int
    name: str
    year: int | None
    balances: tuple[Balance, ...]


class EntryLine(Struct, frozen=True):
    """`case_no` and `case_id` only where the reader's tenant has the case in sight; never a party or a recipient."""

    id: UUID
    transaction_id: UUID
    recorded_at: datetime
    account: Account
    debit_fen: int
    credit_fen: int
    purpose: Purpose
    ground: Ground
    source: str
    payer: Payer | None
    payer_name: str | None
    voucher_no: str | None
    reverses: UUID | None
    reason: Reason | None
    case_id: UUID | None
    case_no: str | None


class Entries(Struct, frozen=True):
    """The newest first, the two sides of a transaction together; `after` asks for those before the ones shown, None =
    there are no more."""

    entries: tuple[EntryLine, ...]
    after: UUID | None


async def books_of(session: AsyncSession, subject: Subject, asked: Asked) -> Books:
    """Raises Forbidden, NotFound. The sums of one tenant's year by account, in the order of the accounts."""
    tenant, year = await _whose(session, subject, asked)
    query = _counted(asked, tenant.id, year) if _whole(asked) and year is not None else None
    if query is None:
        sums = (func.sum(LedgerEntry.debit_fen), func.sum(LedgerEntry.credit_fen))
        fitting = await _fitting(session, asked, tenant.id, year)
        query = select(LedgerEntry.account, *sums).group_by(LedgerEntry.account).where(*fitting)
    found = {account: (int(debit), int(credit)) for account, debit, credit in await session.execute(query)}
    balances = tuple(
        Balance(one, *found[one.value], found[one.value][0] - found[one.value][1])
        for one in Account
        if one.value in found
    )
    return Books(tenant.id, tenant.name, year, balances)


async def entries(session: AsyncSession, subject: Subject, asked: Asked, size: int = MOST) -> Entries:
    """Raises Forbidden, NotFound."""
    tenant, year = await _whose(session, subject, asked)
    query: Select[LedgerEntry, UUID, str | None, str] = (
        select(LedgerEntry, Case.id, Case.case_no, Case.registration_no)
        .outerjoin(Case, Case.id == LedgerEntry.case_id)
        .where(*await _fitting(session, asked, tenant.id, year))
        .order_by(LedgerEntry.transaction_id.desc(), LedgerEntry.id.desc())
    )
    if asked.account is not None:
        query = query.where(LedgerEntry.account == asked.account.value)
    if asked.after is not None and (last := await session.get(LedgerEntry, asked.after)) is not None:
        own = tuple_(LedgerEntry.transaction_id, LedgerEntry.id)
        query = query.where(own < tuple_(last.transaction_id, last.id))
    rows = (await session.execute(query.limit(size + 1))).all()
    shown = tuple(_line(entry, case, case_no or number) for entry, case, case_no, number in rows[:size])
    return Entries(shown, shown[-1].id if len(rows) > size else None)


async def _whose(session: AsyncSession, subject: Subject, asked: Asked) -> tuple[Tenant, int | None]:
    year = asked.year or (local_date(instant(session)).year if _whole(asked) else None)
    return await books_in_reach(session, subject, asked.tenant_id), year


def _whole(asked: Asked) -> bool:
    """Not of one case or source alone."""
    return asked.number is None and asked.source is None


def _counted(asked: Asked, tenant_id: int, year: int) -> Select[str, int, int]:
    """The year's sums by account, from the counters of its months; an entry's year is that of its month."""
    sums = (func.sum(MoneyCount.entered_debit_fen), func.sum(MoneyCount.entered_credit_fen))
    query = select(MoneyCount.account, *sums).group_by(MoneyCount.account)
    query = query.where(
        MoneyCount.tenant_id == tenant_id, MoneyCount.month.between(date(year, 1, 1), date(year, 12, 1))
    )
    if asked.purpose is not None:
        query = query.where(MoneyCount.purpose == asked.purpose.value)
    return query if asked.payer is None else query.where(MoneyCount.payer == asked.payer.value)


async def _fitting(session: AsyncSession, asked: Asked, tenant_id: int, year: int | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [LedgerEntry.tenant_id == tenant_id]
    if year is not None:
        wanted.append(LedgerEntry.year == year)
    if asked.purpose is not None:
        wanted.append(LedgerEntry.purpose == asked.purpose.value)
    if asked.payer is not None:
        wanted.append(LedgerEntry.payer == asked.payer.value)
    if asked.source is not None:
        wanted.append(LedgerEntry.source == asked.source)
    if asked.number is not None:
        number = asked.number.strip()
        query = select(Case.id).where(or_(Case.registration_no == number, Case.case_no == number))
        case = await session.scalar(query.limit(1))
        wanted.append(false() if case is None else LedgerEntry.case_id == case)
    return wanted


def _line(entry: LedgerEntry, case_id: UUID | None, case_no: str | None) -> EntryLine:
    return EntryLine(
        id=entry.id,
        transaction_id=entry.transaction_id,
        recorded_at=entry.recorded_at.astimezone(SHANGHAI),
        account=Account(entry.account),
        debit_fen=entry.debit_fen,
        credit_fen=entry.credit_fen,
        purpose=Purpose(entry.purpose),
        ground=Ground(entry.ground),
        source=entry.source,
        payer=Payer(entry.payer) if entry.payer else None,
        payer_name=entry.payer_name,
        voucher_no=entry.voucher_no,
        reverses=entry.reverses,
        reason=Reason(entry.reason) if entry.reason else None,
        case_id=case_id,
        case_no=case_no,
    )
