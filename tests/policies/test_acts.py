"""Every act of the catalogue is somebody's: no act without a rule, no writing act for those who stand above."""

import pytest

from cases.catalogue import Act
from policies.relations import Relation
from policies.table import DecisionTable
from server.catalogue import catalogue

ACTS = list(catalogue().acts.values())
NEVER_WRITE = {Relation.OVERSEES, Relation.SUPERVISES, Relation.HEARS, Relation.SENT, Relation.MANAGES}
TOWNSHIP_MONEY = {
    "payer:confirm",
    "subsidy:review",
    "subsidy:approve",
    "subsidy:pay",
    "travel:approve",
    "fee:review",
    "batch:reconcile",
}
"""What a county decides over a township's case, since a township has no fund (六(四)7)."""


@pytest.mark.parametrize("act", ACTS, ids=[act.name for act in ACTS])
def test_every_act_has_a_rule(table: DecisionTable, act: Act) -> None:
    assert any(action == act.action for _, _, _, action in table.cells)


@pytest.mark.parametrize("act", [act for act in ACTS if act.writes], ids=[act.name for act in ACTS if act.writes])
def test_no_act_that_changes_a_case_is_open_to_overseers_or_former_holders(table: DecisionTable, act: Act) -> None:
    allowed = {
        relation
        for role, tier, relation, action in table.cells
        if action == act.action
        and not role.startswith("system.")
        and not (tier == "C" and relation == Relation.OVERSEES and action in TOWNSHIP_MONEY)
    }
    assert not allowed & NEVER_WRITE
