"""The dated rates as the province keeps them: one in force only gets an end, a new one begins after today.

The database holds that (0016_office), whichever ORM writes; the operators' office is where they are changed.
"""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Integer, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base
from funding.tariff import RATE_NAMES, Rate, Tariff


class TariffRate(Base):
    """See `Rate`."""

    __tablename__ = "tariff_rates"
    __table_args__ = (
        CheckConstraint("0 <= minimum_fen and minimum_fen <= maximum_fen", name="range"),
        CheckConstraint("valid_from <= valid_to", name="term"),
        CheckConstraint(f"key in {tuple(RATE_NAMES)}", name="known"),
        Index("ix_tariff_rates_key", "key", "valid_from"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    key: Mapped[str]
    minimum_fen: Mapped[int] = mapped_column(BigInteger)
    maximum_fen: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str]
    clause: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(comment="the last day, included")


async def tariff(session: AsyncSession) -> Tariff:
    """All rates, past and future ones too: a cost is decided by those of its own day."""
    columns = (getattr(TariffRate, name) for name in Rate.__struct_fields__)
    rows = await session.execute(select(*columns).order_by(TariffRate.key, TariffRate.valid_from))
    return Tariff(tuple(Rate(*row) for row in rows))
