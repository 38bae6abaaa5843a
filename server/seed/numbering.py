"""Numbers of fictitious cases from the same series as real ones, so that the next real case goes on after them."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

import asyncpg

from foundation.clock import SHANGHAI
from funding.bill_raising import bill_number
from server.seed.stations import Station

KEEP = """
insert into number_series (series, office_id, year, last) values ($1, $2, $3, $4)
on conflict (series, office_id, year) do update set last = excluded.last
"""


Office = Callable[[Station], int]
Text = Callable[[Station, int, int], str]


def _own(station: Station) -> int:
    return station.id


SERIES: Mapping[str, tuple[Office, Text]] = {
    "registration": (_own, lambda desk, year, number: f"{desk.code}-{desk.id:05d}-{year}-{number:05d}"),
    "case": (_own, lambda workroom, year, number: f"云{workroom.code}信调〔{year}〕{number:05d}号"),
    "deed": (_own, lambda holder, year, number: f"委〔{year}〕{holder.id:05d}-{number:05d}号"),
    "agreement": (_own, lambda committee, year, number: f"（{year}）人调字第{committee.id}-{number:05d}号"),
    "bill": (_own, lambda holder, year, number: bill_number(year, holder.id, number)),
    "dossier": (
        lambda holder: holder.committee_id or holder.id,
        lambda holder, year, number: f"云{holder.code}调卷〔{year}〕{number:05d}号",
    ),
}
"""Whose series it is and how a number is written: 登记号 (cases.opening), 案号 (teams.stations), cases.entrustment,
teams.seal, funding.bill_raising, and 卷号 of the committee that owns the dossier (dossiers.archive)."""

NUMBER = (
    r"\d{6}-\d{5}-\d{4}-\d{5,}|云\d{6}(?:信调|调卷)〔\d{4}〕\d{5,}号|委〔\d{4}〕\d{5}-\d{5,}号"
    r"|（\d{4}）人调字第\d+-\d{5,}号|账〔\d{4}〕\d+-\d{5,}号"
)
"""How a number of any series looks, as a regular expression."""


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

    def take(self, series: str, station: Station, moment: datetime) -> str:
        """The next number of the series, as its room writes it."""
        office, text = SERIES[series]
        key = (series, office(station), moment.astimezone(SHANGHAI).year)
        self._last[key] += 1
        return text(station, key[2], self._last[key])
