"""N1–N12, what the platform must never do: checks over the whole of tables, routes, forms and rules.

What a rule asks of one act is tested beside the act; here stands what no later addition may break unnoticed.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields
from sqlalchemy import Column, Table, UniqueConstraint

from api.cases import ListQuery
from api.routes import routes
from cases.editions import EDITIONS
from cases.filters import Filters
from cases.leaving import WithdrawalForm
from cases.lists import CaseRow
from cases.registration_form import PetitionerRow, RegistrationForm
from cases.steps import ENDED, FOLLOWING, MOVES, State
from foundation.cipher import Sealed
from funding import catalogue as funding
from migrations.metadata import metadata
from oversight.warning_form import LONGEST_DAYS, WarningForm
from policies.actions import Action
from policies.relations import Relation
from policies.rules import Rule, load
from server.catalogue import catalogue
from web.routes import routes as pages

ROOT = Path(__file__).resolve().parent.parent
RULES = load().rules.values()
PRESENT = EDITIONS[-1].moves
OUTSIDE = {
    "unit_agent", "po_referrer", "po_signatory", "po_manager", "payer_decider", "fee_reviewer", "cashier", "auditor",
}  # fmt: skip
"""Who pays, entrusts, reviews or pays out."""
OUTCOME = {
    Action.TEAM_FORM, Action.TEAM_DISSOLVE, Action.CASE_ASSESS, Action.CASE_ACCEPT, Action.CASE_REFUSE,
    Action.OPINION_DRAFT, Action.OPINION_ISSUE, Action.OPINION_CONFER, Action.AGREEMENT_DRAFT, Action.AGREEMENT_SEAL,
    Action.CASE_CLOSE, Action.CASE_TERMINATE, Action.TIMER_EXTEND, Action.SUBSIDY_PROPOSE,
}  # fmt: skip
PERSONAL = re.compile(r"party|petitioner|name|telephone|phone|id_number|address|birth|ethnic")
COUNTING = re.compile(r"petition|visit|beijing|rank|score|target|level_up|repeat")


def keys_of(table: Table) -> Iterator[list[Column[object]]]:
    """The columns of every index and unique constraint, and of the primary key."""
    yield list(table.primary_key.columns)
    for index in table.indexes:
        yield [column for column in index.columns]
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.columns)


def names_a_party(column: Column[object]) -> bool:
    return any(key.column.table.name == "parties" for key in column.foreign_keys) or column.name == "party_id"


# N1: nothing is keyed on a petitioner


@pytest.mark.obligation("N1")
def test_no_key_begins_with_a_party() -> None:
    seen = 0
    for table in metadata.sorted_tables:
        for columns in keys_of(table):
            if any(names_a_party(column) for column in columns):
                assert not names_a_party(columns[0]), (table.name, [column.name for column in columns])
                seen += 1
    assert seen


@pytest.mark.obligation("N1")
def test_whatever_names_a_party_lies_inside_one_case() -> None:
    for table in metadata.sorted_tables:
        if any(names_a_party(column) for column in table.columns):
            assert "case_id" in table.columns, table.name


@pytest.mark.obligation("N1")
def test_no_sealed_column_can_be_looked_up() -> None:
    sealed = [column for table in metadata.sorted_tables for column in table.columns if isinstance(column.type, Sealed)]
    assert {"parties.name", "parties.identity", "parties.contact"} <= {str(column) for column in sealed}
    for column in sealed:
        assert not [index.name for index in column.table.indexes if column.name in index.columns], column


@pytest.mark.obligation("N1")
def test_no_list_can_be_asked_for_a_person() -> None:
    for form in (Filters, ListQuery):
        assert not [field for field in form.__struct_fields__ if PERSONAL.search(field)], form
    assert not [field for field in CaseRow.__struct_fields__ if PERSONAL.search(field)]


@pytest.mark.obligation("N1")
def test_no_address_is_keyed_on_a_party() -> None:
    paths = [path for route in (*routes(catalogue()), *pages()) for path in route.paths]
    assert len(paths) > 60
    parameters = {name for path in paths for name in re.findall(r"{(\w+)", path)}
    assert "case_id" in parameters
    assert not [name for name in parameters if re.search("party|petitioner|person|phone|number", name)]


@pytest.mark.obligation("N1")
def test_nothing_is_grouped_by_a_party() -> None:
    groups = [
        ast.unparse(node)
        for package in ("platform", "api", "web", "admin", "server")
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "group_by"
    ]
    assert groups
    assert not [group for group in groups if re.search(r"Party|party|person|Reveal|Consent", group)]


# N2: to leave takes one act and no reason


@pytest.mark.obligation("N2")
def test_to_withdraw_needs_nothing_but_the_party_and_meets_no_guard() -> None:
    assert WithdrawalForm.__struct_fields__ == ("party_id",)
    move = PRESENT["withdraw-consent"]
    assert move.guards == ()
    assert move.when == frozenset(State) - ENDED - FOLLOWING


# N3: the other side


@pytest.mark.obligation("N3b")
def test_the_other_side_and_the_payer_never_reach_contacts_notes_or_drafts() -> None:
    outside = [rule for rule in RULES if {Relation.RESPONDENT, Relation.PAYS, Relation.WARNED} & set(rule.relations)]
    assert outside
    never = {
        Action.CASE_READ_CONTACT, Action.CASE_READ_CONTACT_MASKED, Action.CASE_READ_NOTES, Action.CASE_READ_OPINION,
        Action.CASE_READ_SENSITIVE, Action.CASE_READ_TIMELINE,
    }  # fmt: skip
    for rule in outside:
        assert not never & set(rule.actions), rule.no


@pytest.mark.obligation("N3b")
def test_who_is_complained_of_gains_nothing_by_it() -> None:
    assert not [rule.no for rule in RULES if {Relation.COMPLAINED_OF, Relation.EXCLUDED} & set(rule.relations)]


# N5: nobody pays for mediation, and no step waits for a payment


@pytest.mark.obligation("N5")
def test_no_step_of_the_case_waits_for_money() -> None:
    paying = {act.name for act in funding.ACTS}
    waiting = {move.act for move in MOVES if set(move.guards) & funding.GUARDS.keys()}
    assert paying
    assert waiting <= paying


# N6: warnings are about disputes


@pytest.mark.obligation("N6")
def test_a_warning_has_no_field_for_a_person_and_ends_within_thirty_days() -> None:
    assert not [field for field in WarningForm.__struct_fields__ if PERSONAL.search(field)]
    assert not [column.name for column in metadata.tables["warnings"].columns if PERSONAL.search(column.name)]
    assert LONGEST_DAYS <= 30
    assert not metadata.tables["warnings"].columns["ends_at"].nullable


# N7: the number, level or destination of petitions is no target


@pytest.mark.obligation("N7")
@pytest.mark.parametrize("table", ["tenant_counts", "due_counts", "place_counts"])
def test_counters_know_tenants_places_and_states_only(table: str) -> None:
    columns = [column.name for column in metadata.tables[table].columns]
    assert not [name for name in columns if COUNTING.search(name) or PERSONAL.search(name)]


@pytest.mark.obligation("N7")
def test_the_overview_is_never_put_in_the_order_of_a_number() -> None:
    code = "\n".join(file.read_text() for file in (ROOT / "platform" / "indicators").glob("*.py"))
    orders = re.findall(r"order_by\((.*?)\)\n", code, re.S)
    assert orders
    assert not [order for order in orders if re.search(r"\.cases|count\(|sum\(|desc\(", order)]
    assert not re.search(r"sorted\([^\n]*key=|reverse=True|rank\(", code)


# N9: money cannot buy the outcome


@pytest.mark.obligation("N9")
def test_who_pays_entrusts_or_reviews_has_no_right_on_team_opinion_class_or_dates() -> None:
    assert {role for rule in RULES for role in rule.roles} >= OUTSIDE
    for rule in RULES:
        if OUTSIDE & set(rule.roles):
            assert not OUTCOME & set(rule.actions), rule.no


# N10: a registration is never refused for what is missing


@pytest.mark.obligation("N10")
def test_a_registration_needs_no_paper_number_or_level() -> None:
    needed = {name for name, optional in _optional(RegistrationForm) if not optional}
    assert needed == {"mode", "source", "place_id", "dispute_type", "statement", "claims"}
    assert {name for name, optional in _optional(PetitionerRow) if not optional} == {"name"}
    assert PRESENT["approve-registration"].to == {State.ASSESSING, State.SET_BACK}


def _optional(form: type[Struct]) -> Iterator[tuple[str, bool]]:
    for field in fields(form):
        yield field.name, field.default is not NODEFAULT or field.default_factory is not NODEFAULT


# N12: a petitioner always finds out who looked


@pytest.mark.obligation("N12")
def test_a_petitioner_may_always_read_the_own_status_papers_and_looks() -> None:
    own: list[Rule] = [rule for rule in RULES if rule.roles == ("petitioner",)]
    assert [rule.relations for rule in own] == [(Relation.SELF,)]
    assert {Action.CASE_STATUS, Action.PAPER_READ, Action.ACCESS_LOG_READ} <= set(own[0].actions)
