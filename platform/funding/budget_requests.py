"""The joint request (六(四), 六(四)7): petition and justice ask together, each by a head of its own, two persons; the
treasury of the same tier answers, and the database puts what it granted into the lines.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.numbers import next_number
from foundation import audit
from foundation.clock import local_date
from foundation.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from foundation.grammar import Word
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from funding import ledger
from funding.budget_forms import GrantForm, ItemForm, Reply, ReplyForm, RequestForm
from funding.budget_lines import BudgetLine
from funding.budget_rows import BudgetRequest, BudgetRequestItem, RequestKind, RequestStatus
from funding.ledger import Account, Booking
from funding.purposes import Ground, Purpose
from funding.separation import keep_apart
from policies import gate
from policies.actions import Action
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

JUSTICE, PETITION = "lg_head_justice", "lg_head_petition"
PENDING = (RequestStatus.OPEN, RequestStatus.SUBMITTED)
GRANT = text("select budget_grant(:request)")


class NoFund(Conflict):
    code = "no_fund"
    message = N_("乡镇没有经费，由县级申请")


class RequestPending(Conflict):
    code = "request_pending"
    message = N_("%(year)s 年度已有申请尚未办结")


class RequestDecided(Conflict):
    code = "request_decided"
    message = N_("这份申请现在是“%(status)s”")


class SideSigned(Conflict):
    code = "side_signed"
    message = N_("这一方已经会签")


async def basis(session: AsyncSession, tenant_id: int, year: int) -> dict[Purpose, int] | None:
    """What was really spent in the year before, by purpose; None = it had no budget, so this is the first year."""
    query = select(BudgetLine.purpose, BudgetLine.spent_fen)
    rows = (await session.execute(query.where(BudgetLine.tenant_id == tenant_id, BudgetLine.year == year - 1))).all()
    return {Purpose(purpose): spent for purpose, spent in rows} or None


async def request_budget(session: AsyncSession, subject: Subject, form: RequestForm) -> BudgetRequest:
    """By either head, for both to sign. Raises Forbidden, NoFund, RequestPending, InvalidInput."""
    gate.require_role(subject, Action.BUDGET_REQUEST)
    tenant = await _fund_of(session, subject)
    spent = await basis(session, tenant.id, form.year)
    kind = await _kind(session, tenant.id, form.year, spent)
    this_year = local_date(instant(session)).year
    if faults := list(_faults(form, kind, spent, this_year)):
        raise InvalidInput(*faults)
    if await session.scalar(_pending(tenant.id, form.year)):
        raise RequestPending(year=form.year)
    row = await _new(session, subject, tenant, form, kind)
    session.add(row)
    await session.flush()
    session.add_all(_item(row, item, spent) for item in form.items)
    await session.flush()
    await _note(session, subject, row, Action.BUDGET_REQUEST, "requested")
    return row


async def sign(session: AsyncSession, subject: Subject, request_id: UUID) -> BudgetRequest:
    """One side's approval, by its head; the second one hands it in. Raises SideSigned, DutiesNotSeparate."""
    if subject.role not in (JUSTICE, PETITION):
        raise Forbidden
    gate.require_role(subject, Action.BUDGET_REQUEST)
    row = await locked(session, subject, request_id, RequestStatus.OPEN)
    own = row.justice_by if subject.role == JUSTICE else row.petition_by
    if own is not None:
        raise SideSigned
    keep_apart(subject, {row.justice_by: N_("司法行政一方会签人"), row.petition_by: N_("信访一方会签人")})
    now = instant(session)
    if subject.role == JUSTICE:
        row.justice_by, row.justice_at = subject.person_id, now
    else:
        row.petition_by, row.petition_at = subject.person_id, now
    if row.justice_by and row.petition_by:
        row.status = RequestStatus.SUBMITTED.value
    await session.flush()
    await _note(session, subject, row, Action.BUDGET_REQUEST, "signed")
    return row


