"""The rules as data: rules.csv read with types. A word that nobody knows stops the start; nothing is guessed."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from foundation.language import N_, translate
from policies.actions import Action
from policies.faults import Fault
from policies.faults import PolicyBroken as PolicyBroken
from policies.fields import FIELDS
from policies.relations import NEGATIVE, Relation
from policies.rows import COLUMNS as COLUMNS
from policies.rows import Numbered, RuleRow, read
from tenants.roles import ROLE_NAMES, WITHOUT_CASES
from tenants.tiers import Tier

FILE = Path(__file__).parent / "rules.csv"

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
ANY_TIER = "*"
EVERY_TIER = tuple(Tier)
TIERS = frozenset({*EVERY_TIER, NO_TIER})

KNOWN: dict[str, frozenset[str]] = {
    "roles": frozenset(ROLES),
    "tiers": frozenset(str(tier) for tier in TIERS),
    "relations": frozenset(str(relation) for relation in frozenset(Relation) - NEGATIVE),
    "actions": frozenset(str(action) for action in Action),
    "fields": frozenset(FIELDS),
}
"""The words of each column. A negative relation only takes away, so no row may name it."""
FOR_ALL = {"roles": ANY_STAFF, "tiers": ANY_TIER}
"""One word for many; it stands alone."""
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,9}", re.ASCII)

Cell = tuple[str, str, str, str]
"""One atomic rule: role, tier, relation, action."""


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

    def sentence(self, language: str) -> str:
        return self.en if language == "en" else self.zh

    def words(self, language: str) -> tuple[str, str, str]:
        """The sentence, the condition and the basis; what an office added without English stays Chinese."""
        return self.sentence(language), translate(self.condition, language), translate(self.basis, language)


class RuleBook(Struct, frozen=True):
    """All rules, by number; `version` changes with whatever changes a decision or the number that explains it."""

    version: str
    rules: dict[str, Rule]

    def cells(self) -> dict[Cell, str]:
        """Every allowed cell with the number of its rule."""
        return {cell: rule.no for rule in self.rules.values() for cell in rule.cells()}


def load(file: Path = FILE) -> RuleBook:
    """Raises PolicyBroken for no rules, an unknown word, a missing sentence, or a row or cell said twice."""
    return parse(file.read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def parse(text: str) -> RuleBook:
    """Kept, because a page of a draft asks again at each click (30 ms)."""
    return book_of(read(text))


def book_of(rows: Iterable[Numbered]) -> RuleBook:
    """Raises PolicyBroken with every fault of every row; what two rows say together is asked when each is right."""
    rules: dict[str, Rule] = {}
    faults: list[Fault] = []
    for line, row in rows:
        found = [*faults_of(row, line), *_repeated_number(row, rules, line)]
        faults.extend(found)
        if not found:
            rules[row.no] = rule_of(row)
    if not faults and not rules:
        faults.append(Fault("no_rules", N_("没有任何规则：谁也不能办理任何事项，系统不启动")))
    faults.extend(() if faults else _repeated_cells(rules.values()))
    if faults:
        raise PolicyBroken(faults=faults)
    cells = sorted((*cell, rule.no) for rule in rules.values() for cell in rule.cells())
    return RuleBook(hashlib.sha256(repr(cells).encode()).hexdigest(), rules)


def faults_of(row: RuleRow, line: int = 0) -> Iterator[Fault]:
    """What is wrong inside one row: an empty column, a word that nobody knows, one that stands twice."""
    for column in ("no", "zh", "en", "basis", "roles", "tiers", "relations", "actions"):
        if not row.column(column).strip():
            yield Fault("empty", N_("%(column)s 列为空"), {"column": column}, line, row.no, column)
    if row.no and not NUMBER.fullmatch(row.no):
        yield Fault(
            "number", N_("编号 %(no)s 只能用字母、数字、点和横线，最多十位"), {"no": row.no}, line, row.no, "no"
        )
    for column, known in KNOWN.items():
        yield from _word_faults(row, column, known, line)


def _word_faults(row: RuleRow, column: str, known: frozenset[str], line: int) -> Iterator[Fault]:
    words: list[str] = getattr(row, column)
    every = FOR_ALL.get(column)
    if every in words:
        if len(words) > 1:
            alone = {"column": column, "word": every}
            yield Fault("alone", N_("%(column)s 列的 %(word)s 须单独使用"), alone, line, row.no, column)
        return
    if unknown := sorted(set(words) - known):
        named = {"words": ", ".join(unknown), "column": column}
        yield Fault("unknown_word", N_("%(column)s 列中有无法识别的词：%(words)s"), named, line, row.no, column)
    if len(set(words)) != len(words):
        yield Fault("word_twice", N_("%(column)s 列中有重复的词"), {"column": column}, line, row.no, column)


def _repeated_number(row: RuleRow, rules: dict[str, Rule], line: int) -> Iterator[Fault]:
    if row.no in rules:
        yield Fault("number_twice", N_("编号 %(no)s 的规则出现两次"), {"no": row.no}, line, row.no, "no")


def rule_of(row: RuleRow) -> Rule:
    """A row without faults."""
    return Rule(
        no=row.no,
        roles=STAFF if row.roles == [ANY_STAFF] else tuple(row.roles),
        tiers=EVERY_TIER if row.tiers == [ANY_TIER] else tuple(row.tiers),
        relations=tuple(row.relations),
        actions=_with_fields(row.actions, row.fields),
        condition=row.condition,
        basis=row.basis,
        zh=row.zh,
        en=row.en,
    )


def _with_fields(actions: Iterable[str], groups: Iterable[str]) -> tuple[str, ...]:
    """Who reads a case reads its status too; letters become the actions they stand for."""
    own = tuple(actions)
    status = (Action.CASE_STATUS,) if Action.CASE_READ in own else ()
    granted = [*own, *status, *(action for group in groups for action in FIELDS[group])]
    return tuple(dict.fromkeys(str(action) for action in granted))


def _repeated_cells(rules: Iterable[Rule]) -> Iterator[Fault]:
    """Two rows for one cell would leave `explain` to choose between them. One fault for each pair of rows."""
    seen: dict[Cell, str] = {}
    told: set[tuple[str, str]] = set()
    for rule in rules:
        for cell in rule.cells():
            first = seen.setdefault(cell, rule.no)
            if first != rule.no and (first, rule.no) not in told:
                told.add((first, rule.no))
                both = {"first": first, "second": rule.no, "cell": " ".join(cell)}
                yield Fault("cell_twice", N_("规则 %(first)s 与 %(second)s 说的是同一件事：%(cell)s"), both, no=rule.no)
