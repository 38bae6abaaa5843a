"""What is promised and not yet incurred, in a memorandum pair of accounts: it moves with the case (费随案走)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.models import Case
from funding import ledger
from funding.ledger import Account, Booking, LedgerEntry
from funding.purposes import Ground, Purpose
from funding.reversals import Reason, reverse
from tenants.subject import Subject


async def make(
    session: AsyncSession,
    subject: Subject,
    *,
    case: Case | None,
    tenant_id: int,
    purpose: Purpose,
    ground: Ground,
    source: str,
    fen: int,
    person_id: UUID | None = None,
) -> None:
    """What is promised for the source is `fen` from now on: less when part of it is paid, more when that comes back."""
    promise = await standing(session, source)
    if promise is not None:
        if promise.debit_fen == fen:
            return
        await reverse(session, subject, promise.transaction_id, Reason.DONE)
    promised = Booking(
        case=case,
        debit=Account.COMMITTED,
        credit=Account.COMMITMENTS,
        amount_fen=fen,
        tenant_id=tenant_id,
        purpose=purpose,
        ground=ground,
        source=source,
        person_id=person_id,
    )
    await ledger.post(session, subject, [promised])


async def end(session: AsyncSession, subject: Subject, source: str, reason: Reason) -> LedgerEntry | None:
    """Kept, dropped or moved on; None where nothing was promised."""
    promise = await standing(session, source)
    if promise is not None:
        await reverse(session, subject, promise.transaction_id, reason)
    return promise


async def move(session: AsyncSession, subject: Subject, case: Case, source: str, tenant_id: int) -> None:
    """From the books of the one who gave the case away to those of its new holder, to the fen."""
    promise = await end(session, subject, source, Reason.HANDED_OVER)
    if promise is not None:
        await make(
            session,
            subject,
            case=case,
            tenant_id=tenant_id,
            purpose=Purpose(promise.purpose),
            ground=Ground(promise.ground),
            source=source,
            fen=promise.debit_fen,
            person_id=promise.person_id,
        )


async def standing(session: AsyncSession, source: str) -> LedgerEntry | None:
    """The debit of the promise that nobody has ended."""
    back = aliased(LedgerEntry)
    ended = select(back.id).where(back.reverses == LedgerEntry.transaction_id).exists()
    query = select(LedgerEntry).where(LedgerEntry.source == source, LedgerEntry.account == Account.COMMITTED)
    found = await session.scalars(query.where(LedgerEntry.reverses.is_(None), LedgerEntry.debit_fen > 0, ~ended))
    return found.one_or_none()
