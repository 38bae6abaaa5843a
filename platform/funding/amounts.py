"""The bounds of an amount in fen: from the tariff of the day or from the amount that is on file."""

from datetime import date

import msgspec

from funding.facts import Facts
from funding.rows import Amount
from funding.tariff import Rate, Tariff
from funding.words import Fee


class Bounds(msgspec.Struct, frozen=True):
    minimum_fen: int
    maximum_fen: int


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
        return _on_file(amount, facts, tariff.on("fee.agency", day))
    key = "duty.person_day" if amount in (Amount.PERSON_DAYS, Amount.ONE_PERSON_DAY) else f"subsidy.{facts.case_class}"
    rate = tariff.on(key, day)
    return NoRate(key) if rate is None else _by_rate(amount, facts, rate)


def _on_file(amount: Amount, facts: Facts, agency_ceiling: Rate | None) -> Bounds:
    fen: int = getattr(facts, ON_FILE.get(amount, "actual_fen"))
    if facts.fee is Fee.AGENCY and agency_ceiling is not None:
        fen = min(fen, agency_ceiling.maximum_fen)
    if amount is not Amount.REDUCED:
        return Bounds(fen, fen)
    left = facts.after_aid_fen
    return Bounds(0, fen) if left is None else Bounds(min(left, fen), min(left, fen))


def _by_rate(amount: Amount, facts: Facts, rate: Rate) -> Bounds:
    match amount:
        case Amount.DISCRETIONARY:
            return Bounds(0, rate.maximum_fen)
        case Amount.DIFFERENCE:
            paid = facts.paid_before_fen or 0
            return Bounds(max(0, rate.minimum_fen - paid), max(0, rate.maximum_fen - paid))
        case Amount.PERSON_DAYS:
            days = facts.person_days or 0
            return Bounds(rate.minimum_fen * days, rate.maximum_fen * days)
        case _:
            return Bounds(rate.minimum_fen, rate.maximum_fen)
