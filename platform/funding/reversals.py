"""Taking back what was entered: the opposite entries, once; the first ones stay."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import Conflict, NotFound
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from funding.ledger import LedgerEntry
from tenants.subject import Subject


class Reason(Choice):
    """Why a transaction is taken back; a code, so that no name can stand in the books."""

    OFFICIAL = "official", N_("领取人当时是公职人员")
    AMOUNT = "amount", N_("金额有误")
    PAYER = "payer", N_("付款人重新认定")
    HANDED_OVER = "handed_over", N_("随案移交")
    DONE = "done", N_("承诺已经兑现")
    DROPPED = "dropped", N_("承诺不再需要")
    NOT_DELIVERED = "not_delivered", N_("款项未能发出")
    REFUNDED = "refunded", N_("款项退回")


class AlreadyReversed(Conflict):
    code = "already_reversed"
    message = N_("这笔账已经冲正")


KEPT = (
    "case_id",
    "case_class",
    "account",
    "tenant_id",
    "level",
    "purpose",
    "ground",
    "source",
    "payer",
    "payer_name",
    "person_id",
)
"""What a reversal has from the entry that it takes back."""


async def reverse(session: AsyncSession, subject: Subject, transaction_id: UUID, reason: Reason) -> UUID:
    """The opposite entries under the same names, in the present year; raises AlreadyReversed the second time."""
    now = instant(session)
    reversal = new_id(now)
    for entry in await _standing(session, transaction_id):
        opposite = LedgerEntry(
            id=new_id(now),
            transaction_id=reversal,
            debit_fen=entry.credit_fen,
            credit_fen=entry.debit_fen,
            year=local_date(now).year,
            reverses=transaction_id,
            reason=reason.value,
            recorded_at=now,
            recorded_by=subject.person_id,
            **{name: getattr(entry, name) for name in KEPT},
        )
        session.add(opposite)
    try:
        await session.flush()
    except IntegrityError as error:  # somebody was faster: the database's index decides between two who come at once
        raise AlreadyReversed from error
    return reversal


async def _standing(session: AsyncSession, transaction_id: UUID) -> list[LedgerEntry]:
    """Its entries, if nobody has taken them back yet."""
    entries = list(await session.scalars(select(LedgerEntry).where(LedgerEntry.transaction_id == transaction_id)))
    if not entries:
        raise NotFound
    if await session.scalar(select(LedgerEntry.id).where(LedgerEntry.reverses == transaction_id).limit(1)):
        raise AlreadyReversed
    return entries


async def reversed_among(session: AsyncSession, case_id: UUID) -> frozenset[UUID]:
    """Transactions of the case that somebody has taken back."""
    query = select(LedgerEntry.reverses).where(LedgerEntry.case_id == case_id, LedgerEntry.reverses.is_not(None))
    return frozenset(await session.scalars(query))
