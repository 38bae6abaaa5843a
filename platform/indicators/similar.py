"""Hints from disputes of the same type (obligation 53): how they ended and how long they took, from counters.

Advisory, with its source. By type and place alone: no case is shown in another, nothing is about a person (N1), small
figures are hidden, and nothing that decides reads it (N9).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from indicators.hiding import LEAST, hide
from tenants.models import Place

WITHIN = 10_000
"""Newest cases of the prefecture in which outcomes are looked for (decisions.md 22)."""
PLACES = text("select place_id, ending, cases from similar_places(:case)")
ENDS = text("select outcome, cases, days from similar_ends(:case, :within) order by outcome")
ENDINGS = ("settled", "refused", "")


class SimilarArea(Struct, frozen=True):
    """A county, prefecture or province. None = too few to be told. `settled` and `refused` are parts of `cases`."""

    name: str
    cases: int | None
    settled: int | None
    refused: int | None


class SimilarEnd(Struct, frozen=True):
    """`days`: the middle one of those from acceptance to the end; None = too few."""

    outcome: str
    cases: int
    days: int


class Similar(Struct, frozen=True):
    """`areas` from the lowest up; `ends` among the newest `within` of the holder's prefecture."""

    dispute_type: int
    areas: tuple[SimilarArea, ...]
    ends: tuple[SimilarEnd, ...]
    within: int


async def similar(session: AsyncSession, case: Case) -> Similar:
    """For whoever reads the case; the gate has been asked."""
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for place, ending, cases in await session.execute(PLACES, {"case": case.id}):
        counted[place][ending] = cases
    at = await session.get_one(Place, case.place_id)
    line = [one for one in (at.county_id, at.prefecture_id, at.province_id) if one in counted]
    found = await session.execute(select(Place.id, Place.name).where(Place.id.in_(line)))
    names = {place: name for place, name in found}
    ends = await session.execute(ENDS, {"case": case.id, "within": WITHIN})
    return Similar(
        dispute_type=case.dispute_type,
        areas=_areas([(names[one], counted[one]) for one in line if one is not None]),
        ends=tuple(SimilarEnd(*row) for row in ends if row.cases >= LEAST),
        within=WITHIN,
    )


def _areas(line: Sequence[tuple[str, Mapping[str, int]]]) -> tuple[SimilarArea, ...]:
    """From the lowest up; each is told only as far as what it has beside the one told below is not too few itself."""
    areas: list[SimilarArea] = []
    below = [0] * len(ENDINGS)
    for name, cases in line:
        counts = [cases.get(ending, 0) for ending in ENDINGS]
        beside = [count - known for count, known in zip(counts, below, strict=True)]
        if sum(counts) < LEAST or 0 < sum(beside) < LEAST:
            areas.append(SimilarArea(name, None, None, None))
            continue
        both = zip(counts, hide(counts), hide(beside), strict=True)
        settled, refused, _ = (None if None in (own, more) else count for count, own, more in both)
        areas.append(SimilarArea(name, sum(counts), settled, refused))
        below = counts
    return tuple(areas)
