"""The dated rates as the levels keep them: one in force only gets an end, a new one begins after its approval.

The application reads them and never writes: what two heads have approved is put in force by the database (0050).
"""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base
from funding.tariff import RATE_NAMES, Rate, Tariff
from funding.tariff_changes import TariffChange


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
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenants.id"), comment="null = the province's, for all")
    change_id: Mapped[UUID | None] = mapped_column(ForeignKey(TariffChange.id), comment="null = shipped")


async def tariff(session: AsyncSession) -> Tariff:
    """All rates, past and future ones too: a cost is decided by those of its own day."""
    columns = (getattr(TariffRate, name) for name in Rate.__struct_fields__)
    query = select(TariffRate.tenant_id, *columns).order_by(TariffRate.key, TariffRate.valid_from)
    shared: list[Rate] = []
    own: dict[int, list[Rate]] = {}
    for tenant, *values in await session.execute(query):
        (shared if tenant is None else own.setdefault(tenant, [])).append(Rate(*values))
    return Tariff(tuple(shared), {tenant: tuple(rates) for tenant, rates in own.items()})
