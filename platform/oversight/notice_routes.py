"""Who hears of what: the routing that came with the program, one row for a fact and a circle of readers."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

from oversight.notice_kinds import NoticeKind
from policies.relations import Relation
from tenants.roles import ROLE_NAMES

FILE = Path(__file__).parent / "data" / "notice_routes.csv"
NAMED_OFFICE = "office"
"""`who` of a row that concerns the offices named in the message itself."""
EVERY_ROLE = "*"
WHO = frozenset({NAMED_OFFICE, *Relation})


class Route(Struct, frozen=True):
    """`source`: an act, or a kind that a room tells of. `who`: the relation to the case by which one hears.

    `roles`: of posts; empty = every one. `safety`: no tenant may switch it off.
    """

    source: str
    kind: NoticeKind
    who: str
    roles: frozenset[str]
    safety: bool

    @property
    def code(self) -> str:
        return f"{self.source}:{self.who}"

    def reaches(self, role: str) -> bool:
        return not self.roles or role in self.roles


class RoutingBroken(ValueError):
    """A row of the shipped file names what does not exist: a defect, found when the process starts."""


@cache
def routes() -> Mapping[str, Sequence[Route]]:
    """By source. Raises RoutingBroken."""
    found: dict[str, list[Route]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            route = _route(row)
            found.setdefault(route.source, []).append(route)
    return found


def every_route() -> Sequence[Route]:
    return [route for of_source in routes().values() for route in of_source]


def _route(row: Mapping[str, str]) -> Route:
    roles = frozenset(() if row["roles"] == EVERY_ROLE else row["roles"].split())
    if row["who"] not in WHO or not roles <= ROLE_NAMES.keys() or row["safety"] not in ("", "yes"):
        raise RoutingBroken(f"{row['source']}: {row['who']} {row['roles']} {row['safety']}")
    try:
        kind = NoticeKind(row["kind"])
    except ValueError as error:
        raise RoutingBroken(row["kind"]) from error
    return Route(row["source"], kind, row["who"], roles, row["safety"] == "yes")
