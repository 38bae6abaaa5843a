"""What was paid to somebody who, as it turns out, was an official at the time of the work (六(四)6): the list, and the
entries by which it is recovered. The first entries stay; a recovery is entered once for each payment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import BigInteger, ForeignKey, Index, exists, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import Case
from foundation import audit
from foundation.errors import Conflict, NotFound
from foundation.grammar import Happening, Word
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from funding import budgets, ledger, own_bank, payouts, reversals, settlement_money
from funding.budget_lines import BudgetHold
from funding.ledger import Account, Booking, LedgerEntry
from funding.payouts import Fate, PaidOut
from funding.purposes import Ground, Purpose
from funding.separation import keep_apart
from funding.settlement import Settlement, SettlementShare
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

COST = {
    Ground.SETTLEMENT: (Account.SUBSIDY, Purpose.SUBSIDY),
    Ground.TRIP: (Account.TRAVEL, Purpose.TRAVEL),
    Ground.DUTY: (Account.DUTY, Purpose.DUTY),
}
SEEN_BY = (Action.SUBSIDY_REVIEW, Action.SUBSIDY_APPROVE, Action.SUBSIDY_PAY, Action.LEDGER_READ)
"""Any of these rights, in the books of the own tenant or below, shows the list."""


class Recovery(Base):
    __tablename__ = "recoveries"
    __table_args__ = (
        Index("uq_recoveries_payout", "payout_id", unique=True, postgresql_where=text("withdrawn_at is null")),
        Index("ix_recoveries_case", "case_id"),
        Index("ix_recoveries_tenant", "tenant_id", "repaid_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payouts.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="whose books")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime]
    repaid_at: Mapped[datetime | None]
    repaid_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), comment="the cashier who entered it")
    receipt_no: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="nothing is owed: the status or the bank said so")


STANDING = Recovery.withdrawn_at.is_(None)


class RepaidForm(Struct, frozen=True, kw_only=True):
    receipt_no: Annotated[str, Meta(title=N_("追回到账凭证号"), min_length=1, max_length=60)]


class AlreadyRepaid(Conflict):
    code = "already_repaid"
    message = N_("这一笔已经追回")


async def enter_for(session: AsyncSession, subject: Subject, person_id: UUID) -> list[Recovery]:
    """All that the person was paid as an official and that nobody recovers yet; what was none after all is let go."""
    for recovery in await _open_ones(session, person_id):
        row = await session.get_one(PaidOut, recovery.payout_id)
        if not await payouts.wrongly(session, row.payout):
            await _withdraw(session, subject, recovery)
    entered = [await _enter(session, subject, row, fen) for row, fen in await wrongly_paid(session, person_id)]
    return [one for one in entered if one is not None]


async def wrongly_paid(session: AsyncSession, person_id: UUID) -> list[tuple[PaidOut, int]]:
    """With how much of each, as the register of officials says today; in the books that the session may read."""
    recovered = exists(select(Recovery.id).where(Recovery.payout_id == PaidOut.id, STANDING))
    query = select(PaidOut).where(PaidOut.person_id == person_id, PaidOut.fate == Fate.PAID, ~recovered)
    rows = await session.scalars(query.order_by(PaidOut.recorded_at))
    return [(row, fen) for row in rows if (fen := await payouts.wrongly(session, row.payout))]


async def _enter(session: AsyncSession, subject: Subject, row: PaidOut, fen: int) -> Recovery | None:
    """Its row and its entries; None when somebody has entered it meanwhile."""
    now = instant(session)
    values = {
        "id": new_id(now),
        "payout_id": row.id,
        "person_id": row.person_id,
        "case_id": row.case_id,
        "tenant_id": await session.scalar(select(func.heir_of(row.tenant_id))) or row.tenant_id,
        "amount_fen": fen,
        "recorded_at": now,
    }
    made = await session.scalar(insert(Recovery).values(**values).on_conflict_do_nothing().returning(Recovery.id))
    if made is None:
        return None
    recovery = await session.get_one(Recovery, made)
    account, _ = COST[Ground(row.ground)]
    await ledger.post(session, subject, [await _booking(session, recovery, row, Account.RECOVERABLE, account)])
    await _note(session, subject, Happening.SUBSIDY_RECOVERABLE, recovery)
    return recovery


async def settle_bounced(session: AsyncSession, subject: Subject, row: PaidOut) -> None:
    """The bank sent the payment back: nobody owes it any more. Raises AlreadyRepaid when its person had repaid it."""
    recovery = (await session.scalars(select(Recovery).where(Recovery.payout_id == row.id, STANDING))).one_or_none()
    if recovery is not None and recovery.repaid_at is not None:
        raise AlreadyRepaid
    if recovery is not None:
        await _withdraw(session, subject, recovery)


async def _open_ones(session: AsyncSession, person_id: UUID) -> Sequence[Recovery]:
    query = select(Recovery).where(Recovery.person_id == person_id, Recovery.repaid_at.is_(None), STANDING)
    return (await session.scalars(query.with_for_update())).all()


async def _withdraw(session: AsyncSession, subject: Subject, recovery: Recovery) -> None:
    """Its entry is reversed; the row stays as history."""
    query = select(LedgerEntry.transaction_id).where(
        LedgerEntry.source == source_of(recovery), LedgerEntry.account == Account.RECOVERABLE
    )
    await reversals.reverse(session, subject, (await session.scalars(query)).one(), reversals.Reason.OFFICIAL)
    recovery.withdrawn_at = instant(session)
    await _note(session, subject, Happening.SUBSIDY_RECOVERABLE, recovery, withdrawn=True)


def source_of(recovery: Recovery) -> str:
    return f"recoveries:{recovery.id}"


async def recoveries(
    session: AsyncSession, subject: Subject, limit: int, last: Recovery | None = None
) -> Sequence[Recovery]:
    """Open ones first, then the newest, in the books of the subject's tenant; those after `last`."""
    if not any(gate.may(subject, action) for action in SEEN_BY):
        return ()
    query = select(Recovery).where(Recovery.tenant_id == subject.tenant_id, STANDING)
    order = (Recovery.repaid_at.is_not(None), Recovery.recorded_at.desc(), Recovery.id.desc())
    if last is not None:
        older = tuple_(Recovery.recorded_at, Recovery.id) < (last.recorded_at, last.id)
        repaid = Recovery.repaid_at.is_not(None)
        query = query.where(repaid & older if last.repaid_at else repaid | older)
    return (await session.scalars(query.order_by(*order).limit(limit))).all()


