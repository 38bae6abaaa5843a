"""What ties a person to a dispute (条例28(3), 人民调解法22): being a party, a near relative, of the unit concerned."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.consent import parties_of
from cases.identity_index import PURPOSE, number_in
from cases.models import Case
from cases.parties import Party
from cases.units import UnitRole, units_of
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from tenants.background import Kin

FACTS = text("""
select person_id, open_cases, skills, languages, served, kin
from seating_facts(:case, cast(:people as uuid[]), cast(:blinds as bytea[]))
""")
SHORTEST = 4
"""A name of fewer characters says too little to be found in another."""


class Tie(Choice):
    PARTY = "party", N_("此人就是本案当事人，不得进入小组")
    KIN = "kin", N_("此人是本案当事人的近亲属，不得进入小组")
    UNIT = "unit", N_("此人现在或者曾经在涉事单位任职，不得进入小组")


class Background(Struct, frozen=True):
    """Of one who may be proposed: cases in hand, what they can, and what ties them to this dispute."""

    open_cases: int
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    ties: tuple[Tie, ...]


async def backgrounds(session: AsyncSession, case: Case, people: Iterable[UUID]) -> dict[UUID, Background]:
    """Of all at once, whatever their number. Numbers are compared as keyed digests: none leaves the database."""
    parties = await parties_of(session, case.id)
    units = await _units(session, case, parties)
    found = await session.execute(
        FACTS, {"case": case.id, "people": [str(one) for one in people], "blinds": _blinds(parties)}
    )
    return {
        row.person_id: Background(
            row.open_cases, tuple(row.skills), tuple(row.languages), tuple(_ties(row.kin, row.served, units))
        )
        for row in found
    }


def _blinds(parties: Sequence[Party]) -> list[bytes]:
    numbers = {number for party in parties if (number := number_in(party.identity))}
    return [blind for number in numbers for blind in Sealed.ring().blinds(number, PURPOSE)]


async def _units(session: AsyncSession, case: Case, parties: Sequence[Party]) -> set[str]:
    """Names of the units in dispute. The competent organ is none: it decides, and lends its officials by consent."""
    visited = (await units_of(session, case.id)).get(UnitRole.VISITED)
    names = [party.name for party in parties if party.kind == "unit"]
    return {plain(name) for name in (*names, case.visited_unit, visited and visited.name) if name}


def _ties(kin: Sequence[str], served: Sequence[str], units: set[str]) -> Iterable[Tie]:
    if Kin.SELF in kin:
        yield Tie.PARTY
    if any(one != Kin.SELF for one in kin):
        yield Tie.KIN
    if any(same_unit(plain(place), unit) for place in served for unit in units):
        yield Tie.UNIT


def plain(name: str) -> str:
    """Without spaces and brackets, as names are compared."""
    return "".join(character for character in name if character.isalnum())


def same_unit(one: str, other: str) -> bool:
    """The same, or a branch of it: the longer name begins with the shorter."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= SHORTEST and long.startswith(short))
