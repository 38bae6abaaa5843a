"""Casbin's answers, asked once and kept: a decision is one look-up (below a microsecond) instead of a walk over rules.

Casbin is asked only for the cells that some rule names; every other cell is absent, and absent means refused.
"""

import asyncio
import logging
import threading
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import casbin
from casbin.model import Model

from policies.relations import Relation
from policies.rules import Cell, PolicyBroken, RuleBook

MODEL = Path(__file__).parent / "model.conf"
logging.getLogger("casbin").setLevel(logging.ERROR)  # it would write every question with its subject to the log


class DecisionTable:
    """Frozen: a change of rules makes a new table, and one reference is exchanged."""

    __slots__ = ("_actions", "_relations", "case_roles", "cells", "version")

    def __init__(self, version: str, cells: Mapping[Cell, str]) -> None:
        self.version = version
        self.cells: Mapping[Cell, str] = MappingProxyType(dict(cells))
        """Each allowed cell with the number of the rule that allows it."""
        actions: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
        relations: defaultdict[tuple[str, str], set[tuple[Relation, str]]] = defaultdict(set)
        for role, tier, relation, action in cells:
            actions[role, tier, relation].add(action)
            relations[tier, action].add((Relation(relation), role))
        self._actions = {key: frozenset(found) for key, found in actions.items()}
        self._relations = {key: frozenset(found) for key, found in relations.items()}
        self.case_roles = frozenset(role for role, _, relation, _ in cells if relation != Relation.NONE)
        """Roles that can stand to a case at all; all others are administrators."""

    def allows(self, role: str, tier: str, relation: str, action: str) -> bool:
        return (role, tier, relation, action) in self.cells

    def actions(self, role: str, tier: str, relation: str) -> frozenset[str]:
        """Everything the role may do in this relation."""
        return self._actions.get((role, tier, relation), frozenset())

    def standings(self, tier: str, action: str) -> frozenset[tuple[Relation, str]]:
        """All (relation, role) pairs that allow the action at this tier."""
        return self._relations.get((tier, action), frozenset())


ONE_AT_A_TIME = threading.Lock()
"""Casbin parses an expression at every question, and Python 3.11 may fail when two threads parse at once (its issue
106905): an approval and a reload in one process would meet."""


async def compile_table(book: RuleBook) -> DecisionTable:
    """Ask Casbin in a thread: its half second would otherwise stop every other request."""
    return await asyncio.to_thread(_alone, book)


def _alone(book: RuleBook) -> DecisionTable:
    with ONE_AT_A_TIME:
        return ask_casbin(book)


def ask_casbin(book: RuleBook) -> DecisionTable:
    """Fresh enforcers for each compilation: pycasbin is not safe when reloaded under readers.

    One for each role, with the rules that name it: Casbin walks over all its rules at every question.
    """
    cells: dict[Cell, str] = {}
    for role in sorted({role for rule in book.rules.values() for role in rule.roles}):
        enforcer = new_enforcer(book, role)
        for cell in (cell for rule in book.rules.values() if role in rule.roles for cell in rule.cells(role)):
            allowed, by = enforcer.enforce_ex(*cell)
            if allowed:
                cells[cell] = by[-1]
    return DecisionTable(book.version, cells)


def new_enforcer(book: RuleBook, only: str | None = None) -> casbin.Enforcer:
    """An enforcer that knows the rules of the book, or those of one role; refuses an empty book, which Casbin could
    read as allow-all."""
    if not book.rules:
        raise PolicyBroken("no rules")
    model = Model()
    model.load_model_from_text(MODEL.read_text(encoding="utf-8"))
    enforcer = casbin.Enforcer(model)
    enforcer.add_function("among", among)
    for rule in book.rules.values():
        for role in (role for role in rule.roles if only in (None, role)):
            lists = (" ".join(rule.tiers), " ".join(rule.relations), " ".join(rule.actions))
            enforcer.add_policy(role, *lists, rule.no)
    return enforcer


def among(word: str, words: str) -> bool:
    """Whether the word is one of the list: whole words only, so that no prefix can match."""
    return word in _split(words)


@cache
def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())
