"""How long ahead a day is warned of, and who hears how long after it: data that came with the program."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

FILE = Path(__file__).parent / "data" / "deadline_rules.csv"


class Rung(Struct, frozen=True):
    """`days`: working days after the day; `tiers_up`: above whoever has to answer for it."""

    days: int
    tiers_up: int


class Rule(Struct, frozen=True):
    """`ahead`: calendar days before; terms of the law have their own lead, in the days they are counted in."""

    ahead: int = 0
    rungs: tuple[Rung, ...] = ()


@cache
def rules() -> Mapping[str, Rule]:
    """By the table that has the day. The rungs come in the order of their days."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for source in dict.fromkeys(row["source"] for row in rows):
        mine = [row for row in rows if row["source"] == source]
        rungs = [Rung(int(row["days"]), int(row["tiers_up"])) for row in mine if row["doing"] == "rung"]
        ahead = sum(int(row["days"]) for row in mine if row["doing"] == "ahead")
        found[source] = Rule(ahead, tuple(sorted(rungs, key=lambda rung: rung.days)))
    return found
