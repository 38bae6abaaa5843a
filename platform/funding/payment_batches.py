"""Batches of payments as they stand on file: made, sent to the bank, answered line by line."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.errors import Conflict, NotFound
from foundation.language import N_
from foundation.model import Base
from funding.payment_accounts import PayeeAccount
from funding.purposes import Ground
from tenants.subject import Subject


class BatchState(Choice):
    DRAFT = "draft", N_("待送银行")
    SENT = "sent", N_("已送银行")
    PAID = "paid", N_("全部支付")
    PARTLY = "partly", N_("部分支付")
    FAILED = "failed", N_("全部失败")
    DROPPED = "dropped", N_("已作废")


class LineState(Choice):
    WAITING = "waiting", N_("等待银行结果")
    PAID = "paid", N_("已支付")
    FAILED = "failed", N_("支付失败")
    DROPPED = "dropped", N_("已作废")


class PaymentBatch(Base):
    """`form`: the bank's form as it was when the batch was made."""

    __tablename__ = "payment_batches"
    __table_args__ = (Index("ix_payment_batches_tenant", "tenant_id", "made_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="whose cashier made it")
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(comment="code of BatchState")
    form: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    made_at: Mapped[datetime]
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    sent_at: Mapped[datetime | None]
    digest: Mapped[str | None] = mapped_column(comment="SHA-256 of the file that was sent last")
    answered_at: Mapped[datetime | None] = mapped_column(comment="when the last answer came in")


class PaymentLine(Base):
    """One payout to one account. It is in one live batch at most, held by the database."""

    __tablename__ = "payment_lines"
    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        Index("uq_payment_lines_live", "ground", "ground_id", unique=True, postgresql_where=text("state = 'waiting'")),
        Index("ix_payment_lines_person", "person_id"),
        Index("ix_payment_lines_account", "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("payment_batches.id"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="of the batch")
    position: Mapped[int]
    reference: Mapped[str] = mapped_column(unique=True, comment="ours: the bank's answer repeats it")
    ground: Mapped[str] = mapped_column(comment="code of purposes.Ground")
    ground_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey(PayeeAccount.id))
    fen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(comment="code of LineState")
    voucher_no: Mapped[str | None] = mapped_column(comment="the bank's, or our reference")
    reason: Mapped[str | None] = mapped_column(Sealed("payment_lines.reason"), comment="as the bank put it")
    answered_at: Mapped[datetime | None]


class InAnotherBatch(Conflict):
    code = "in_another_batch"
    message = N_("有的款项已在另一个支付批次中，请刷新后再办")


class BatchStateWrong(Conflict):
    code = "batch_state"
    message = N_("批次当前为“%(state)s”，不能这样办理")


async def in_batch(session: AsyncSession, ground: Ground, ground_id: UUID) -> bool:
    """Whether a live batch holds it."""
    query = select(PaymentLine.id).where(
        PaymentLine.ground == ground, PaymentLine.ground_id == ground_id, PaymentLine.state == LineState.WAITING
    )
    return await session.scalar(query) is not None


async def locked_batch(session: AsyncSession, subject: Subject, batch_id: UUID, *states: BatchState) -> PaymentBatch:
    """Of the own tenant, in one of these states. Raises NotFound, BatchStateWrong."""
    query = select(PaymentBatch).where(PaymentBatch.id == batch_id, PaymentBatch.tenant_id == subject.tenant_id)
    batch = (await session.scalars(query.with_for_update())).one_or_none()
    if batch is None:
        raise NotFound
    if batch.state not in states:
        raise BatchStateWrong(state=BatchState(batch.state).label)
    return batch


async def lines_of(session: AsyncSession, batch_id: UUID) -> list[PaymentLine]:
    query = select(PaymentLine).where(PaymentLine.batch_id == batch_id).order_by(PaymentLine.position)
    return list(await session.scalars(query))
