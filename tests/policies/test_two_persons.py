"""The list of posts that take two persons, held to the rules: nobody who oversees, pays or administers is left out."""

import pytest

from policies import rules
from policies.actions import Action
from policies.relations import Relation
from tenants.roles import ADMINISTRATORS, ROLE_NAMES
from tenants.two_persons import REASONS

BEYOND = {Relation.OVERSEES, Relation.SUPERVISES, Relation.HEARS, Relation.GOVERNS, Relation.LEADS, Relation.PAYS}
"""Relations to cases of other offices, which no case's own people give."""
EVERYBODYS = {Action.ACCESS_REQUEST, Action.RECUSAL_DECLARE}
"""Asking, or stepping back, shows nobody anything (rows 60 and 60b, any_staff)."""
WEIGHTY = {
    "subsidy:review", "subsidy:approve", "subsidy:pay", "fee:review", "payer:confirm", "budget:approve", "ledger:read",
    "batch:reconcile", "access:review", "reveal_log:read", "audit:read", "policy:draft", "policy:approve", "role:grant",
    "key:rotate", "account:manage", "account:reset_factor", "tenant:manage", "dictionary:manage",
}  # fmt: skip


def test_whoever_reaches_beyond_an_office_or_touches_money_audit_or_rules_takes_two() -> None:
    cells = list(rules.load().cells())
    beyond = {role for role, _, relation, action in cells if relation in BEYOND and action not in EVERYBODYS}
    found = beyond | {role for role, _, _, action in cells if action in WEIGHTY}
    assert found & ROLE_NAMES.keys() <= REASONS.keys()
    assert REASONS.keys() - found == {"po_inspector"}, "who urges a unit for the petition office is listed beside"


@pytest.mark.parametrize("role", ["wr_director", "intake", "mediator", "sfs_head", "window_clerk", "committee_chair"])
def test_the_offices_own_people_need_no_second_person(role: str) -> None:
    assert role not in REASONS


def test_the_three_administrators_take_two() -> None:
    assert REASONS.keys() >= ADMINISTRATORS