async def withdraw(session: AsyncSession, subject: Subject, request_id: UUID) -> BudgetRequest:
    """By either head, until the treasury has answered."""
    gate.require_role(subject, Action.BUDGET_REQUEST)
    row = await locked(session, subject, request_id, *PENDING)
    row.status = RequestStatus.WITHDRAWN.value
    await session.flush()
    await _note(session, subject, row, Action.BUDGET_REQUEST, "withdrawn")
    return row


async def decide(session: AsyncSession, subject: Subject, request_id: UUID, form: ReplyForm) -> BudgetRequest:
    """The treasury's answer, the one thing it writes (row 49); never by who asked. Raises InvalidInput for more than
    was asked."""
    gate.require_role(subject, Action.BUDGET_APPROVE)
    row = await locked(session, subject, request_id, RequestStatus.SUBMITTED)
    keep_apart(subject, dict.fromkeys((row.prepared_by, row.justice_by, row.petition_by), N_("申请人")))
    items = await items_of(session, row.id)
    approved = form.answer is Reply.APPROVE
    if faults := list(_grant_faults(form, items)):
        raise InvalidInput(*faults)
    row.status = (RequestStatus.APPROVED if approved else RequestStatus.REFUSED).value
    row.decided_by, row.decided_at = subject.person_id, instant(session)
    row.document_no, row.reply = form.document_no, form.reply
    if approved:
        _grant(items, {grant.purpose.value: grant for grant in form.grants})
    await session.flush()
    if approved:
        await session.execute(GRANT, {"request": row.id})
        await session.refresh(row)
        await ledger.post(session, subject, [_booking(row, item) for item in items])
    await _note(session, subject, row, Action.BUDGET_APPROVE, row.status)
    return row


async def locked(session: AsyncSession, subject: Subject, request_id: UUID, *wanted: RequestStatus) -> BudgetRequest:
    """Held until the transaction ends. Raises NotFound for another tenant's, RequestDecided."""
    query = select(BudgetRequest).where(BudgetRequest.id == request_id, BudgetRequest.tenant_id == subject.tenant_id)
    row = (await session.scalars(query.with_for_update())).one_or_none()
    if row is None:
        raise NotFound
    if row.status not in wanted:
        raise RequestDecided(status=RequestStatus(row.status).label)
    return row


async def items_of(session: AsyncSession, request_id: UUID) -> Sequence[BudgetRequestItem]:
    """In the order of Purpose."""
    found = await session.scalars(select(BudgetRequestItem).where(BudgetRequestItem.request_id == request_id))
    order = [purpose.value for purpose in Purpose]
    return sorted(found, key=lambda item: order.index(item.purpose))


async def _fund_of(session: AsyncSession, subject: Subject) -> Tenant:
    if subject.tenant_id is None or subject.office_id is None:
        raise Forbidden
    tenant = await session.get_one(Tenant, subject.tenant_id)
    if tenant.tier == Tier.TOWNSHIP:
        raise NoFund
    return tenant


async def _kind(session: AsyncSession, tenant_id: int, year: int, spent: dict[Purpose, int] | None) -> RequestKind:
    there = select(func.count()).where(BudgetLine.tenant_id == tenant_id, BudgetLine.year == year)
    if await session.scalar(there):
        return RequestKind.SUPPLEMENT
    return RequestKind.FIRST if spent is None else RequestKind.LATER


def _pending(tenant_id: int, year: int) -> Select[UUID]:
    asked = (BudgetRequest.tenant_id == tenant_id, BudgetRequest.year == year, BudgetRequest.status.in_(PENDING))
    return select(BudgetRequest.id).where(*asked)


