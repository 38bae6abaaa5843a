"""The decision over all facts: it never fails, never bills a person for mediation, never leaves the class's range."""

import types
import typing
from datetime import date
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from funding.answers import Bearer, Decision, FactsMissing, Payer, RuleMissing
from funding.facts import Facts, Found
from funding.payer import decide
from funding.words import CaseClass, CostKind
from tests.funding.lines import FOUND, LINES

CEILING = {CaseClass.GENERAL: 500_000, CaseClass.MAJOR: 3_000_000}
OPEN_ENDS = frozenset({"poor_until"})  # here None is an answer: valid until further notice
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def values_of(annotation: object) -> st.SearchStrategy[Any]:
    """Any value of a fact, not-known included."""
    (kind,) = (part for part in typing.get_args(annotation) if part is not types.NoneType)
    if kind is date:
        return st.none() | DAYS
    if kind is Found:
        return st.sampled_from((None, FOUND))
    if kind is bool:
        return st.none() | st.booleans()
    if kind is int:
        return st.none() | st.integers(0, 10_000_000)
    return st.none() | st.sampled_from(list(kind))


FIELDS = {name: values_of(annotation) for name, annotation in typing.get_type_hints(Facts).items()}
ANY_FACTS = st.builds(Facts, **FIELDS)


@st.composite
def near_a_line(draw: st.DrawFn) -> Facts:
    """A line of the page with a few facts changed: wild facts alone would seldom reach a decision."""
    _, _, facts, _ = draw(st.sampled_from(LINES))
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=5, unique=True))
    return msgspec.structs.replace(facts, **{name: draw(FIELDS[name]) for name in names})


@settings(max_examples=600, deadline=None)
@given(near_a_line() | ANY_FACTS)
def test_any_facts_get_one_of_the_three_answers_with_a_trace_in_both_languages(facts: Facts) -> None:
    answer = decide(facts)
    assert isinstance(answer, Decision | FactsMissing | RuleMissing)
    for line in answer.trace:
        assert line.render("zh") != line.render("en")


@settings(max_examples=600, deadline=None)
@given(near_a_line())
def test_nobody_is_billed_as_a_person_except_for_a_third_partys_fee(facts: Facts) -> None:
    answer = decide(facts)
    if isinstance(answer, Decision) and answer.bearer is Bearer.PERSON:
        assert facts.cost in (CostKind.NOTARY, CostKind.COURT) and answer.to_third_party


@settings(max_examples=600, deadline=None)
@given(near_a_line())
def test_amounts_stay_inside_the_range_of_the_class(facts: Facts) -> None:
    answer = decide(facts)
    if not isinstance(answer, Decision):
        return
    assert 0 <= answer.minimum_fen <= answer.maximum_fen
    if facts.cost is CostKind.SUBSIDY and answer.payer is not Payer.NOBODY:
        assert facts.case_class is not None and answer.maximum_fen <= CEILING[facts.case_class]


@settings(max_examples=600, deadline=None)
@given(near_a_line(), st.data())
def test_a_fact_that_was_not_needed_never_changes_who_pays_or_how_much(facts: Facts, data: st.DataObject) -> None:
    """So a decision is never a guess about what nobody has told."""
    answer = decide(facts)
    unknown = sorted(name for name in FIELDS if getattr(facts, name) is None and name not in OPEN_ENDS)
    if not isinstance(answer, Decision) or not unknown:
        return
    name = data.draw(st.sampled_from(unknown))
    told = decide(msgspec.structs.replace(facts, **{name: data.draw(FIELDS[name])}))
    assert isinstance(told, Decision)
    assert (told.payer, told.bearer, told.refusal) == (answer.payer, answer.bearer, answer.refusal)
    assert answer.minimum_fen <= told.minimum_fen and told.maximum_fen <= answer.maximum_fen


@settings(max_examples=500, deadline=None)
@given(near_a_line())
def test_finance_pays_from_a_tier_that_has_a_fund(facts: Facts) -> None:
    answer = decide(facts)
    if isinstance(answer, Decision):
        assert (answer.budget_tier is not None) == (answer.payer is Payer.FINANCE)
        assert answer.budget_tier is None or answer.budget_tier.name != "TOWNSHIP"
