"""What waits to be paid to people, whatever made it, and what was paid: each thing once, held by the database.

A source knows its own things (shares of settlements, trips, days of duty): which wait and what hinders them, and what
the books and its own rows get once one is paid. Paying by hand and by batch both go through here.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import BigInteger, ForeignKey, Index, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.errors import Conflict, DomainError
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from funding import reversals
from funding.payment_batches import in_batch
from funding.purposes import Ground
from tenants.subject import Subject


class Fate(Choice):
    PAID = "paid", N_("已支付")
    FAILED = "failed", N_("支付失败")
    BOUNCED = "bounced", N_("已付后退回")


class PaidOut(Base):
    """One attempt to pay; of the paid ones there is one for each thing."""

    __tablename__ = "payouts"
    __table_args__ = (
        Index("uq_payouts_paid", "ground", "ground_id", unique=True, postgresql_where=text("fate = 'paid'")),
        Index("ix_payouts_case", "case_id"),
        Index("ix_payouts_person", "person_id"),
        Index("ix_payouts_tenant", "tenant_id", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ground: Mapped[str] = mapped_column(comment="code of purposes.Ground")
    ground_id: Mapped[UUID] = mapped_column(comment="row of settlement_shares, travel_requests or the duty days")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), comment="null: a day of duty has none")
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="whose books")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    fate: Mapped[str] = mapped_column(comment="code of Fate")
    voucher_no: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(comment="why it failed or came back, in words without a name")
    transaction_id: Mapped[UUID | None] = mapped_column(comment="of the ledger")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]

    @property
    def payout(self) -> "Payout":
        return Payout(
            ground=Ground(self.ground),
            ground_id=self.ground_id,
            person_id=self.person_id,
            fen=self.amount_fen,
            tenant_id=self.tenant_id,
            case_id=self.case_id,
        )


class Payout(Struct, frozen=True, kw_only=True):
    """One amount (fen) to one person; `tenant_id`: whose books."""

    ground: Ground
    ground_id: UUID
    person_id: UUID
    fen: int
    tenant_id: int
    case_id: UUID | None = None


class Waiting(Struct, frozen=True):
    """A payout that nobody has paid, and why it may not be paid today.

    `gone`: its case has another holder by now; it goes by batch, and what the bank did is recorded through `own_bank`.
    """

    payout: Payout
    hindrance: DomainError | None = None
    gone: bool = False


class Source(Struct, frozen=True):
    """How one kind of thing waits and is paid."""

    ground: Ground
    waiting: Callable[[AsyncSession, Subject], Awaitable[Sequence[Waiting]]]
    """All that the subject may pay."""
    find: Callable[[AsyncSession, UUID], Awaitable[Waiting | None]]
    """The same of one, by its id; None when it does not wait (any more)."""
    book: Callable[[AsyncSession, Subject, Payout, str], Awaitable[UUID]]
    """Bookings and the source's own rows, once paid by that voucher; the transaction of the payment comes back."""
    unbook: Callable[[AsyncSession, Subject, Payout], Awaitable[None]]
    """The source's own rows, once the money came back; its transaction is reversed here."""
    wrongly: Callable[[AsyncSession, Payout], Awaitable[int]]
    """How much of it (fen) went to an official at the time of the work, as the register says today (六(四)6)."""


class NotDue(Conflict):
    code = "not_due"
    message = N_("这一笔已不在待支付之列，请刷新后再办")


class InBatch(Conflict):
    code = "in_batch"
    message = N_("这一笔已在支付批次中，不能另行支付；未送银行的批次可以作废")


class AlreadyPaid(Conflict):
    code = "already_paid"
    message = N_("这一笔已经支付，不能重复支付")


_sources: dict[Ground, Source] = {}


Bounced = Callable[[AsyncSession, Subject, PaidOut], Awaitable[None]]
_on_bounce: list[Bounced] = []


def use(*sources: Source) -> None:
    """Set by the room's catalogue, so that every process has all of them."""
    _sources.update({source.ground: source for source in sources})


def on_bounce(*follow: Bounced) -> None:
    """What else ends when a payment comes back: set by the room's catalogue."""
    _on_bounce.extend(one for one in follow if one not in _on_bounce)


async def waiting(session: AsyncSession, subject: Subject) -> list[Waiting]:
    """All that the subject may pay, also what is held, with the reason."""
    return [one for source in _sources.values() for one in await source.waiting(session, subject)]


async def due(session: AsyncSession, subject: Subject, tenant_id: int | None = None) -> list[Payout]:
    """What may be paid today; of one tenant's books when named."""
    found = [one.payout for one in await waiting(session, subject) if one.hindrance is None]
    return [payout for payout in found if tenant_id is None or payout.tenant_id == tenant_id]


