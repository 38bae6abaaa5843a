"""One joint request as it is read, and what a new one begins with: last year's actual spending."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import NotFound
from funding.budget_lines import BudgetLine
from funding.budget_readers import books_in_reach, require_books
from funding.budget_requests import JUSTICE, PENDING, PETITION, basis, items_of
from funding.budget_rows import BudgetRequest, BudgetRequestItem, RequestKind, RequestStatus
from funding.purposes import Purpose
from policies import gate
from policies.actions import Action
from tenants.models import Person
from tenants.subject import Subject


class ItemView(Struct, frozen=True):
    """In fen. `basis_fen`: what was really spent the year before; None = the first year."""

    purpose: Purpose
    fiscal_fen: int
    departmental_fen: int
    basis_fen: int | None
    reason: str | None
    granted_fiscal_fen: int | None
    granted_departmental_fen: int | None


class Signature(Struct, frozen=True):
    part: str
    name: str
    at: datetime


class RequestView(Struct, frozen=True):
    """`may`: what the reader may do with it now: sign, withdraw, decide."""

    id: UUID
    tenant_id: int
    tenant: str
    year: int
    number: str
    kind: RequestKind
    status: RequestStatus
    reason: str
    items: tuple[ItemView, ...]
    prepared: Signature
    justice: Signature | None
    petition: Signature | None
    decided: Signature | None
    document_no: str | None
    reply: str | None
    may: tuple[str, ...]


class Proposal(Struct, frozen=True):
    """What is proposed for one purpose: last year's spending, in the places in which it was granted then."""

    purpose: Purpose
    fiscal_fen: int
    departmental_fen: int
    basis_fen: int


async def request_view(session: AsyncSession, subject: Subject, request_id: UUID) -> RequestView:
    """Raises Forbidden, NotFound."""
    require_books(subject)
    row = await session.get(BudgetRequest, request_id)
    if row is None:
        raise NotFound
    tenant = await books_in_reach(session, subject, row.tenant_id)
    ids = {row.prepared_by, row.justice_by, row.petition_by, row.decided_by} - {None}
    names = {key: name for key, name in await session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}

    def signature(part: str, by: UUID | None, at: datetime | None) -> Signature | None:
        return None if by is None or at is None else Signature(part, names.get(by, ""), at)

    return RequestView(
        id=row.id,
        tenant_id=tenant.id,
        tenant=tenant.name,
        year=row.year,
        number=row.number,
        kind=RequestKind(row.kind),
        status=RequestStatus(row.status),
        reason=row.reason,
        items=tuple(_item(item) for item in await items_of(session, row.id)),
        prepared=Signature("prepared", names.get(row.prepared_by, ""), row.recorded_at),
        justice=signature("justice", row.justice_by, row.justice_at),
        petition=signature("petition", row.petition_by, row.petition_at),
        decided=signature("treasury", row.decided_by, row.decided_at),
        document_no=row.document_no,
        reply=row.reply,
        may=tuple(_may(subject, row)),
    )


async def proposals(session: AsyncSession, subject: Subject, year: int) -> list[Proposal]:
    """For the own tenant: empty in its first year, and once the year has its lines (then only more may be asked)."""
    gate.require_role(subject, Action.BUDGET_REQUEST)
    tenant = subject.tenant_id
    there = select(BudgetLine.id).where(BudgetLine.tenant_id == tenant, BudgetLine.year == year)
    if tenant is None or await session.scalar(there.limit(1)):
        return []
    spent = await basis(session, tenant, year) or {}
    before = select(BudgetLine).where(BudgetLine.tenant_id == tenant, BudgetLine.year == year - 1)
    lines = {Purpose(line.purpose): line for line in await session.scalars(before)}
    return [_proposed(lines[purpose], fen) for purpose in Purpose if (fen := spent.get(purpose, 0))]


def _proposed(line: BudgetLine, fen: int) -> Proposal:
    """As much as before is asked of the justice organ's own budget, the rest of the treasury."""
    departmental = min(fen, line.departmental_fen)
    return Proposal(Purpose(line.purpose), fen - departmental, departmental, fen)


def _may(subject: Subject, row: BudgetRequest) -> list[str]:
    if row.tenant_id != subject.tenant_id:
        return []
    found = []
    asks, others = gate.may(subject, Action.BUDGET_REQUEST), {row.prepared_by, row.justice_by, row.petition_by}
    if row.status == RequestStatus.OPEN and asks and subject.role in (JUSTICE, PETITION):
        own, other = (row.justice_by, row.petition_by) if subject.role == JUSTICE else (row.petition_by, row.justice_by)
        if own is None and other != subject.person_id:
            found.append("sign")
    if row.status in PENDING and asks:
        found.append("withdraw")
    decides = gate.may(subject, Action.BUDGET_APPROVE) and subject.person_id not in others
    if row.status == RequestStatus.SUBMITTED and decides:
        found.append("decide")
    return found


def _item(item: BudgetRequestItem) -> ItemView:
    return ItemView(
        purpose=Purpose(item.purpose),
        fiscal_fen=item.fiscal_fen,
        departmental_fen=item.departmental_fen,
        basis_fen=item.basis_fen,
        reason=item.reason,
        granted_fiscal_fen=item.granted_fiscal_fen,
        granted_departmental_fen=item.granted_departmental_fen,
    )
