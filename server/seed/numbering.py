"""Numbers of fictitious cases from the same series as real ones, so that the next real case goes on after them."""

from collections import Counter
from datetime import datetime

import asyncpg

from foundation.clock import SHANGHAI
from server.seed.stations import Station

KEEP = """
insert into number_series (series, office_id, year, last) values ($1, $2, $3, $4)
on conflict (series, office_id, year) do update set last = excluded.last
"""


class Numbers:
    """Taken in memory, from where the table stands; `keep` writes back how far they have come."""

    def __init__(self, taken: Counter[tuple[str, int, int]]) -> None:
        self._last = taken

    @classmethod
    async def load(cls, connection: asyncpg.Connection) -> "Numbers":
        await connection.execute("lock table number_series in exclusive mode")
        rows = await connection.fetch("select series, office_id, year, last from number_series")
        return cls(Counter({(row["series"], row["office_id"], row["year"]): row["last"] for row in rows}))

    async def keep(self, connection: asyncpg.Connection) -> None:
        await connection.executemany(KEEP, [(*key, last) for key, last in sorted(self._last.items())])

    def registration(self, desk: Station, moment: datetime) -> str:
        """登记号, as cases.register makes it."""
        year, number = self.next("registration", desk.id, moment)
        return f"{desk.code}-{desk.id:05d}-{year}-{number:05d}"

    def case(self, workroom: Station, moment: datetime) -> str:
        """案号, as teams.stations makes it."""
        year, number = self.next("case", workroom.id, moment)
        return f"云{workroom.code}信调〔{year}〕{number:05d}号"

    def dossier(self, holder: Station, moment: datetime) -> str:
        """卷号, as dossiers.archive makes it: of the committee that owns the dossier."""
        year, number = self.next("dossier", holder.committee_id or holder.id, moment)
        return f"云{holder.code}调卷〔{year}〕{number:05d}号"

    def next(self, series: str, office_id: int, moment: datetime) -> tuple[int, int]:
        year = moment.astimezone(SHANGHAI).year
        self._last[series, office_id, year] += 1
        return year, self._last[series, office_id, year]