async def unpaid(session: AsyncSession, ground: Ground, ground_id: UUID) -> Payout | None:
    """Of one thing, what is to be paid, hindered or not; None when nothing is (any more)."""
    found = await _sources[ground].find(session, ground_id)
    return None if found is None else found.payout


async def check(session: AsyncSession, payout: Payout) -> None:
    """Before money leaves. Raises NotDue, or what hinders: the visit, pressure, an official."""
    found = await _found(session, payout)
    if found.hindrance is not None:
        raise found.hindrance


async def paid(
    session: AsyncSession, subject: Subject, payout: Payout, voucher: str, *, by_batch: bool = False
) -> PaidOut:
    """On record and in the books. A hindrance that came up after the money had left does not unmake the fact.

    What is on its way in a batch is not paid by hand beside it: raises InBatch.
    """
    await _found(session, payout)
    if not by_batch and await in_batch(session, payout.ground, payout.ground_id):
        raise InBatch
    row = await _record(session, subject, payout, Fate.PAID, voucher_no=voucher)
    if row is None:
        raise AlreadyPaid
    row.transaction_id = await _sources[payout.ground].book(session, subject, payout, voucher)
    await session.flush()
    return row


async def failed(session: AsyncSession, subject: Subject, payout: Payout, reason: str) -> None:
    """Nothing left: it waits on, and the page of claims says why."""
    await _record(session, subject, payout, Fate.FAILED, reason=reason)


async def bounced(session: AsyncSession, subject: Subject, payout: Payout, reason: str) -> None:
    """It was paid and came back: the entries are reversed, and it waits again. Raises NotDue when it was not paid."""
    row = await _standing(session, payout)
    if row is None or row.transaction_id is None:
        raise NotDue
    for follow in _on_bounce:
        await follow(session, subject, row)
    row.fate, row.reason = Fate.BOUNCED.value, reason
    await reversals.reverse(session, subject, row.transaction_id, reversals.Reason.NOT_DELIVERED)
    await _sources[payout.ground].unbook(session, subject, payout)


async def wrongly(session: AsyncSession, payout: Payout) -> int:
    return await _sources[payout.ground].wrongly(session, payout)


async def paid_at(session: AsyncSession, things: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each of them was paid; what waits is absent."""
    query = select(PaidOut.ground_id, PaidOut.recorded_at).where(
        PaidOut.ground_id.in_(things), PaidOut.fate == Fate.PAID
    )
    return {thing: at for thing, at in await session.execute(query)}


async def last_failures(session: AsyncSession, things: Sequence[UUID]) -> dict[UUID, str]:
    """Of what waits again: what the bank said last."""
    query = select(PaidOut).where(PaidOut.ground_id.in_(things), PaidOut.fate != Fate.PAID)
    rows = await session.scalars(query.order_by(PaidOut.recorded_at))
    return {row.ground_id: row.reason or "" for row in rows}


async def _found(session: AsyncSession, payout: Payout) -> Waiting:
    found = await _sources[payout.ground].find(session, payout.ground_id)
    if found is None and await _standing(session, payout) is not None:
        raise AlreadyPaid
    if found is None or found.payout != payout:
        raise NotDue
    return found


async def _standing(session: AsyncSession, payout: Payout) -> PaidOut | None:
    """Its payment, held until the transaction ends; one that came back is none."""
    query = select(PaidOut).where(PaidOut.ground == payout.ground, PaidOut.ground_id == payout.ground_id)
    return (await session.scalars(query.where(PaidOut.fate == Fate.PAID).with_for_update())).one_or_none()


async def _record(
    session: AsyncSession,
    subject: Subject,
    payout: Payout,
    fate: Fate,
    *,
    voucher_no: str | None = None,
    reason: str | None = None,
) -> PaidOut | None:
    """Its row; None when the thing is paid already, also by somebody at this very moment."""
    now = instant(session)
    values = {
        "id": new_id(now),
        "ground": payout.ground.value,
        "ground_id": payout.ground_id,
        "person_id": payout.person_id,
        "case_id": payout.case_id,
        "tenant_id": payout.tenant_id,
        "amount_fen": payout.fen,
        "fate": fate.value,
        "voucher_no": voucher_no,
        "reason": reason,
        "recorded_at": now,
        "recorded_by": subject.person_id,
    }
    made = await session.scalar(insert(PaidOut).values(**values).on_conflict_do_nothing().returning(PaidOut.id))
    return None if made is None else await session.get_one(PaidOut, made)
