"""A year's budget as pages and programs read it: the lines of one tenant, those below summed up, and the entries."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.clock import local_date
from foundation.errors import NotFound
from foundation.store import instant
from funding.budget_close import carries_over
from funding.budget_lines import BudgetLine, BudgetMovement, MovementKind
from funding.budget_readers import BELOW, books_in_reach, opens_books, require_books, require_totals, tenant_in_reach
from funding.budget_rows import BudgetRequest
from funding.purposes import Ground, Purpose
from tenants.models import Person, Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

MOST = 50
"""Entries on one page."""
SUMMED = ("fiscal_fen", "departmental_fen", "carried_fen", "reserved_fen", "spent_fen")


class Figures(Struct, frozen=True):
    """In fen. `total`: granted in both places and carried over; `left`: may still be promised."""

    fiscal_fen: int
    departmental_fen: int
    carried_fen: int
    reserved_fen: int
    spent_fen: int
    total_fen: int
    left_fen: int


class LineView(Struct, frozen=True):
    """`id` opens the entries behind its figures; null for who sees totals alone, and for a sum over several tenants."""

    purpose: Purpose
    figures: Figures
    id: UUID | None = None
    closed_at: datetime | None = None


class TenantLines(Struct, frozen=True):
    tenant_id: int
    name: str
    figures: Figures


class RequestLine(Struct, frozen=True):
    id: UUID
    number: str
    kind: str
    status: str
    recorded_at: datetime


class YearBudget(Struct, frozen=True):
    """`below`: each tenant right below with all that lies below it, in the order of the tree, unranked."""

    tenant_id: int
    name: str
    tier: str
    year: int
    carry_over: bool
    carry_over_by: str | None
    """The document that the setting follows."""
    lines: tuple[LineView, ...]
    total: Figures
    below: tuple[TenantLines, ...]
    requests: tuple[RequestLine, ...]


class MovementView(Struct, frozen=True):
    """`case_no` only where the reader's tenant has the case in sight; never a party."""

    id: UUID
    kind: MovementKind
    place: str | None
    fen: int
    ground: Ground
    ground_id: UUID
    case_no: str | None
    by: str | None
    recorded_at: datetime


class LineEntries(Struct, frozen=True):
    """`after` asks for the entries before those shown; None = there are no more."""

    id: UUID
    tenant_id: int
    tenant: str
    year: int
    purpose: Purpose
    figures: Figures
    closed_at: datetime | None
    entries: tuple[MovementView, ...]
    after: UUID | None


async def year_budget(
    session: AsyncSession, subject: Subject, tenant_id: int | None = None, year: int | None = None
) -> YearBudget:
    """Raises Forbidden, NotFound. Some ten rows for each tenant that is summed, however many cases there are."""
    require_totals(subject)
    tenant = await tenant_in_reach(session, subject, tenant_id)
    year = year or local_date(instant(session)).year
    query = select(BudgetLine).where(BudgetLine.tenant_id == tenant.id, BudgetLine.year == year)
    lines = {Purpose(line.purpose): line for line in await session.scalars(query)}
    setting = await carries_over(session, tenant, local_date(instant(session)))
    opens = opens_books(subject, tenant)
    return YearBudget(
        tenant_id=tenant.id,
        name=tenant.name,
        tier=tenant.tier,
        year=year,
        carry_over=bool(setting and setting.carry_over),
        carry_over_by=setting.document_no if setting else None,
        lines=tuple(_line(lines[purpose], opens) for purpose in Purpose if purpose in lines),
        total=figures(*(sum(getattr(line, name) for line in lines.values()) for name in SUMMED)),
        below=await _below(session, tenant, year),
        requests=await _requests(session, tenant.id, year) if opens else (),
    )


async def line_entries(
    session: AsyncSession,
    subject: Subject,
    line_id: UUID,
    kind: MovementKind | None = None,
    after: UUID | None = None,
) -> LineEntries:
    """The newest first, a page at a time. Raises Forbidden, NotFound."""
    require_books(subject)
    line = await session.get(BudgetLine, line_id)
    if line is None:
        raise NotFound
    tenant = await books_in_reach(session, subject, line.tenant_id)
    query = (
        select(BudgetMovement, Case.case_no, Person.name)
        .outerjoin(Case, Case.id == BudgetMovement.case_id)
        .outerjoin(Person, Person.id == BudgetMovement.recorded_by)
        .where(BudgetMovement.line_id == line.id)
        .order_by(BudgetMovement.id.desc())
    )
    if kind is not None:
        query = query.where(BudgetMovement.kind == kind.value)
    if after is not None:
        query = query.where(BudgetMovement.id < after)
    rows = (await session.execute(query.limit(MOST + 1))).all()
    shown = tuple(_movement(*row) for row in rows[:MOST])
    return LineEntries(
        id=line.id,
        tenant_id=tenant.id,
        tenant=tenant.name,
        year=line.year,
        purpose=Purpose(line.purpose),
        figures=_figures_of(line),
        closed_at=line.closed_at,
        entries=shown,
        after=shown[-1].id if len(rows) > MOST else None,
    )


def figures(fiscal: int, departmental: int, carried: int, reserved: int, spent: int) -> Figures:
    total = fiscal + departmental + carried
    return Figures(fiscal, departmental, carried, reserved, spent, total, total - reserved - spent)


def _figures_of(line: BudgetLine) -> Figures:
    return figures(*(getattr(line, name) for name in SUMMED))


def _line(line: BudgetLine, opens: bool) -> LineView:
    return LineView(Purpose(line.purpose), _figures_of(line), line.id if opens else None, line.closed_at)


async def _below(session: AsyncSession, tenant: Tenant, year: int) -> tuple[TenantLines, ...]:
    """Townships have no fund, so a county has nobody below."""
    tiers = list(Tier)
    place = tiers.index(Tier(tenant.tier))
    if place + 1 >= len(tiers) - 1:
        return ()
    lower = BELOW[tiers[place + 1]]
    sums = (func.sum(getattr(BudgetLine, name)) for name in SUMMED)
    query = (
        select(lower, *sums)
        .join(BudgetLine, BudgetLine.tenant_id == Tenant.id)
        .where(BELOW[Tier(tenant.tier)] == tenant.id, lower.is_not(None), BudgetLine.year == year)
        .group_by(lower)
    )
    found = {key: figures(*(int(one) for one in row)) for key, *row in await session.execute(query)}
    names = await session.execute(select(Tenant.id, Tenant.name).where(Tenant.id.in_(found)).order_by(Tenant.id))
    return tuple(TenantLines(key, name, found[key]) for key, name in names)


async def _requests(session: AsyncSession, tenant_id: int, year: int) -> tuple[RequestLine, ...]:
    query = (
        select(BudgetRequest)
        .where(BudgetRequest.tenant_id == tenant_id, BudgetRequest.year == year)
        .order_by(BudgetRequest.recorded_at.desc(), BudgetRequest.id.desc())
    )
    rows: Sequence[BudgetRequest] = (await session.scalars(query.limit(MOST))).all()
    return tuple(RequestLine(row.id, row.number, row.kind, row.status, row.recorded_at) for row in rows)


def _movement(row: BudgetMovement, case_no: str | None, by: str | None) -> MovementView:
    return MovementView(
        id=row.id,
        kind=MovementKind(row.kind),
        place=row.place,
        fen=row.fen,
        ground=Ground(row.ground),
        ground_id=row.ground_id,
        case_no=case_no,
        by=by,
        recorded_at=row.recorded_at,
    )
