"""Whose finance pays: the tier and tenant of FIN(t) once its rows are read."""

import msgspec

from funding.answers import FactsMissing
from funding.reading import Reading
from tenants.tiers import Tier


class Budget(msgspec.Struct, frozen=True):
    """`tenant` whose finance pays; `place` the county that 属地 points to when it is another one."""

    tier: Tier
    tenant: int | None
    place: int | None


def find_budget(reading: Reading) -> Budget | FactsMissing:
    """A township has no fund (六(四)7): its county's finance pays."""
    facts = reading.facts
    if facts.tier is None:
        return reading.lacks("FIN", ("tier",))
    if reading.by_place:
        return Budget(Tier.COUNTY, facts.place_county, facts.place_county)
    other = facts.place_county if facts.place_differs else None
    if facts.tier is Tier.TOWNSHIP:
        return Budget(Tier.COUNTY, facts.county, other)
    return Budget(facts.tier, facts.tenant, other)
