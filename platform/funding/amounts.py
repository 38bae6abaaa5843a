"""The bounds of an amount in fen: from the tariff of the day or from the amount that is on file."""

from datetime import date

import msgspec

from funding.facts import Facts
from funding.rows import Amount
from funding.tariff import Rate, Tariff
from funding.words import Fee
from tenants.tiers import Tier


class Bounds(msgspec.Struct, frozen=True):
    """`rate`: the dated rate they come from, if they come from one."""

    minimum_fen: int
    maximum_fen: int
    rate: Rate | None = None


class NoFacts(msgspec.Struct, frozen=True):
    """These facts are needed to say how much."""

    facts: tuple[str, ...]


class NoRate(msgspec.Struct, frozen=True):
    """The tariff has no rate of this key in force on the day."""

    key: str


NOTHING = Bounds(0, 0)

ON_FILE = {
    Amount.ACTUAL: "actual_fen",
    Amount.ALLOCATED: "allocated_fen",
    Amount.STANDARD: "standard_fen",
    Amount.YEARLY_ALLOCATION: "allocation_fen",
    Amount.LAST_YEAR: "last_year_fen",
}
NEEDED = {amount: (name,) for amount, name in ON_FILE.items()} | {
    Amount.REDUCED: ("actual_fen",),
    Amount.BY_CLASS: ("case_class",),
    Amount.DISCRETIONARY: ("case_class",),
    Amount.DIFFERENCE: ("case_class", "paid_before_fen"),
    Amount.PERSON_DAYS: ("person_days",),
    Amount.ONE_PERSON_DAY: (),
}


def find_bounds(amount: Amount, facts: Facts, tariff: Tariff, day: date) -> Bounds | NoFacts | NoRate:
    """Never more than the tariff's ceiling; never a number that nobody has put on file."""
    missing = tuple(name for name in NEEDED[amount] if getattr(facts, name) is None)
    if missing:
        return NoFacts(missing)
    if amount in ON_FILE or amount is Amount.REDUCED:
        ceiling = _rate("fee.agency", facts, tariff, day) if facts.fee is Fee.AGENCY else None
        return ceiling if isinstance(ceiling, NoFacts) else _on_file(amount, facts, ceiling)
    key = "duty.person_day" if amount in (Amount.PERSON_DAYS, Amount.ONE_PERSON_DAY) else f"subsidy.{facts.case_class}"
    rate = _rate(key, facts, tariff, day)
    if rate is None or isinstance(rate, NoFacts):
        return rate or NoRate(key)
    if amount is Amount.DISCRETIONARY:
        return _discretionary(facts, tariff, day, rate)
    return _by_rate(amount, facts, rate)


def line_of(facts: Facts) -> tuple[int, ...] | NoFacts:
    """The holder's tenants below the province that may have rates of their own, from the top down."""
    if facts.tier is None:
        return NoFacts(("tier",))
    if facts.tier is Tier.PROVINCE:
        return ()
    names = ("prefecture",) if facts.tier is Tier.PREFECTURE else ("prefecture", "county")
    missing = tuple(name for name in names if getattr(facts, name) is None)
    return NoFacts(missing) if missing else tuple(getattr(facts, name) for name in names)


def _rate(key: str, facts: Facts, tariff: Tariff, day: date) -> Rate | NoFacts | None:
    """Whose holder it is matters only where some tenant has a rate of its own."""
    line = line_of(facts) if tariff.has_own(key, day) else ()
    return line if isinstance(line, NoFacts) else tariff.on(key, day, line)


def _discretionary(facts: Facts, tariff: Tariff, day: date, ceiling: Rate) -> Bounds | NoFacts:
    """适当: up to the ceiling of the class, or what the level has set below it (decision a)."""
    rate = _rate(f"discretionary.{facts.case_class}", facts, tariff, day)
    if isinstance(rate, NoFacts):
        return rate
    if rate is None:
        return Bounds(0, ceiling.maximum_fen, ceiling)
    most = min(rate.maximum_fen, ceiling.maximum_fen)
    return Bounds(min(rate.minimum_fen, most), most, rate)


def _on_file(amount: Amount, facts: Facts, agency_ceiling: Rate | None) -> Bounds:
    fen: int = getattr(facts, ON_FILE.get(amount, "actual_fen"))
    if agency_ceiling is not None:
        fen = min(fen, agency_ceiling.maximum_fen)
    if amount is not Amount.REDUCED:
        return Bounds(fen, fen, agency_ceiling)
    left = facts.after_aid_fen
    return Bounds(0, fen) if left is None else Bounds(min(left, fen), min(left, fen))


def _by_rate(amount: Amount, facts: Facts, rate: Rate) -> Bounds:
    match amount:
        case Amount.DIFFERENCE:
            paid = facts.paid_before_fen or 0
            return Bounds(max(0, rate.minimum_fen - paid), max(0, rate.maximum_fen - paid), rate)
        case Amount.PERSON_DAYS:
            days = facts.person_days or 0
            return Bounds(rate.minimum_fen * days, rate.maximum_fen * days, rate)
        case _:
            return Bounds(rate.minimum_fen, rate.maximum_fen, rate)
