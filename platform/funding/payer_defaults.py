"""The province's choices where the text is silent, as it keeps them: dated, each with its reason and its approval."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Integer, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base
from funding.defaults import Default, Defaults
from funding.tariff_changes import TariffChange


class PayerDefault(Base):
    """See `Default`. Only the database writes it, when two heads have approved a change (0050)."""

    __tablename__ = "payer_defaults"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_to", name="term"),
        UniqueConstraint("row", "valid_from"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    row: Mapped[str] = mapped_column(comment="open row of the payer table")
    choice: Mapped[str] = mapped_column(comment="one of those that the row offers")
    reason: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(comment="the last day, included")
    change_id: Mapped[UUID | None] = mapped_column(ForeignKey(TariffChange.id), comment="null = shipped")


async def defaults(session: AsyncSession) -> Defaults:
    """All of them: a cost is decided by those of its own day."""
    columns = (getattr(PayerDefault, name) for name in Default.__struct_fields__)
    rows = await session.execute(select(*columns).order_by(PayerDefault.row, PayerDefault.valid_from))
    return Defaults(tuple(Default(*values) for values in rows))
