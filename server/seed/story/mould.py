"""A told story as bytes with gaps, from which copies are cast: other people, other days, numbers of their own.

A copy keeps what was done, by whom and where. Moved by whole weeks, so that an office day stays an office day and a
term still ends at the end of its day.
"""

import re
import struct
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from cases.reckoning import last_day
from cases.relations import FOREVER
from dossiers.retention import years_later
from foundation.cipher import Keyring, Sealed
from foundation.clock import SHANGHAI, local_date
from foundation.digests import current
from foundation.model import Base
from foundation.working_days import Calendar
from server.seed import lanes
from server.seed.binary import (
    DAY,
    ENCODERS,
    INTEGER,
    JSONB_VERSION,
    MICROSECOND,
    MOMENT,
    NULL,
    SHORT,
    days,
    field,
    microseconds,
    row,
)
from server.seed.gaps import Gaps, Piece, Slots, gaps
from server.seed.invented import person, telephone
from server.seed.lanes import Lanes
from server.seed.numbering import NUMBER, Numbers
from server.seed.story.chain import Entry, Link
from server.seed.story.told import AN_HOUR, Story, Told

LENGTH_OF_ID, LENGTH_OF_MOMENT, LENGTH_OF_DAY = (struct.pack(">i", length) for length in (16, 8, 4))
RANDOM_BITS, LOWER_HALF = 50, 64
"""The twelve before them keep the order of ids that were made in one moment."""
VARIANT = 0x2 << 62
BESIDES_TIME = 16
"""Bits of an id's first half that are not its milliseconds."""
WEEK = timedelta(weeks=1)
LEEWAY = timedelta(minutes=55)
BOUNDS = (time(0), time(23, 59, 59))
"""In Yunnan: a term ends, an oral agreement takes effect."""
NAME = "parties.name"
RECEIPT, OVERDUE, YEAR = "receipt_hash", "overdue_at", "year"
"""Columns that a copy has of its own: a secret nobody was told, what today decides, the year of a booking."""
WORDS = re.compile(
    rf"(?P<number>{NUMBER})|(?P<id>[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})"
    r"|(?P<digest>[0-9a-f]{64}(?![0-9a-f]))|(?P<telephone>1000000\d{4})|(?P<day>(?<!\d)\d{4}-[01]\d-[0-3]\d)"
)
"""What differs in a text from copy to copy. A moment differs in its day alone."""
SHORTEST = 10
"""No word that differs is shorter."""
LENGTHS = {"id": 36, "digest": 64, "telephone": 11, "day": 10}


@cache
def _columns(table: Table) -> list[tuple[str, TypeEngine[Any]]]:
    return [(column.key, column.type) for column in table.columns]


def _placed(ids: Iterable[UUID]) -> Lanes:
    """Each with its place among those of the story, in the order of their making."""
    lower = 2**LOWER_HALF - 2**RANDOM_BITS
    return Lanes([own.int & ~lower | VARIANT | place << RANDOM_BITS for place, own in enumerate(ids)], lanes.ID)


def _moments(found: Iterable[tuple[int, datetime]]) -> tuple[list[int], Lanes]:
    known = list(found)
    return [slot for slot, _ in known], Lanes([microseconds(of) for _, of in known], lanes.LONG)


class Cast(Struct, frozen=True):
    """One copy: its rows by table, and what the audit will say of it."""

    rows: dict[str, bytes]
    links: list[Link]


