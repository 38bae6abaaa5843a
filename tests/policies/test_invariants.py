"""What no set of rules may say: the program's own rules keep every invariant, and each broken one is named."""

import pytest

from foundation.language import LANGUAGES
from policies.faults import PolicyBroken
from policies.invariants import INVARIANTS, broken, require_sound
from policies.relations import Relation
from policies.rows import COLUMNS, RuleRow, read, write
from policies.rules import FILE, Rule, RuleBook, parse

PROGRAM = FILE.read_text(encoding="utf-8")
ROWS = {row.no: row for _, row in read(PROGRAM)}


def saying(no: str, role: str, tier: str, relation: str, *actions: str) -> RuleRow:
    return RuleRow(no, [role], [tier], [relation], list(actions), "test", "测试", "a test")


def with_rows(*rows: RuleRow, without: str = "") -> str:
    kept = [row for row in ROWS.values() if row.no != without and row.no not in {one.no for one in rows}]
    return write([*kept, *rows])


def without_action(no: str, action: str) -> RuleRow:
    row = ROWS[no]
    return RuleRow(
        **{name: getattr(row, name) for name in COLUMNS} | {"actions": [one for one in row.actions if one != action]}
    )


BREAKS = {
    "security_stays": [
        with_rows(without="62"),
        with_rows(without_action("62", "role:grant")),
        with_rows(without="62b"),
    ],
    "keys_of_the_house": [
        with_rows(saying("X", "sysadmin", "P", "none", "key:rotate")),
        with_rows(saying("X", "sysadmin", "C", "none", "account:reset_factor")),
    ],
    "administrators_apart": [
        with_rows(saying("X", "secadmin", "P", "none", "account:manage")),
        with_rows(saying("X", "handler", "C", "none", "tenant:manage")),
    ],
    "province_approves": [with_rows(saying("X", "secadmin", "F", "none", "policy:approve"))],
    "administrators_see_no_case": [with_rows(saying("X", "sysadmin", "P", "oversees", "case:status"))],
    "helpers_see_no_case": [with_rows(saying("X", "aux_staff", "C", "holds", "case:status"))],
    "helpers_hold_no_function": [with_rows(saying("X", "aux_staff", "C", "none", "case:register"))],
    "log_is_the_auditors": [
        with_rows(saying("X", "wr_director", "C", "none", "audit:read")),
        with_rows(saying("X", "auditadmin", "P", "none", "stats:read")),
    ],
    "tiers_of_roles": [
        with_rows(saying("X", "petitioner", "P", "self", "case:status")),
        with_rows(saying("X", "wr_director", "-", "holds", "case:note")),
        with_rows(saying("X", "secadmin", "C", "none", "access:request")),
    ],
    "no_case_without_relation": [with_rows(saying("X", "intake", "C", "none", "case:status"))],
    "overseers_never_write": [
        with_rows(saying("X", "supervisor_p", "P", "oversees", "case:note")),
        with_rows(saying("X", "supervisor_f", "F", "supervises", "timer:extend")),
        with_rows(saying("X", "cashier", "F", "oversees", "subsidy:pay")),
    ],
    "overseers_see_no_persons": [
        with_rows(saying("X", "supervisor_p", "P", "oversees", "case:read.statement")),
        with_rows(saying("X", "jb_guide", "F", "oversees", "case:read.identity_masked")),
    ],
    "guidance_decides_nothing": [
        with_rows(saying("X", "lgo_director", "C", "governs", "case:close")),
        with_rows(saying("X", "leader_in_charge", "C", "leads", "opinion:issue")),
        with_rows(saying("X", "po_inspector", "F", "referred", "case:refuse")),
    ],
    "payers_see_the_bill": [with_rows(saying("X", "unit_finance", "-", "pays", "case:read.statement"))],
    "sent_is_past": [with_rows(saying("X", "wr_director", "C", "sent", "case:note"))],
    "offer_is_preview": [with_rows(saying("X", "wr_director", "C", "offered", "case:read"))],
    "daily_line": [with_rows(saying("X", "po_manager", "C", "manages", "case:note"))],
    "place_gives_no_sight": [with_rows(saying("X", "window_clerk", "T", "serves", "case:status"))],
    "other_side": [with_rows(saying("X", "unit_agent", "-", "respondent", "case:read.contact"))],
    "money_buys_no_outcome": [with_rows(saying("X", "payer_decider", "C", "governs", "team:form"))],
    "money_takes_four_hands": [with_rows(saying("X", "cashier", "F", "governs", "subsidy:approve"))],
    "never_lent": [
        with_rows(saying("X", "borrower", "C", "delegated", "subsidy:approve")),
        with_rows(saying("X", "assist_member", "C", "assists", "recusal:decide")),
    ],
    "notes_stay_with_handlers": [
        with_rows(saying("X", "lgo_director", "C", "governs", "case:read.notes")),
        with_rows(saying("X", "supervisor_p", "P", "supervises", "case:read.notes")),
    ],
    "sensitive_stays_with_handlers": [with_rows(saying("X", "wr_director", "C", "holds", "case:read.sensitive"))],
    "petitioners_rights": [with_rows(without_action("55", "access:log_read")), with_rows(without="55")],
    "machines_read_no_case": [with_rows(saying("X", "system.deadlines", "C", "holds", "case:read.statement"))],
}


def test_the_rules_of_the_program_keep_every_invariant() -> None:
    assert [fault.text("en") for fault in broken(parse(PROGRAM))] == []


@pytest.mark.parametrize("code", [one.code for one in INVARIANTS if one.code != "negative_never_grants"])
def test_each_invariant_is_broken_by_name(code: str) -> None:
    for content in BREAKS[code]:
        with pytest.raises(PolicyBroken) as refused:
            require_sound(parse(content))
        assert code in {fault.code for fault in refused.value.faults}, content[-200:]


def test_a_negative_relation_grants_nothing_however_the_rule_came_to_be() -> None:
    forged = Rule("X", ("wr_director",), ("C",), (str(Relation.EXCLUDED),), ("case:read",), "", "t", "测试", "test")
    book = parse(PROGRAM)
    found = broken(RuleBook(book.version, book.rules | {"X": forged}))
    assert "negative_never_grants" in {fault.code for fault in found}


def test_every_invariant_says_its_sentence_in_both_languages() -> None:
    assert len({one.code for one in INVARIANTS}) == len(INVARIANTS)
    (fault,) = broken(parse(BREAKS["daily_line"][0]))
    said = {language: fault.text(language) for language in LANGUAGES}
    assert "信访部门的日常管理不看案情（规则 X：" in said["zh"]
    assert "daily management sees no facts (rule X:" in said["en"]


def test_rows_written_and_read_again_are_the_same_file() -> None:
    assert write(row for _, row in read(PROGRAM)) == PROGRAM
