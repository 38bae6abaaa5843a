"""Numbers without gaps: one row per series, office and year, locked until commit (decisions.md 20)."""

from sqlalchemy import Integer, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import SHANGHAI
from foundation.model import Base
from foundation.store import instant


class NumberSeries(Base):
    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(primary_key=True, comment="registration | case | deed | agreement | dossier …")
    office_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)


async def next_number(session: AsyncSession, series: str, office_id: int) -> tuple[int, int]:
    """(year in Yunnan, next number of the series at this office); released by the transaction's end."""
    year = instant(session).astimezone(SHANGHAI).year
    number = await session.execute(NEXT, {"series": series, "office": office_id, "year": year})
    return year, number.scalar_one()


NEXT = text("""
insert into number_series as n (series, office_id, year, last) values (:series, :office, :year, 1)
on conflict (series, office_id, year) do update set last = n.last + 1 returning last
""")
