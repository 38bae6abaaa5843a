"""The rules as data: read with types, refused whole when a word is wrong."""

import pytest

from policies.actions import Action
from policies.relations import Relation
from policies.rules import COLUMNS, ROLES, PolicyBroken, RuleBook, parse
from tenants.roles import NO_ROLE, ROLE_NAMES, WITHOUT_CASES

HEAD = ",".join(COLUMNS)
GOOD = "1,handler,C,handler,case:read,S,,五(四),承办人可看,The handler reads"


def test_one_good_row_is_read_with_its_field_groups() -> None:
    (rule,) = parse(f"{HEAD}\n{GOOD}\n").rules.values()
    assert set(rule.actions) == {"case:read", "case:status", "case:read.statement"}
    assert set(rule.cells()) == {("handler", "C", "handler", action) for action in rule.actions}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f"{HEAD}\n", "no rules"),
        ("", "There are no rules"),
        (f"{HEAD.replace('basis', 'law')}\n{GOOD}", "columns"),
        (f"{HEAD}\n{GOOD.replace('handler,C', 'hander,C')}", "line 2: nobody knows hander in roles"),
        (f"{HEAD}\n{GOOD.replace(',C,', ',X,')}", "line 2: nobody knows X in tiers"),
        (f"{HEAD}\n{GOOD.replace('C,handler', 'C,friend')}", "line 2: nobody knows friend in relations"),
        (f"{HEAD}\n{GOOD.replace('C,handler', 'C,excluded')}", "line 2: nobody knows excluded in relations"),
        (f"{HEAD}\n{GOOD.replace('case:read', 'case:see')}", "line 2: nobody knows case:see in actions"),
        (f"{HEAD}\n{GOOD.replace(',S,', ',Z,')}", "line 2: nobody knows Z in fields"),
        (f"{HEAD}\n{GOOD.replace('case:read', 'case:read case:read')}", "line 2: a word stands twice in actions"),
        (f"{HEAD}\n{GOOD.replace('case:read', '')}", "line 2: actions is empty"),
        (f"{HEAD}\n{GOOD.replace('承办人可看', '')}", "line 2: zh is empty"),
        (f"{HEAD}\n{GOOD}\n{GOOD}", "line 3: rule 1 stands there twice"),
        (f"{HEAD}\n{GOOD}\n2{GOOD[1:]}", "rules 1 and 2 both say handler C handler"),
        (f"{HEAD}\n{GOOD},one more", "line 2: 10 columns are needed"),
        (f"{HEAD}\n1,handler", "line 2: 10 columns are needed"),
    ],
)
def test_broken_rules_stop_the_start_and_name_the_line(text: str, complaint: str) -> None:
    with pytest.raises(PolicyBroken, match=complaint.replace("(", r"\(")):
        parse(text)


def test_the_version_changes_with_what_a_rule_allows_and_not_with_its_wording() -> None:
    first = parse(f"{HEAD}\n{GOOD}\n").version
    assert parse(f"{HEAD}\n{GOOD.replace('承办人可看', '承办人可以查看')}\n").version == first
    assert parse(f"{HEAD}\n{GOOD.replace(',C,', ',C F,')}\n").version != first


def test_every_action_is_allowed_to_somebody(book: RuleBook) -> None:
    assert {action for rule in book.rules.values() for action in rule.actions} == set(Action)


def test_the_roles_without_a_case_scope_are_those_that_no_rule_lets_near_a_case(book: RuleBook) -> None:
    near = {role for rule in book.rules.values() if Relation.NONE not in rule.relations for role in rule.roles}
    assert ROLE_NAMES.keys() - near == WITHOUT_CASES - {NO_ROLE}
    assert near <= ROLES


def test_a_former_holder_has_status_result_and_own_costs_only(book: RuleBook) -> None:
    sent = {action for rule in book.rules.values() if Relation.SENT in rule.relations for action in rule.actions}
    assert sent == {Action.CASE_STATUS, Action.RESULT_READ, Action.CASE_READ_TIMELINE, Action.CASE_READ_OWN_COSTS}


def test_a_preview_shows_no_case(book: RuleBook) -> None:
    offered = {action for rule in book.rules.values() if Relation.OFFERED in rule.relations for action in rule.actions}
    answers = {Action.HANDOVER_PREVIEW, Action.HANDOVER_ACCEPT, Action.HANDOVER_RETURN}
    assert offered == answers | {Action.RECUSAL_DECLARE}


def test_the_daily_line_sees_the_header_only(book: RuleBook) -> None:
    daily = {action for rule in book.rules.values() if Relation.MANAGES in rule.relations for action in rule.actions}
    kept_running = {Action.DUTY_ROSTER, Action.ATTENDANCE_READ, Action.EQUIPMENT_MANAGE, Action.QUEUE_READ}
    assert daily == {Action.CASE_STATUS} | kept_running


def test_notes_stay_with_the_people_who_handle_the_case(book: RuleBook) -> None:
    readers = {
        relation
        for rule in book.rules.values()
        if Action.CASE_READ_NOTES in rule.actions
        for relation in rule.relations
    }
    while_a_complaint_is_open = {Relation.HEARS}
    assert readers == {Relation.HOLDS, Relation.HOUSES, Relation.TEAM, Relation.HANDLER} | while_a_complaint_is_open


@pytest.mark.parametrize("tier", ["P", "F", "C", "T"])
def test_a_committee_that_holds_a_case_has_somebody_to_file_its_dossier(book: RuleBook, tier: str) -> None:
    filing = [rule for rule in book.rules.values() if Action.DOSSIER_ARCHIVE in rule.actions and tier in rule.tiers]
    assert any("committee_chair" in rule.roles and Relation.HOLDS in rule.relations for rule in filing)
