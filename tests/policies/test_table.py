"""The compiled table says what Casbin says; it is frozen, small and silent."""

import asyncio
import itertools
import logging
import random
import threading
import tracemalloc
from importlib.metadata import distributions

import pytest
from casbin.util.log import DEFAULT_LOGGING

from cases.relations import CaseRelations
from policies import gate
from policies.actions import Action
from policies.matrix import every_cell
from policies.relations import Relation
from policies.rules import FILE, ROLES, TIERS, PolicyBroken, RuleBook, parse
from policies.table import DecisionTable, among, ask_casbin, compile_table, new_enforcer
from tests.policies import oracle
from tests.policies.test_rules import GOOD, HEAD


def test_casbin_allows_every_cell_that_a_rule_names(book: RuleBook, table: DecisionTable) -> None:
    assert set(table.cells) == {cell for rule in book.rules.values() for cell in rule.cells()}


def test_casbin_refuses_cells_that_no_rule_names(book: RuleBook, table: DecisionTable) -> None:
    enforcer, chance = new_enforcer(book), random.Random(20260302)
    roles, tiers, relations, actions = sorted(ROLES), sorted(TIERS), sorted(Relation), sorted(Action)
    one = chance.choice
    asked = {(one(roles), one(tiers), one(relations), one(actions)) for _ in range(2000)}
    absent = [cell for cell in asked if cell not in table.cells]
    assert len(absent) > 1500
    assert not any(enforcer.enforce(*cell) for cell in absent)
    assert not any(table.allows(*cell) for cell in absent)


def test_the_whole_matrix_with_both_signs_equals_an_independent_reading(table: DecisionTable) -> None:
    named = {
        cell
        for rule in oracle.RULES
        for cell in itertools.product(rule["roles"], rule["tiers"], rule["relations"], rule["actions"])
    }
    for cell in every_cell():
        assert table.allows(*cell) is (cell in named), cell


async def test_two_compilations_at_once_both_succeed() -> None:
    """Python 3.11 fails now and then when two threads parse at once."""
    content = FILE.read_text(encoding="utf-8")
    books = [parse(content.replace("\n1,", f"\n1{letter},")) for letter in "abcd"]
    tables = await asyncio.gather(*(compile_table(book) for book in books))
    assert [table.cells for table in tables] == [book.cells() for book in books]


def test_there_is_one_casbin() -> None:
    """`casbin` and `pycasbin` both install the module `casbin`; pip would take both."""
    installed = {distribution.metadata["Name"].lower() for distribution in distributions()}
    assert installed & {"casbin", "pycasbin"} == {"pycasbin"}


def test_casbin_without_rules_is_never_asked() -> None:
    with pytest.raises(PolicyBroken):
        new_enforcer(RuleBook("none", {}))


def test_a_word_matches_whole_or_not_at_all() -> None:
    assert among("case:read", "case:read case:note")
    assert not among("case:re", "case:read case:note")
    assert not among("", "case:read")
    assert not among("case:read", "")


def test_the_table_can_not_be_changed(table: DecisionTable) -> None:
    with pytest.raises(TypeError):
        table.cells["handler", "C", "handler", "ledger:read"] = "1"  # type: ignore[index]  # that is the point


def test_readers_during_exchanges_see_the_old_rules_or_the_new(book: RuleBook, table: DecisionTable) -> None:
    small_book = parse(f"{HEAD}\n{GOOD}\n")
    gates = [gate.Gate(book, table, CaseRelations()), gate.Gate(small_book, ask_casbin(small_book), CaseRelations())]
    gate.use(gates[0])
    wrong: list[object] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            now = gate.opened()
            expected = len(now.table.cells) > 10
            if now.table.allows("wr_director", "C", Relation.HOLDS, Action.CASE_ACCEPT) is not expected:
                wrong.append(now)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for turn in range(2000):
        gate.use(gates[turn % 2])
    stop.set()
    for reader in readers:
        reader.join()
    gate.use(gates[0])
    assert wrong == []


def test_unknown_words_leave_nothing_in_memory(table: DecisionTable) -> None:
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    assert not any(table.allows(f"role{n}", "C", f"relation{n}", "case:read") for n in range(100_000))
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 1_000_000


def test_no_decision_is_written_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Even where somebody configures logging for everything, as a web framework does."""
    small = parse(f"{HEAD}\n{GOOD}\n")
    with caplog.at_level(logging.DEBUG):
        ask_casbin(small)
        new_enforcer(small).enforce("handler", "C", "handler", "case:read")
    assert [record for record in caplog.records if record.name in DEFAULT_LOGGING["loggers"]] == []
