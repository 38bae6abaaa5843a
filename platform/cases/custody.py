"""Who held a case, and since when: every change of holder is one row, which the database itself writes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class CustodyMove(Base):
    """Written by the function `carry_custody` alone (migration 0039). A case without a row never moved."""

    __tablename__ = "custody_moves"
    __table_args__ = (
        Index("ix_custody_moves_from", "from_tenant_id", "recorded_at"),
        Index("ix_custody_moves_to", "to_tenant_id", "recorded_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="of the case's moves, from 1")
    from_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    from_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    to_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    to_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    source: Mapped[str] = mapped_column(comment="the row that made it: table:id")
    recorded_at: Mapped[datetime]


async def moves_of(session: AsyncSession, case_id: UUID) -> Sequence[CustodyMove]:
    """Oldest first: each takes up where the one before ended, and the last one ends at the present holder."""
    query = select(CustodyMove).where(CustodyMove.case_id == case_id).order_by(CustodyMove.number)
    return (await session.scalars(query)).all()
