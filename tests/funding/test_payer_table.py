"""Every line of the page is in the table and says what the page says."""

import pytest

from funding.answers import Decision, FactsMissing
from funding.facts import FACT_NAMES, Facts
from funding.payer import decide
from funding.rows import Section
from funding.rulebook import every_row
from funding.table import TABLE
from funding.words import CostKind, Fault, Fee, Outcome, PoorCategory
from tests.funding.lines import LINES, POOR, appraisal, court, subsidy

PAGE = frozenset(
    [f"A{n}" for n in range(1, 23)]
    + [f"B{n}" for n in range(1, 12)]
    + [f"C{n}" for n in range(1, 11)]
    + ["D1", "D2", "D3", "D4", "E1", "E2", "E3", "F", "G"]
)
"""The ids of payer-table.md."""


@pytest.mark.obligation("38", "41", "42", "43", "44", "44a", "45", "46", "47", "47a", "48", "49", "50")
@pytest.mark.parametrize(
    ("line", "given", "expected"),
    [pytest.param(line, given, expected, id=f"{line}: {about}") for line, about, given, expected in LINES],
)
def test_each_line_of_the_page_decides_as_it_says(line: str, given: Facts, expected: dict[str, object]) -> None:
    answer = decide(given)
    assert isinstance(answer, Decision), answer
    assert {name: getattr(answer, name) for name in expected} == expected
    assert line in {step.row.split(".")[0] for step in answer.trace}


def test_c9_an_agency_fee_waits_until_fault_is_known() -> None:
    answer = decide(court(fee=Fee.AGENCY, fault=Fault.LATER))
    assert isinstance(answer, FactsMissing)
    assert (answer.row, answer.facts) == ("C9", ("fault",))


def test_the_table_holds_every_line_of_the_page_and_no_other() -> None:
    assert {row.id.split(".")[0] for row in every_row()} == PAGE | {"FIN"}


def test_every_line_of_the_page_has_a_case_here() -> None:
    assert {line for line, *_ in LINES} | {"C9"} == PAGE


def test_rows_ask_only_for_facts_that_exist_and_have_a_name() -> None:
    for row in every_row():
        for name in (*(term.fact for term in row.terms), *row.needs):
            assert hasattr(Facts(), name) and name in FACT_NAMES, (row.id, name)


SUCCESSORS_OF_THE_POOR = (PoorCategory.MONITORED, PoorCategory.LOW_INCOME, PoorCategory.DESTITUTE)
BETWEEN_THE_LINES = (
    court(fee=Fee.AGENCY, fault=Fault.LATER),
    court(fault_is_petitioner=True),
    subsidy(outcome=Outcome.STRUCK_OFF),
    *(
        make(fault=Fault.PERSON, **POOR | {"poor_category": c})
        for make in (appraisal, court)
        for c in SUCCESSORS_OF_THE_POOR
    ),
)
"""Facts for the rows that end in no decision, or only explain one."""


@pytest.mark.parametrize(
    ("kind", "place"), [(kind, place) for kind, section in TABLE.items() for place in range(len(section.rows))]
)
def test_no_row_of_the_table_is_idle(kind: CostKind, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = [facts for _, _, facts, _ in LINES if facts.cost is kind]
    samples += [facts for facts in BETWEEN_THE_LINES if facts.cost is kind]
    before = [decide(facts) for facts in samples]
    section = TABLE[kind]
    without = Section(section.rows[:place] + section.rows[place + 1 :], section.amount, section.to_third_party)
    monkeypatch.setitem(TABLE, kind, without)
    assert [decide(facts) for facts in samples] != before
