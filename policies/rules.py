"""The rules as data: rules.csv read with types. A word that nobody knows stops the start; nothing is guessed."""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

from msgspec import Struct

from policies.actions import Action
from policies.fields import FIELDS
from policies.relations import NEGATIVE, Relation
from tenants.roles import ROLE_NAMES, WITHOUT_CASES
from tenants.tiers import Tier

FILE = Path(__file__).parent / "rules.csv"
COLUMNS = ("no", "roles", "tiers", "relations", "actions", "fields", "condition", "basis", "zh", "en")

PARTIES = frozenset({"petitioner", "representative", "agent_guardian", "unit_agent", "unit_finance"})
"""By code, not by post."""
WITHOUT_POST = PARTIES | {"assist_member", "borrower", "system.deadlines", "system.handover"}
"""Roles that no post carries: parties, what a record lends for a term, named system subjects."""
ROLES = ROLE_NAMES.keys() | WITHOUT_POST
ANY_STAFF = "any_staff"
"""In a row: every role of a post that may stand near a case."""
STAFF = tuple(sorted(ROLE_NAMES.keys() - WITHOUT_CASES))

NO_TIER = "-"
"""A party stands in no tier."""
EVERY_TIER = tuple(Tier)
TIERS = frozenset({*EVERY_TIER, NO_TIER})

Cell = tuple[str, str, str, str]
"""One atomic rule: role, tier, relation, action."""


class PolicyBroken(RuntimeError):
    """The rules can't be read: the service refuses to start rather than guess. Names the line."""


class Rule(Struct, frozen=True):
    """One row of rules.csv: every role of it, at every tier, in every relation may do every action."""

    no: str
    roles: tuple[str, ...]
    tiers: tuple[str, ...]
    relations: tuple[str, ...]
    actions: tuple[str, ...]
    """The row's own actions, and those its field groups stand for."""
    condition: str
    basis: str
    zh: str
    en: str

    def cells(self, only: str | None = None) -> Iterator[Cell]:
        """Its atomic rules, or those of one role."""
        return (
            (role, tier, relation, action)
            for role in (self.roles if only is None else (only,))
            for tier in self.tiers
            for relation in self.relations
            for action in self.actions
        )


class RuleBook(Struct, frozen=True):
    """All rules, by number; `version` changes with whatever changes a decision or the number that explains it."""

    version: str
    rules: dict[str, Rule]


def load(file: Path = FILE) -> RuleBook:
    """Raises PolicyBroken for no rules, an unknown word, a missing sentence, or a row or cell said twice."""
    return parse(file.read_text(encoding="utf-8"))


def parse(text: str) -> RuleBook:
    reader = csv.DictReader(StringIO(text))
    rules: dict[str, Rule] = {}
    for row in _rows(reader):
        rule = _rule(row, reader.line_num)
        if rule.no in rules:
            raise PolicyBroken(f"line {reader.line_num}: rule {rule.no} stands there twice")
        rules[rule.no] = rule
    if not rules:
        raise PolicyBroken("there are no rules: nobody could do anything, so the service does not start")
    _refuse_repetition(rules.values())
    cells = sorted((*cell, rule.no) for rule in rules.values() for cell in rule.cells())
    return RuleBook(hashlib.sha256(repr(cells).encode()).hexdigest(), rules)


def _rows(reader: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise PolicyBroken(f"line 1: the columns must be {', '.join(COLUMNS)}")
        yield from reader
    except csv.Error as error:
        raise PolicyBroken(f"line {reader.line_num}: {error}") from error


def _rule(row: dict[str, str], line: int) -> Rule:
    if None in row or None in row.values():
        raise PolicyBroken(f"line {line}: {len(COLUMNS)} columns are needed")
    for column in ("no", "zh", "en", "basis"):
        if not row[column].strip():
            raise PolicyBroken(f"line {line}: {column} is empty")
    roles = STAFF if row["roles"] == ANY_STAFF else _words(row, "roles", ROLES, line)
    tiers = tuple(EVERY_TIER) if row["tiers"] == "*" else _words(row, "tiers", TIERS, line)
    actions = _words(row, "actions", frozenset(Action), line)
    groups = _words(row, "fields", FIELDS.keys(), line, needed=False)
    return Rule(
        no=row["no"],
        roles=roles,
        tiers=tiers,
        relations=_words(row, "relations", frozenset(Relation) - NEGATIVE, line),
        actions=_with_fields(actions, groups),
        condition=row["condition"],
        basis=row["basis"],
        zh=row["zh"],
        en=row["en"],
    )


def _words(row: dict[str, str], column: str, known: Iterable[str], line: int, needed: bool = True) -> tuple[str, ...]:
    words = tuple(row[column].split())
    if needed and not words:
        raise PolicyBroken(f"line {line}: {column} is empty")
    if unknown := set(words) - set(known):
        raise PolicyBroken(f"line {line}: nobody knows {', '.join(sorted(unknown))} in {column}")
    if len(set(words)) != len(words):
        raise PolicyBroken(f"line {line}: a word stands twice in {column}")
    return words


def _with_fields(actions: tuple[str, ...], groups: tuple[str, ...]) -> tuple[str, ...]:
    """Who reads a case reads its status too; letters become the actions they stand for."""
    status = (Action.CASE_STATUS,) if Action.CASE_READ in actions else ()
    granted = [*actions, *status, *(action for group in groups for action in FIELDS[group])]
    return tuple(dict.fromkeys(str(action) for action in granted))


def _refuse_repetition(rules: Iterable[Rule]) -> None:
    """Two rows for one cell would leave `explain` to choose between them."""
    seen: dict[Cell, str] = {}
    for rule in rules:
        for cell in rule.cells():
            if cell in seen:
                raise PolicyBroken(f"rules {seen[cell]} and {rule.no} both say {' '.join(cell)}")
            seen[cell] = rule.no
