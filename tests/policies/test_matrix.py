"""One source: the page, the spreadsheet and these tests read the same matrix, and the gate decides by it."""

import csv
from io import BytesIO, StringIO
from uuid import UUID

import pytest
from openpyxl import load_workbook

from cases.relations import CaseRelations
from policies import gate
from policies.matrix import AXES, Standing, Wish, every_cell, grid, standings
from policies.matrix_sheet import BOM, matrix_file, plain
from policies.named import action_named, relation_named, role_named, tier_named
from policies.relations import NEGATIVE, Relation
from policies.relations import Standing as Stands
from policies.rules import FILE, ROLES, TIERS, RuleBook, load, parse
from policies.table import DecisionTable
from tenants.subject import Subject
from tenants.tiers import Tier
from tests.policies import oracle

PROGRAM = FILE.read_text(encoding="utf-8")
STANDINGS = standings(load())


def test_every_word_of_the_rules_is_on_an_axis() -> None:
    assert set(AXES["role"]) == ROLES and set(AXES["tier"]) == {str(tier) for tier in TIERS}
    assert set(AXES["relation"]) == {str(one) for one in frozenset(Relation) - NEGATIVE}
    named = {"role": role_named, "tier": tier_named, "relation": relation_named, "action": action_named}
    for axis, words in AXES.items():
        assert [word for word in words if named[axis](word, "zh") == word] == []


def test_the_standings_are_the_cells_that_an_independent_reading_allows() -> None:
    cells = {(one.role, one.tier, one.relation, action) for one in STANDINGS for action in one.actions}
    assert cells == {
        (role, tier, relation, action)
        for rule in oracle.RULES
        for role in rule["roles"]
        for tier in rule["tiers"]
        for relation in rule["relations"]
        for action in rule["actions"]
    }


@pytest.mark.parametrize("role", AXES["role"])
def test_the_gate_allows_a_role_exactly_what_the_matrix_says(role: str, book: RuleBook, table: DecisionTable) -> None:
    """Both signs: in every relation at every tier, all that is named and nothing else."""
    gate.use(gate.Gate(book, table, CaseRelations()))
    said = {(one.tier, one.relation): frozenset(one.actions) for one in STANDINGS if one.role == role}
    for tier in AXES["tier"]:
        subject = Subject(UUID(int=1), role, tier, 1, 1, None)
        for relation in Relation:
            decided = gate.decide(subject, (Stands(relation),)).actions
            assert decided == said.get((tier, relation), frozenset()), (tier, relation)


def test_the_whole_matrix_counts_both_signs(table: DecisionTable) -> None:
    signs = [table.allows(*cell) for cell in every_cell()]
    assert len(signs) == len(ROLES) * len(TIERS) * len(Relation) * len(AXES["action"])
    assert sum(signs) == sum(len(one.actions) for one in STANDINGS)


@pytest.mark.parametrize(
    ("wish", "axes"),
    [
        (Wish(), ("role", "relation")),
        (Wish(role="wr_director"), ("action", "relation")),
        (Wish(relation="oversees"), ("action", "role")),
        (Wish(action="case:read"), ("role", "relation")),
        (Wish(role="wr_director", relation="holds"), ("action", "tier")),
        (Wish(role="wr_director", tier="C", relation="holds", action="case:read"), ("action", "tier")),
        (Wish(role="intake", whole=True), ("action", "relation")),
    ],
)
def test_a_grid_shows_exactly_the_cells_of_its_part(book: RuleBook, wish: Wish, axes: tuple[str, str]) -> None:
    shown = grid(book, wish)
    assert (shown.row_axis, shown.column_axis) == axes
    order = ("role", "tier", "relation", "action")
    expected: dict[tuple[str, str], dict[str, set[str]]] = {}
    for cell, no in book.cells().items():
        if wish.holds(cell):
            key = (cell[order.index(axes[0])], cell[order.index(axes[1])])
            expected.setdefault(key, {}).setdefault(no, set()).add(cell[1])
    assert {key: {no: set(tiers) for no, tiers in found.items()} for key, found in shown.cells.items()} == expected
    assert {key[0] for key in expected} <= set(shown.rows) and {key[1] for key in expected} <= set(shown.columns)
    assert shown.counted is (wish == Wish())
    if wish.whole:
        assert shown.rows == AXES["action"] and shown.columns == AXES["relation"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_spreadsheet_holds_the_matrix_and_nothing_else(book: RuleBook, language: str) -> None:
    read = load_workbook(BytesIO(matrix_file(PROGRAM, 0, "xlsx", language).content))
    assert len(read.sheetnames) == 1 + len(AXES["tier"])
    named = [str(cell.value) for row in read.worksheets[0].iter_rows(min_row=5, min_col=5) for cell in row]
    marks = {"zh": ("、", ", "), "en": (", ", "、")}[language]
    assert any(marks[0] in text for text in named) and not any(marks[1] in text for text in named)
    for tier in Tier:
        sheet = read[tier_named(tier, language)]
        assert sheet.freeze_panes == "C2"
        head = [str(cell.value).rpartition("\n")[2] for cell in sheet[1]]
        found = {
            (str(row[0].value), str(row[1].value), head[cell.column - 1]): str(cell.value)
            for row in sheet.iter_rows(min_row=2)
            for cell in row[2:]
            if cell.value is not None
        }
        assert found == {
            (role_named(role, language), relation_named(relation, language), action): no
            for (role, at, relation, action), no in book.cells().items()
            if at == tier
        }


def test_the_lines_of_the_csv_are_the_allowed_cells_with_their_sentence(book: RuleBook) -> None:
    text = matrix_file(PROGRAM, 0, "csv", "zh").content.decode().removeprefix(BOM)
    rows = list(csv.DictReader(StringIO(text)))
    cells = {(row["role"], row["tier"], row["relation"], row["action"]): row["规则"] for row in rows}
    assert len(rows) == len(cells) and cells == book.cells()
    assert all(row["规则一句话"] == book.rules[row["规则"]].zh for row in rows)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1"])
def test_no_text_of_a_rule_becomes_a_formula(text: str) -> None:
    assert plain(text) == f"'{text}"
    content = PROGRAM.replace("联络员只能查看本人登记的进度", text.strip())
    assert parse(content).rules["1"].zh == text.strip()
    sheet = load_workbook(BytesIO(matrix_file(content, 0, "xlsx", "zh").content)).worksheets[0]
    assert sheet["B5"].value == text.strip() and sheet["B5"].data_type == "s"


def test_a_part_that_nobody_has_is_empty(book: RuleBook) -> None:
    assert standings(book, Wish(role="sysadmin", relation="holds")) == []
    (own,) = standings(book, Wish(role="sysadmin", tier="C", relation="none"))
    assert own == Standing("sysadmin", "C", "none", dict.fromkeys(sorted(own.actions), "61"))