class Mould:
    """Made once from a story; `cast` then costs a fraction of telling."""

    def __init__(
        self, story: Story, tables: Sequence[Table], audited: Callable[[Told], Entry], keyring: Keyring
    ) -> None:
        self.filed, self.last, self.finished = story.case.filed_at, story.last, story.finished
        self._counted = story.counted
        self._story, self._keyring, self._slots = story, keyring, Slots()
        digests = {stored.hex()[-64:]: stored for stored in story.digests}
        numbers = {taken.text: taken.text for taken in story.taken}
        ids = {str(own): own for own in story.ids}
        self._readers: Mapping[str, Callable[[str], Any]] = {
            "number": numbers.get, "id": ids.get, "digest": digests.get, "telephone": str, "day": date.fromisoformat
        }  # fmt: skip
        """A word as what it stands for; None for one that stays."""
        self._lengths: dict[int, int] = {}
        self._by_weeks: dict[timedelta, list[tuple[int, bytes]]] = {}
        self._made: list[tuple[int, Gaps, Callable[[bytes], bytes]]] = []
        rows: dict[str, list[Base]] = defaultdict(list)
        for one in story.rows:
            rows[one.__tablename__].append(one)
        self._tables = {
            table.name: gaps(piece for one in rows[table.name] for piece in self._row(table, one))
            for table in tables
            if table.name in rows
        }
        self._links = [(microseconds(told.at), audited(told)) for told in story.audited]
        self._case = self._slots.number("id text", story.case.id)
        self._preimages = [(stored, gaps(self._words(plain.decode()))) for stored, plain in story.digests.items()]
        self._number_all()

    def cast(self, random: Random, numbers: Numbers, weeks: int, now: datetime) -> Cast:
        """One copy, moved by `weeks`."""
        values = [b""] * len(self._slots)
        shift = WEEK * weeks
        late = self._late(random, now - shift - self.last)
        self._set_ids(values, random, shift + late)
        self._set_times(values, shift, late, now)
        self._set_people(values, random)
        for slot, taken in self._taken:
            values[slot] = numbers.take(taken.series, taken.station, taken.moment + shift).encode()
        algorithm = current()
        for raw, text, preimage in self._reckoned:
            stored = algorithm.mark + algorithm.of(preimage.filled(values))
            values[raw], values[text] = field(stored), stored.hex()[-64:].encode()
        for slot, plain, finish in self._made:
            values[slot] = finish(plain.filled(values))
        moved, case_id = (shift + late) // MICROSECOND, values[self._case]
        links = [(at + moved, case_id, entry) for at, entry in self._links]
        return Cast({name: rows.filled(values) for name, rows in self._tables.items()}, links)

    def fits(self, weeks: int, days_off: Calendar) -> bool:
        """Whether each term ends on the same day of the week when it is moved so: no holiday comes between."""
        shift = WEEK * weeks
        return all(last_day(term, began + shift, days_off).day == ends + shift for term, began, ends in self._counted)

    # What a mould is made of

    def _row(self, table: Table, one: Base) -> Iterator[Piece]:
        yield row(len(table.columns))
        values = vars(one)
        for name, kind in _columns(table):
            if name == OVERDUE and "due_at" in values:
                yield self._slots.number("overdue", (values["due_at"], values.get("done_at")))
            elif values.get(name) is None:
                yield NULL
            elif name == YEAR:
                yield self._slots.number("year", values["recorded_at"])
            elif name == RECEIPT:
                yield self._slots.number("receipt", values["id"])
            else:
                yield from self._cell(kind, values[name])

    def _cell(self, kind: TypeEngine[Any], value: Any) -> list[Piece]:
        if isinstance(value, int):
            return [field(ENCODERS[type(kind)](value))]
        if isinstance(kind, Sealed):
            return self._sealed(kind.purpose, value)
        if isinstance(kind, JSONB):
            return self._written([JSONB_VERSION, *self._words(msgspec.json.encode(value).decode())])
        if isinstance(value, str):
            return self._written(self._words(value))
        return self._plain(type(kind), value)

    def _plain(self, kind: type, value: Any) -> list[Piece]:
        if isinstance(value, UUID) and value in self._story.ids:
            return [LENGTH_OF_ID, self._slots.number("id", value)]
        if isinstance(value, datetime) and value != FOREVER:
            return [LENGTH_OF_MOMENT, self._slots.number("moment", value)]
        if isinstance(value, date) and not isinstance(value, datetime):
            return [LENGTH_OF_DAY, self._slots.number("day", value)]
        if isinstance(value, bytes) and value in self._story.digests:
            return [self._slots.number("digest", value)]
        return [field(ENCODERS[kind](value))]

    def _sealed(self, purpose: str, value: Any) -> list[Piece]:
        sealing = self._keyring.sealing(purpose)

        def seal(text: bytes) -> bytes:
            return field(sealing(text))

        if purpose == NAME and value in self._story.people:
            return self._composed([b'"', self._slots.number("name", value), b'"'], seal)
        return self._composed(self._words(msgspec.json.encode(value).decode()), seal)

    def _written(self, pieces: list[Piece]) -> list[Piece]:
        """A text as it is; its length is known now where that of each gap is."""
        lengths = [len(piece) if isinstance(piece, bytes) else self._lengths.get(piece, -1) for piece in pieces]
        return self._composed(pieces, field) if -1 in lengths else [INTEGER.pack(sum(lengths)), *pieces]

    def _composed(self, pieces: list[Piece], finish: Callable[[bytes], bytes]) -> list[Piece]:
        """Finished now where nothing in it differs, otherwise for each copy."""
        text = gaps(pieces)
        if not text.values:
            return [finish(text.parts[0])]
        slot = self._slots.number("made", len(self._made))
        self._made.append((slot, text, finish))
        return [slot]

    def _words(self, text: str) -> list[Piece]:
        if len(text) < SHORTEST:
            return [text.encode()]
        pieces: list[Piece] = []
        end = 0
        for found in WORDS.finditer(text):
            pieces += [text[end : found.start()].encode(), self._word(found.lastgroup or "", found.group())]
            end = found.end()
        return [*pieces, text[end:].encode()]

    def _word(self, kind: str, word: str) -> Piece:
        read = self._readers[kind](word)
        if read is None:
            return word.encode()
        slot = self._slots.number(f"{kind} text", read)
        if kind in LENGTHS:
            self._lengths[slot] = LENGTHS[kind]
        return slot

    def _number_all(self) -> None:
        """The slots by what fills them."""
        number, of_kind = self._slots.number, self._slots.of_kind
        self._id_texts = [(slot, number("id", of)) for slot, of in of_kind("id text")]
        self._taken = [(number("number text", taken.text), taken) for taken in self._story.taken]
        self._reckoned = [
            (number("digest", stored), number("digest text", stored), preimage) for stored, preimage in self._preimages
        ]
        ids = sorted(of_kind("id"), key=lambda found: found[1])
        self._ids = [slot for slot, _ in ids], _placed(own for _, own in ids)
        moments = [(slot, of, of.astimezone(SHANGHAI)) for slot, of in of_kind("moment")]
        bounds = [(slot, of, here) for slot, of, here in moments if here.time() in BOUNDS]
        far = [(slot, here) for slot, _, here in bounds if here.date() in self._story.anniversaries]
        self._far = [(slot, self._moved_day(here.date()), here.timetz()) for slot, here in far]
        self._bounds = _moments((slot, of) for slot, of, here in bounds if (slot, here) not in far)
        self._moments = _moments((slot, of) for slot, of, here in moments if here.time() not in BOUNDS)
        latest = max(here.time() for _, _, here in moments if here.time() not in BOUNDS)
        left = datetime.combine(date.min, BOUNDS[1]) - datetime.combine(date.min, latest)
        self._leeway = max(timedelta(0), min(LEEWAY, left))  # what happened within the day's last second stays
        self._overdue = of_kind("overdue")
        self._days = [(slot, self._moved_day(of)) for slot, of in of_kind("day")]
        self._day_texts = [(slot, self._moved_day(of)) for slot, of in of_kind("day text")]
        self._years = of_kind("year")
        self._names, self._telephones = of_kind("name"), of_kind("telephone text")
        self._receipts = of_kind("receipt")

    def _moved_day(self, day: date) -> Callable[[timedelta], date]:
        """A day so many years after another is reckoned from that one."""
        if day in self._story.anniversaries:
            first, years = self._story.anniversaries[day]
            return lambda shift: years_later(first + shift, years)
        return partial(day.__add__)

    # What differs

    def _late(self, random: Random, left: timedelta) -> timedelta:
        """Some seconds, so that copies do not stand on one another; never into the next day, never ahead of now."""
        most = min(self._leeway, left)
        return timedelta(seconds=random.randrange(most // timedelta(seconds=1) + 1))

    def _set_ids(self, values: list[bytes], random: Random, moved: timedelta) -> None:
        slots, ids = self._ids
        higher = (moved // timedelta(milliseconds=1)) << BESIDES_TIME + LOWER_HALF
        for slot, value in zip(slots, ids.moved(higher, random.getrandbits(RANDOM_BITS)), strict=True):
            values[slot] = value
        for slot, raw in self._id_texts:
            text = values[raw].hex()
            values[slot] = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}".encode()

    def _set_times(self, values: list[bytes], shift: timedelta, late: timedelta, now: datetime) -> None:
        """The bounds of days move by whole days, everything else by some seconds more."""
        slots, moments = self._moments
        for slot, value in zip(slots, moments.moved((shift + late) // MICROSECOND), strict=True):
            values[slot] = value
        if shift not in self._by_weeks:
            self._by_weeks[shift] = list(self._of_weeks(shift))
        for slot, value in self._by_weeks[shift]:
            values[slot] = value
        for slot, (due, done) in self._overdue:
            ran_out = due + shift < (done + shift + late if done else now)
            values[slot] = field(MOMENT.pack(microseconds(due + shift + AN_HOUR))) if ran_out else NULL

    def _of_weeks(self, shift: timedelta) -> Iterator[tuple[int, bytes]]:
        """What is the same in all copies that are moved by so many weeks."""
        slots, bounds = self._bounds
        yield from zip(slots, bounds.moved(shift // MICROSECOND), strict=True)
        for slot, far, time_of_day in self._far:
            yield slot, MOMENT.pack(microseconds(datetime.combine(far(shift), time_of_day)))
        for slot, day in self._days:
            yield slot, DAY.pack(days(day(shift)))
        for slot, day in self._day_texts:
            yield slot, day(shift).isoformat().encode()
        for slot, moment in self._years:
            yield slot, field(SHORT.pack(local_date(moment + shift).year))

    def _set_people(self, values: list[bytes], random: Random) -> None:
        for slot, _ in self._names:
            values[slot] = person(random).encode()
        for slot, _ in self._telephones:
            values[slot] = telephone(random).encode()
        for slot, _ in self._receipts:
            values[slot] = field(random.randbytes(32))