def _faults(
    form: RequestForm, kind: RequestKind, spent: dict[Purpose, int] | None, this_year: int
) -> Iterator[FieldError]:
    """The present year or the next; one row for each purpose; what differs from last year's spending says why."""
    if form.year not in (this_year, this_year + 1):
        yield FieldError("year", "out_of_range", N_("只能申请今年或者明年的预算"))
    seen: set[Purpose] = set()
    for index, item in enumerate(form.items):
        asked = item.fiscal_fen + item.departmental_fen
        if item.purpose in seen:
            yield FieldError(f"items.{index}.purpose", "repeated", N_("每个用途只写一行"))
        if asked == 0:
            yield FieldError(f"items.{index}.fiscal_fen", "required", N_("请填写金额"))
        differs = kind is RequestKind.SUPPLEMENT or (spent is not None and asked != spent.get(item.purpose, 0))
        if differs and not item.reason:
            yield FieldError(f"items.{index}.reason", "required", N_("与上年实际支出不同的，须说明理由"))
        seen.add(item.purpose)


async def _new(
    session: AsyncSession, subject: Subject, tenant: Tenant, form: RequestForm, kind: RequestKind
) -> BudgetRequest:
    now = instant(session)
    office = subject.office_id or 0
    written, number = await next_number(session, "budget", office)
    return BudgetRequest(
        id=new_id(now),
        tenant_id=tenant.id,
        year=form.year,
        number=f"预〔{written}〕{office:05d}-{number:03d}号",
        kind=kind.value,
        status=RequestStatus.OPEN.value,
        reason=form.reason,
        prepared_by=subject.person_id,
        recorded_at=now,
    )


def _item(row: BudgetRequest, item: ItemForm, spent: dict[Purpose, int] | None) -> BudgetRequestItem:
    return BudgetRequestItem(
        request_id=row.id,
        purpose=item.purpose.value,
        tenant_id=row.tenant_id,
        fiscal_fen=item.fiscal_fen,
        departmental_fen=item.departmental_fen,
        basis_fen=None if spent is None else spent.get(item.purpose, 0),
        reason=item.reason,
    )


def _grant_faults(form: ReplyForm, items: Sequence[BudgetRequestItem]) -> Iterator[FieldError]:
    asked = {item.purpose: item for item in items}
    seen: set[str] = set()
    if form.answer is Reply.REFUSE and not form.reply:
        yield FieldError("reply", "required", N_("不予批复须说明理由"))
    for index, grant in enumerate(form.grants):
        item = asked.get(grant.purpose.value)
        if item is None or grant.purpose.value in seen:
            yield FieldError(f"grants.{index}.purpose", "not_a_choice", N_("申请中没有这个用途，或者写了两行"))
            continue
        seen.add(grant.purpose.value)
        for name in ("fiscal_fen", "departmental_fen"):
            if getattr(grant, name) > getattr(item, name):
                yield FieldError(f"grants.{index}.{name}", "too_large", N_("核定数不得超过申请数"))


def _grant(items: Sequence[BudgetRequestItem], grants: dict[str, GrantForm]) -> None:
    for item in items:
        granted: GrantForm | BudgetRequestItem = grants.get(item.purpose, item)
        item.granted_fiscal_fen, item.granted_departmental_fen = granted.fiscal_fen, granted.departmental_fen


def _booking(row: BudgetRequest, item: BudgetRequestItem) -> Booking:
    """What the treasury puts at the fund's disposal."""
    return Booking(
        debit=Account.CASH,
        credit=Account.BUDGET,
        amount_fen=(item.granted_fiscal_fen or 0) + (item.granted_departmental_fen or 0),
        tenant_id=row.tenant_id,
        purpose=Purpose(item.purpose),
        ground=Ground.BUDGET,
        source=f"budget_requests:{row.id}",
        voucher_no=row.document_no,
    )


async def _note(session: AsyncSession, subject: Subject, row: BudgetRequest, action: Word, what: str) -> None:
    detail = {"number": row.number, "year": row.year, "what": what}
    entry = audit.Entry(subject.actor, subject.post_id, action, "budget_request", str(row.id), detail=detail)
    await audit.append(session, entry, row.tenant_id)
