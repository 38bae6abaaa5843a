"""Rates as dated data with their clause and source: what a new database begins with, and how they are read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from foundation.choice import Choice
from foundation.language import N_

TARIFF_FILE = Path(__file__).with_name("tariff.json")


class RateKey(Choice):
    """What the payer table and the standard of travel ask for."""

    SUBSIDY_GENERAL = "subsidy.general", N_("办案成本补助：一般案件")
    SUBSIDY_MAJOR = "subsidy.major", N_("办案成本补助：重大疑难案件")
    DISCRETIONARY_GENERAL = "discretionary.general", N_("未达成协议的酌定补助：一般案件")
    DISCRETIONARY_MAJOR = "discretionary.major", N_("未达成协议的酌定补助：重大疑难案件")
    DUTY = "duty.person_day", N_("值班补助")
    AGENCY = "fee.agency", N_("代理费上限")
    MEALS = "travel.meals_day", N_("出差伙食补助")
    TRANSPORT = "travel.transport_day", N_("出差市内交通补助")
    LODGING = "travel.lodging_night", N_("出差住宿费")
    INTERCITY = "travel.intercity", N_("往返城市间交通费")


RATE_NAMES = {key.value: key.label for key in RateKey}
UNDER = {"discretionary.general": "subsidy.general", "discretionary.major": "subsidy.major"}
"""A rate that may stand without one of the level above, because the ceiling of the class bounds it (decision a)."""


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
    """The province's rates; `own`: by tenant, what a prefecture or a county has set inside them."""

    rates: tuple[Rate, ...]
    own: Mapping[int, tuple[Rate, ...]] = {}

    def on(self, key: str, day: date, line: Sequence[int] = ()) -> Rate | None:
        """The rate in force on `day`; None when the data has none (a rule is missing, never a guess).

        `line`: the tenants below the province, from the top down; each may only narrow what holds above it.
        """
        rate = in_force(self.rates, key, day)
        for tenant in line:
            mine = in_force(self.own.get(tenant, ()), key, day)
            if mine is not None and (rate is not None or key in UNDER):
                rate = mine if rate is None else narrowed(rate, mine)
        return rate

    def has_own(self, key: str, day: date) -> bool:
        """Whether it matters for this rate which tenant is asked about."""
        return any(in_force(rates, key, day) for rates in self.own.values())


def in_force(rates: Iterable[Rate], key: str, day: date) -> Rate | None:
    found = (rate for rate in rates if rate.key == key and rate.valid_from <= day)
    return next((rate for rate in found if rate.valid_to is None or day <= rate.valid_to), None)


def narrowed(above: Rate, own: Rate) -> Rate:
    """What the lower level set, as far as the level above still allows it; nothing in common: the level above."""
    least, most = max(above.minimum_fen, own.minimum_fen), min(above.maximum_fen, own.maximum_fen)
    return above if least > most else msgspec.structs.replace(own, minimum_fen=least, maximum_fen=most)


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