async def owed(session: AsyncSession, subject: Subject, recovery_id: UUID, *, locked: bool = False) -> Recovery:
    """One that stands in the books of the cashier's tenant, repaid or not. Raises Forbidden, NotFound."""
    gate.require_role(subject, Action.SUBSIDY_PAY, Relation.GOVERNS)
    recovery = await session.get(Recovery, recovery_id, with_for_update=locked)
    if recovery is None or recovery.tenant_id != subject.tenant_id or recovery.withdrawn_at is not None:
        raise NotFound
    return recovery


async def repaid(session: AsyncSession, subject: Subject, recovery_id: UUID, form: RepaidForm) -> Recovery:
    """The cashier enters what came back; the line of the budget gets what it had borne of it."""
    recovery = await owed(session, subject, recovery_id, locked=True)
    if recovery.repaid_at is not None:
        raise AlreadyRepaid
    keep_apart(subject, {recovery.person_id: N_("领取人")})
    recovery.repaid_at, recovery.repaid_by, recovery.receipt_no = instant(session), subject.person_id, form.receipt_no
    await _note(session, subject, Action.SUBSIDY_PAY, recovery)
    async with own_bank.recorded(session, recovery.id):
        row = await session.get_one(PaidOut, recovery.payout_id)
        booking = await _booking(session, recovery, row, Account.CASH, Account.RECOVERABLE, form.receipt_no)
        await ledger.post(session, subject, [booking])
        await _to_budget(session, subject, row, recovery.amount_fen)
    return recovery


async def _booking(
    session: AsyncSession, recovery: Recovery, row: PaidOut, debit: Account, credit: Account, voucher: str | None = None
) -> Booking:
    ground = Ground(row.ground)
    return Booking(
        case=None if row.case_id is None else await session.get(Case, row.case_id),
        debit=debit,
        credit=credit,
        amount_fen=recovery.amount_fen,
        tenant_id=recovery.tenant_id,
        purpose=COST[ground][1],
        ground=ground,
        source=source_of(recovery),
        person_id=row.person_id,
        voucher_no=voucher,
    )


async def _to_budget(session: AsyncSession, subject: Subject, row: PaidOut, fen: int) -> None:
    """As far as finance had borne it."""
    if row.ground == Ground.SETTLEMENT:
        share = await session.get_one(SettlementShare, row.ground_id)
        settlement = await session.get_one(Settlement, share.settlement_id)
        await settlement_money.give_back(session, subject, settlement, fen)
        return
    hold = await session.get(BudgetHold, (row.ground, row.ground_id))
    if hold is not None and hold.spent_fen >= fen:
        await budgets.give_back(session, subject, ground=Ground(row.ground), ground_id=row.ground_id, fen=fen)


async def _note(
    session: AsyncSession, subject: Subject, word: Word, recovery: Recovery, *, withdrawn: bool = False
) -> None:
    detail = {"payout": str(recovery.payout_id), "withdrawn": withdrawn}
    entry = audit.Entry(subject.actor, subject.post_id, word, "recovery", str(recovery.id), detail=detail)
    await audit.append(session, entry, recovery.tenant_id)
