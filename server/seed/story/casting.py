"""Many whole histories: a few are told, and each is cast again and again for other people on other days."""

from bisect import bisect
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from random import Random

from msgspec import Struct, field
from sqlalchemy import Table

from cases.catalogue import Catalogue
from foundation.cipher import Keyring
from foundation.model import Base
from foundation.working_days import Calendar
from policies.actions import Action
from server.seed.copying import Loading
from server.seed.numbering import Numbers
from server.seed.stations import Stations
from server.seed.story.chain import Chains, Entry, Link, append, entry
from server.seed.story.mould import WEEK, Mould
from server.seed.story.teller import tell
from server.seed.story.told import Told

TOLD = 40
"""So many stories are known at a time, the latest; every case is a copy of one of them."""
NEAREST = 8
"""A copy is of one of so many that were registered about its time."""
SPREAD = 6
"""So many weeks to either side, so that the copies of one case lie apart."""
WEEKS_WAITING = 4
"""A case that still goes on is at most so much older than the one it is a copy of."""


class Batch(Struct, frozen=True):
    """Rows of whole cases, by table, as COPY takes them, and their entries in the audit."""

    cases: int
    rows: Mapping[str, bytes]
    audit: bytes


@cache
def tables() -> Sequence[Table]:
    """Every table that a story may write, parents first."""
    return [table for table in Base.metadata.sorted_tables if table.name == "cases" or "case_id" in table.columns]


class Caster(Struct):
    """What every history is made from; `random` alone decides what it becomes."""

    random: Random
    stations: Stations
    numbers: Numbers
    chains: Chains
    keyring: Keyring
    catalogue: Catalogue
    now: datetime
    days_off: Calendar
    fresh: int = TOLD
    """So many are told anew for each portion."""
    moulds: deque[Mould] = field(default_factory=lambda: deque(maxlen=TOLD))

    def cast(self, moments: Sequence[datetime]) -> Batch:
        """One case for each moment of registration, or near it."""
        self._tell(moments)
        rows: dict[str, list[bytes]] = defaultdict(list)
        links: list[Link] = []
        for mould, weeks in self._chosen(moments):
            made = mould.cast(self.random, self.numbers, weeks, self.now)
            links += made.links
            for table, data in made.rows.items():
                rows[table].append(data)
        joined = {table: b"".join(data) for table, data in rows.items()}
        return Batch(len(moments), joined, self.chains.rows(links))

    def _tell(self, moments: Sequence[datetime]) -> None:
        """Stories spread over the moments; the oldest are forgotten."""
        told = min(self.fresh if self.moulds else TOLD, len(moments))
        for index in range(told):
            story = tell(self.random, self.stations, moments[index * len(moments) // told], self.now)
            self.moulds.append(Mould(story, tables(), self._audited, self.keyring))

    def _audited(self, told: Told) -> Entry:
        """As `cases.timeline` writes it: registering is no act of the catalogue."""
        registered = told.act == "register"
        action = Action.CASE_REGISTER if registered else self.catalogue[told.act].action
        return entry(told.tenant_id, told.by.person_id, told.by.id, action, {} if registered else {"act": told.act})

    def _chosen(self, moments: Sequence[datetime]) -> list[tuple[Mould, int]]:
        """A mould for each moment and the weeks to move it by, in the order of the registrations to come."""
        if len(moments) <= TOLD:
            return [(mould, self._fitting(mould, 0)) for mould in list(self.moulds)[-len(moments) :]]
        moulds, filed = list(self.moulds), [mould.filed for mould in self.moulds]
        chosen = []
        for moment in moments:
            first = max(0, min(bisect(filed, moment) - NEAREST // 2, len(moulds) - NEAREST))
            mould = moulds[first + self.random.randrange(min(NEAREST, len(moulds)))]
            chosen.append((mould, self._weeks(mould, moment)))
        return sorted(chosen, key=lambda one: one[0].filed + WEEK * one[1])

    def _weeks(self, mould: Mould, moment: datetime) -> int:
        """To about that moment; nothing lies ahead, and who still waits has not waited for months."""
        about = round((moment - mould.filed) / WEEK) + self.random.randint(-SPREAD, SPREAD)
        wanted = min(about, (self.now - mould.last) // WEEK)
        return self._fitting(mould, wanted if mould.finished else max(wanted, -WEEKS_WAITING))

    def _fitting(self, mould: Mould, weeks: int) -> int:
        """So many, or the next fewer in which no holiday changes a term; before the known years there are none."""
        while not mould.fits(weeks, self.days_off):
            weeks -= 1
        return weeks


async def store(loading: Loading, batch: Batch) -> None:
    """The rows, parents first, and the audit chains go on."""
    for table in tables():
        if table.name in batch.rows:
            await loading.copy_binary(table.name, [column.name for column in table.columns], batch.rows[table.name])
    await append(loading, batch.audit)
