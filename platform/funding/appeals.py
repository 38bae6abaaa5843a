"""The team's appeal against a review or a return (obligation 39): once for each settlement, answered by a head of the
leading group who has signed nothing of it; nothing is approved or proposed anew while it is open."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.errors import Conflict
from foundation.language import N_
from foundation.model import Base


class AppealGround(Choice):
    SCORE = "score", N_("不同意评分或者金额")
    SHARES = "shares", N_("不同意领取人或者份额")
    RETURNED = "returned", N_("不同意退回")


class AppealOutcome(Choice):
    UPHELD = "upheld", N_("维持原意见")
    RESTORED = "restored", N_("申诉成立，按原申报恢复")
    RETURNED = "returned", N_("申诉成立，退回小组重新提出")


class Appeal(Base):
    __tablename__ = "settlement_appeals"
    __table_args__ = (
        UniqueConstraint("settlement_id"),
        CheckConstraint("answered_by <> appealed_by", "separate"),
        Index("ix_settlement_appeals_case", "case_id"),
        Index("ix_settlement_appeals_open", "settlement_id", postgresql_where=text("outcome is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    settlement_id: Mapped[UUID] = mapped_column(ForeignKey("settlements.id"))
    ground: Mapped[str] = mapped_column(comment="code of appeals.AppealGround")
    reason: Mapped[str] = mapped_column(Sealed("settlement_appeals.reason"))
    appealed_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    recorded_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(comment="code of appeals.AppealOutcome; null = open")
    answer: Mapped[str | None] = mapped_column(Sealed("settlement_appeals.answer"))
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    answered_at: Mapped[datetime | None]


class AppealOpen(Conflict):
    code = "appeal_open"
    message = N_("小组对这笔结算的申诉尚未答复")


class NoAppeal(Conflict):
    code = "no_appeal"
    message = N_("本案没有待答复的结算申诉")


async def open_appeal(session: AsyncSession, case_id: UUID) -> Appeal | None:
    query = select(Appeal).where(Appeal.case_id == case_id, Appeal.outcome.is_(None))
    return (await session.scalars(query)).one_or_none()


async def appeals_of(session: AsyncSession, case_id: UUID) -> list[Appeal]:
    return list(await session.scalars(select(Appeal).where(Appeal.case_id == case_id).order_by(Appeal.recorded_at)))


async def refuse_while_open(session: AsyncSession, settlement_id: UUID) -> None:
    query = select(Appeal.id).where(Appeal.settlement_id == settlement_id, Appeal.outcome.is_(None))
    if await session.scalar(query) is not None:
        raise AppealOpen
