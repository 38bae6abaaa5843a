"""The case's way through offices as a drawing: one lane a tier, time from left to right, a bar for each stay.

Positions are attributes of the drawing, never styles: the pages' Content-Security-Policy allows none. What it shows
stands in a table beside it too.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from handover.chain import Stay
from organisation.names_then import OfficeNames
from tenants.tiers import TIER_NAMES, Tier

LEFT, RIGHT, WIDTH = 120, 20, 1000
LANE, BAR, TOP = 64, 24, 8
THINNEST = 24
"""Of a bar: a stay of an hour is still seen, and its number stands clear of the next one's."""
ROOM = 120
LANES = (Tier.PROVINCE, Tier.PREFECTURE, Tier.COUNTY, Tier.TOWNSHIP)


class Bar(Struct, frozen=True):
    """One stay; `number` is its row in the table."""

    number: int
    office: str
    x: int
    y: int
    width: int
    since: datetime
    until: datetime | None
    days: int
    tier: str
    came_by: str
    loop: str | None

    @property
    def end(self) -> int:
        return self.x + self.width

    @property
    def told(self) -> bool:
        """Whether there is room for more than the number above it."""
        return self.width >= ROOM

    @property
    def middle(self) -> int:
        return self.y + BAR // 2


class Lane(Struct, frozen=True):
    """`y` is its line, below its bars."""

    name: str
    y: int


class ChainMap(Struct, frozen=True):
    bars: list[Bar]
    lanes: list[Lane]
    height: int

    @property
    def moves(self) -> list[tuple[Bar, Bar]]:
        return list(zip(self.bars, self.bars[1:], strict=False))


def chain_map(stays: Sequence[Stay], offices: OfficeNames, now: datetime) -> ChainMap:
    """Lanes only of tiers that held the case, from the province down; offices by their names of that time."""
    tiers = [tier for tier in LANES if any(stay.tier == tier for stay in stays)]
    height = {str(tier): TOP + number * LANE for number, tier in enumerate(tiers)}
    across = _scale(stays, now)
    bars = [
        Bar(
            number=number,
            office=offices.at(stay.office_id, stay.since),
            x=across(number - 1, stay.since),
            y=height[str(stay.tier)] + LANE - BAR - 8,
            width=across(number, stay.until or now) - across(number - 1, stay.since),
            since=stay.since,
            until=stay.until,
            days=stay.days,
            tier=str(stay.tier),
            came_by=stay.came_by,
            loop=stay.loop,
        )
        for number, stay in enumerate(stays, 1)
    ]
    lanes = [Lane(TIER_NAMES[tier], height[str(tier)] + LANE) for tier in tiers]
    return ChainMap(bars, lanes, TOP + len(tiers) * LANE + 4)


def _scale(stays: Sequence[Stay], now: datetime) -> Callable[[int, datetime], int]:
    """Where a moment stands that so many stays came before: each has its least width, time shares out the rest."""
    begin = stays[0].since
    whole = max((stays[-1].until or now) - begin, timedelta(hours=1))
    room = WIDTH - LEFT - RIGHT
    least = min(THINNEST, room / len(stays))
    free = room - least * len(stays)
    return lambda before, moment: LEFT + round(least * before + free * ((moment - begin) / whole))
