"""Casbin's hazards H1–H7 (performance.md 1.2), each held by what we never let it do. The rest stands in test_table.py
and test_reload.py: silence in the log (H7), readers during exchanges (H4), unknown words and memory (H2)."""

import threading

import casbin
import pytest

from policies import table as tables
from policies.rules import PolicyBroken, RuleBook, parse
from policies.table import MODEL, DecisionTable, compile_table, new_enforcer
from tests.policies.test_rules import GOOD, HEAD


def test_h1_an_enforcer_whose_rules_were_taken_away_refuses_too(book: RuleBook) -> None:
    enforcer = new_enforcer(book)
    assert enforcer.enforce("wr_director", "C", "holds", "case:accept")
    enforcer.clear_policy()
    assert not enforcer.enforce("wr_director", "C", "holds", "case:accept")
    assert not enforcer.enforce("", "", "", "")


def test_h1_no_rules_at_all_never_become_a_table() -> None:
    with pytest.raises(PolicyBroken):
        new_enforcer(RuleBook("none", {}))


def test_h1b_and_h5_the_enforcer_is_the_plain_one_and_the_matcher_repeats_every_equality(book: RuleBook) -> None:
    """FastEnforcer leans on its key filter, which threads share and which a matcher without the equality trusts."""
    assert type(new_enforcer(book)) is casbin.Enforcer
    matcher = MODEL.read_text(encoding="utf-8").split("[matchers]")[1]
    assert all(word in matcher for word in ("r.role == p.role", "r.action", "r.relation", "r.tier"))


def test_h2_and_h3_casbin_knows_no_users_no_tenants_and_no_groups(book: RuleBook) -> None:
    """What it never hears of, it can't remember for ever (H2) or compare with everything else (H3)."""
    enforcer = new_enforcer(book)
    assert "role_definition" not in MODEL.read_text(encoding="utf-8")
    assert enforcer.get_model().model.get("g", {}) == {}
    assert len(enforcer.get_policy()) == sum(len(rule.roles) for rule in book.rules.values())


def test_h4_the_enforcer_is_gone_when_the_table_stands(table: DecisionTable) -> None:
    """Requests read a frozen mapping; no enforcer is kept that somebody could reload under them."""
    kept = [getattr(table, name) for name in DecisionTable.__slots__]
    assert not any(isinstance(one, casbin.Enforcer) for one in kept)
    assert not any(isinstance(one, casbin.Enforcer) for one in vars(tables).values())


async def test_h6_compiling_never_holds_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def ask(_: RuleBook) -> DecisionTable:
        asked.append(threading.get_ident())
        return DecisionTable("", {})

    monkeypatch.setattr(tables, "ask_casbin", ask)
    await compile_table(parse(f"{HEAD}\n{GOOD}\n"))
    assert asked and asked[0] != threading.get_ident()
