"""What happened to an order, one row for each: urged, asked, replied, judged. Nothing of it is ever overwritten."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Uuid, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from oversight.models import Order
from tenants.subject import Subject


class OrderDeed(Choice):
    URGED = "urged", N_("催办")
    REPLIED = "replied", N_("回复")
    ASKED = "asked", N_("申请延期")
    GRANTED = "granted", N_("同意延期")
    DECLINED = "declined", N_("不同意延期")
    REFUSED = "refused", N_("不予销号")
    STRUCK_OFF = "struck_off", N_("销号")
    ESCALATED = "escalated", N_("逾期，已告知上级督办机构")


class OrderEntry(Base):
    """`deadline`: asked for or granted. A unit's reply is recorded by the petition office, with its paper's number."""

    __tablename__ = "order_entries"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("supervision_orders.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    deed: Mapped[str] = mapped_column(comment="code of order_entries.OrderDeed")
    words: Mapped[str | None] = mapped_column(Sealed("order_entries.words"))
    proof: Mapped[str | None] = mapped_column(comment="the paper that proves it, by name and number")
    evidence_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="pieces of the case's evidence")
    deadline: Mapped[datetime | None]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"), comment="who did it, or was told")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


def note(
    session: AsyncSession,
    subject: Subject,
    order: Order,
    deed: OrderDeed,
    *,
    words: str | None = None,
    proof: str | None = None,
    evidence: Sequence[UUID] = (),
    deadline: datetime | None = None,
) -> None:
    now = instant(session)
    session.add(
        OrderEntry(
            id=new_id(now),
            order_id=order.id,
            case_id=order.case_id,
            deed=deed.value,
            words=words,
            proof=proof,
            evidence_ids=list(evidence),
            deadline=deadline,
            office_id=subject.office_id,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
    )


async def entries_of(session: AsyncSession, case_id: UUID) -> Sequence[OrderEntry]:
    """Of all orders of the case, oldest first."""
    query = select(OrderEntry).where(OrderEntry.case_id == case_id).order_by(OrderEntry.recorded_at, OrderEntry.id)
    return (await session.scalars(query)).all()
