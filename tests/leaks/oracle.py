"""What the rules allow a subject, reckoned here from rules.csv: no code of the gate has a part in it."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from tests.leaks.canaries import Canary
from tests.policies.oracle import RULES

BY_PLACE = frozenset({"holds", "houses", "oversees", "governs", "manages", "keeps"})
PARTY_TIER = "-"


class Cell(Struct, frozen=True):
    """One role at one tier in one relation: what the rules speak about."""

    role: str
    tier: str
    relation: str


def cells() -> dict[Cell, frozenset[str]]:
    """Every cell near a case, with its actions."""
    found: dict[Cell, set[str]] = {}
    for rule in RULES:
        for role in rule["roles"]:
            for tier in rule["tiers"]:
                for relation in rule["relations"] - {"none"}:
                    found.setdefault(Cell(role, tier, relation), set()).update(rule["actions"])
    return {cell: frozenset(actions) for cell, actions in found.items()}


def allowed(tier: str, pairs: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Relations add up; `pairs` are (role, relation)."""
    table = cells()
    return frozenset().union(*(table.get(Cell(role, tier, relation), frozenset()) for role, relation in pairs))


def may_see(canary: Canary, actions: frozenset[str], *, preview: bool = False) -> bool:
    """Whether some field group of the canary is the reader's. `apart` and `warning` are read by rights of their own."""
    words = {f"case:read.{group}" for group in canary.groups} | ({"case:read"} if "read" in canary.groups else set())
    return bool(words & actions) or (preview and "preview" in canary.groups)


def is_later(canary: Canary, cut: datetime | None) -> bool:
    """Written after the reader's sight of the case was cut."""
    return cut is not None and canary.at is not None and canary.at >= cut
