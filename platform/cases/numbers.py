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
    year, numbers = await next_numbers(session, series, office_id, 1)
    return year, numbers[0]


async def next_numbers(session: AsyncSession, series: str, office_id: int, count: int) -> tuple[int, range]:
    """(year in Yunnan, so many next numbers of the series at this office), for who needs several at once."""
    year = instant(session).astimezone(SHANGHAI).year
    asked = {"series": series, "office": office_id, "year": year, "count": count}
    last = (await session.execute(NEXT, asked)).scalar_one()
    return year, range(last - count + 1, last + 1)


NEXT = text("""
insert into number_series as n (series, office_id, year, last) values (:series, :office, :year, :count)
on conflict (series, office_id, year) do update set last = n.last + excluded.last returning last
""")
