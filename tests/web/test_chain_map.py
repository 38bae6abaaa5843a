"""The drawing of a case's way: whatever happened in one day, every stay is seen and its number can be read."""

from datetime import UTC, datetime, timedelta

import pytest

from handover.chain import Stay
from organisation.names_then import OfficeNames
from tenants.tiers import Tier
from web.chain_map import LEFT, RIGHT, THINNEST, WIDTH, chain_map

BEGIN = datetime(2026, 3, 1, 1, tzinfo=UTC)


def stay(since: float, until: float | None) -> Stay:
    """In hours from the beginning."""
    end = None if until is None else BEGIN + timedelta(hours=until)
    return Stay(1, 1, Tier.COUNTY, BEGIN + timedelta(hours=since), end, 0, "handover", None)


@pytest.mark.parametrize("at_the_end", [False, True])
def test_stays_of_one_day_stand_side_by_side_within_the_drawing(at_the_end: bool) -> None:
    brief, long = [stay(hour, hour + 1) for hour in range(5)], stay(5, None)
    stays = [stay(-2000, 0), *brief, stay(5, None)] if at_the_end else [*brief, long]
    now = BEGIN + timedelta(hours=6 if at_the_end else 2000)
    bars = chain_map(stays, OfficeNames({}), now).bars
    assert all(bar.width >= THINNEST for bar in bars)
    assert all(before.end <= after.x for before, after in zip(bars, bars[1:], strict=False))
    assert bars[0].x == LEFT and bars[-1].end == WIDTH - RIGHT
