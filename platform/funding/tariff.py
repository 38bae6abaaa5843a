"""Rates as dated data with their clause and source: what a new database begins with, and how they are read."""

from datetime import date
from pathlib import Path

import msgspec

from foundation.language import N_

TARIFF_FILE = Path(__file__).with_name("tariff.json")
RATE_NAMES = {
    "subsidy.general": N_("办案成本补助：一般案件"),
    "subsidy.major": N_("办案成本补助：重大疑难案件"),
    "duty.person_day": N_("值班补助"),
    "fee.agency": N_("代理费上限"),
}
"""Every key that the payer table asks for."""


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A range in fen for one `unit`, in force from `valid_from` to `valid_to`, both days included."""

    key: str
    minimum_fen: int
    maximum_fen: int
    unit: str
    clause: str
    source: str
    valid_from: date
    valid_to: date | None

    def __post_init__(self) -> None:
        if not 0 <= self.minimum_fen <= self.maximum_fen:
            raise ValueError(f"tariff {self.key}: minimum and maximum must be 0 <= minimum <= maximum, in fen")


class Tariff(msgspec.Struct, frozen=True):
    rates: tuple[Rate, ...]

    def on(self, key: str, day: date) -> Rate | None:
        """The rate in force on `day`; None when the data has none (a rule is missing, never a guess)."""
        for rate in self.rates:
            if rate.key == key and rate.valid_from <= day and (rate.valid_to is None or day <= rate.valid_to):
                return rate
        return None


def load_tariff(path: Path = TARIFF_FILE) -> Tariff:
    """Raises msgspec.ValidationError naming the bad place; ValueError when two rates of a key overlap."""
    rates = msgspec.json.decode(path.read_bytes(), type=tuple[Rate, ...])
    for i, rate in enumerate(rates):
        for other in rates[i + 1 :]:
            if rate.key == other.key and _overlap(rate, other):
                raise ValueError(f"tariff {rate.key}: two rates in force on the same day")
    return Tariff(rates)


def _overlap(one: Rate, other: Rate) -> bool:
    return one.valid_from <= (other.valid_to or date.max) and other.valid_from <= (one.valid_to or date.max)
