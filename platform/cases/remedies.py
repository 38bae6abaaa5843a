"""The remedy clock: terms of the law that run from when a person knew, whatever mediation does (domain.md 13.2).

Known only as far as the person says since when; a term that can't be reckoned is not shown, rather than guessed.
"""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.models import Case
from cases.registration_form import ClaimRow
from cases.suitability import Nature, Way
from foundation.clock import SHANGHAI

TERMS_OF_NATURE: dict[Nature, tuple[str, ...]] = {
    Nature.INJURY: ("civil_limitation",),
    Nature.CONTRACT: ("civil_limitation",),
    Nature.LAND_USE: ("civil_limitation",),
    Nature.OTHER_CIVIL: ("civil_limitation",),
    Nature.EXPROPRIATION: ("reconsideration", "administrative_suit"),
    Nature.ADMINISTRATIVE: ("reconsideration", "administrative_suit"),
}
"""None for rights that do not lapse so, and for what a court already has before it."""
LABOUR_DISPUTES = frozenset({10, 11})
"""Dispute types: unpaid wages of migrant workers, other labour disputes."""
TERM_OF_WAY = {
    Way.RECONSIDERATION: "reconsideration",
    Way.ADMINISTRATIVE_SUIT: "administrative_suit",
    Way.CIVIL_SUIT: "civil_limitation",
}


def known(dispute_type: int, claims: Sequence[ClaimRow]) -> dict[str, datetime]:
    """Which terms run, and since when: one term of each kind, from the earliest day that any of its claims names."""
    since: dict[str, date] = {}
    for claim in claims:
        if claim.known_on is not None:
            for kind in _kinds(claim.nature, dispute_type):
                since[kind] = min(claim.known_on, since.get(kind, claim.known_on))
    return {kind: datetime.combine(day, time(), SHANGHAI) for kind, day in since.items()}


async def start_named(session: AsyncSession, case: Case, way: str | None, last_day: date | None) -> None:
    """The way named in a refusal, up to the last day that it names."""
    kind = TERM_OF_WAY.get(Way(way)) if way else None
    if kind is not None and last_day is not None:
        await timers.start(session, case, kind, due=datetime.combine(last_day, time(23, 59, 59), SHANGHAI))


def _kinds(nature: Nature, dispute_type: int) -> tuple[str, ...]:
    if nature is Nature.CONTRACT and dispute_type in LABOUR_DISPUTES:
        return ("labour_arbitration",)
    return TERMS_OF_NATURE.get(nature, ())
