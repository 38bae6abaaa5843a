"""Every combination of the facts that decide: exactly one of three answers; and more help never costs more."""

import os
from collections.abc import Iterator
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding.answers import Answer, Bearer, Decision, FactsMissing, Payer, RuleMissing
from funding.defaults import Defaults
from funding.facts import Facts
from funding.payer import decide
from funding.rulebook import Rulebook, shipped
from funding.words import CaseClass, Earlier, Fault, Fee, FreeBy, Outcome, PoorCategory, Producer, Recipient
from tenants.tiers import Tier
from tests.funding.lines import FOUND, POOR, appraisal, court, duty, subsidy, travel
from tests.funding.test_payer_properties import near_a_line

EXAMPLES = int(os.environ.get("TIAOJIE_PAYER_EXAMPLES", "150"))
SILENT = Rulebook(shipped().tariff, Defaults(()))
KNOWN = (True, False, None)
PRODUCERS: dict[str, tuple[Any, ...]] = {
    "producer": (*Producer, None), "producer_found": (FOUND, None), "stopped": KNOWN, "unable": KNOWN,
    "unable_evidence": (True, None), "producer_is_party": (True, False), "undertaking": (True, False),
    "case_class": (*CaseClass, None),
}  # fmt: skip
OUTCOMES: dict[str, tuple[Any, ...]] = {
    "outcome": (*Outcome, None), "case_class": tuple(CaseClass), "earlier": (*Earlier, None),
    "recipient": tuple(Recipient), "split_dispute": (True, False), "work_shown": (True, None),
    "paid_before_fen": (100_000, None),
    "team_at_fault": KNOWN,
}  # fmt: skip
FAULTS: dict[str, tuple[Any, ...]] = {
    "fault": (*Fault, None), "fault_found": (FOUND, None), "stopped": (True, None), "unable": (True, None),
    "poor_category": (*PoorCategory, None), "poor_from": (POOR["poor_from"], None), "shares_recorded": (True, None),
    "fault_is_petitioner": (True, None), "legal_aid": (True, False),
}  # fmt: skip
COURTS: dict[str, tuple[Any, ...]] = {
    "fee": (Fee.COURT, Fee.AGENCY), "free_by": (*FreeBy, None), "allocated": KNOWN, "allocated_fen": (60_000, None),
    "fault": (*Fault, None), "legal_aid": KNOWN, "poor_category": (PoorCategory.NONE, PoorCategory.REGISTERED),
    "poor_from": (POOR["poor_from"],),
}  # fmt: skip


def every(base: Facts, among: dict[str, tuple[Any, ...]]) -> Iterator[Facts]:
    for values in product(*among.values()):
        yield msgspec.structs.replace(base, **dict(zip(among, values, strict=True)))


def kinds(answer: Answer) -> int:
    return sum(isinstance(answer, kind) for kind in (Decision, FactsMissing, RuleMissing))


@pytest.mark.obligation("43", "44", "45", "46")
@pytest.mark.parametrize(
    ("base", "among"),
    [(subsidy(), PRODUCERS), (subsidy(), OUTCOMES), (appraisal(), FAULTS), (court(), COURTS)],
    ids=["who produced it", "how it ended", "who is at fault", "what a court costs"],
)
def test_every_combination_has_exactly_one_answer_and_keeps_the_rules_of_the_page(
    base: Facts, among: dict[str, tuple[Any, ...]]
) -> None:
    """The two exceptions never cross, nobody is billed without a paper, and what is silent stays an open question."""
    for facts in every(base, among):
        answer, silent = decide(facts), decide(facts, SILENT)
        assert kinds(answer) == kinds(silent) == 1
        if isinstance(silent, Decision):
            assert silent.default_used == () and answer == silent
        if isinstance(answer, Decision):
            _keeps_the_rules(facts, answer)


def _keeps_the_rules(facts: Facts, answer: Decision) -> None:
    found = facts.producer_found if facts.cost == "A" else facts.fault_found
    if answer.bearer not in (Bearer.NOBODY, Bearer.ALLOCATED):
        assert found is not None, facts
    if facts.cost == "A":
        assert answer.bearer is not Bearer.PERSON
    elif facts.fault is Fault.ENTERPRISE and answer.payer is Payer.FAULT_PARTY:
        assert answer.arrears == bool(facts.stopped and facts.unable)
    if answer.payer is Payer.FINANCE and facts.cost == "A":
        helped = facts.producer in (Producer.UNCLEAR, Producer.PERSON, Producer.ABOLISHED, Producer.COLLECTIVE)
        stopped = bool(facts.stopped and facts.unable and facts.unable_evidence)
        assert helped or stopped or (facts.producer_is_party and not facts.undertaking)


BURDEN = {Bearer.NOBODY: 0, Bearer.FINANCE: 1}
"""What a unit or a person has to bear is worse for it than anything else."""


def burden(answer: Answer) -> tuple[int, int] | None:
    if not isinstance(answer, Decision):
        return None
    return (BURDEN.get(answer.bearer, 2), answer.maximum_fen if BURDEN.get(answer.bearer, 2) == 2 else 0)


@settings(max_examples=EXAMPLES, deadline=None)
@given(near_a_line(), st.sampled_from(["stopped and unable", "poor", "legal aid", "class"]))
def test_what_should_help_never_makes_it_worse(facts: Facts, change: str) -> None:
    """Monotone: shown inability, poverty and legal aid never add to a burden; a major case never has a lower range."""
    if change == "class":
        low, high = (decide(msgspec.structs.replace(facts, case_class=one)) for one in CaseClass)
        if isinstance(low, Decision) and isinstance(high, Decision) and (low.payer, low.row[:1]) == (high.payer, "A"):
            assert (low.minimum_fen, low.maximum_fen) <= (high.minimum_fen, high.maximum_fen)
        return
    helped: dict[str, tuple[dict[str, object], dict[str, object]]] = {
        "stopped and unable": ({"stopped": True, "unable": False},
                               {"stopped": True, "unable": True, "unable_evidence": True}),
        "poor": ({"poor_category": PoorCategory.NONE}, POOR),
        "legal aid": ({"legal_aid": False}, {"legal_aid": True, "after_aid_fen": None}),
    }  # fmt: skip
    without, with_help = helped[change]
    before = burden(decide(msgspec.structs.replace(facts, **without)))
    after = burden(decide(msgspec.structs.replace(facts, **with_help)))
    if before is not None and after is not None:
        assert after <= before


@settings(max_examples=EXAMPLES, deadline=None)
@given(near_a_line(), st.integers(0, 5_000_000), st.integers(0, 5_000_000))
def test_a_higher_fee_and_more_days_never_cost_less(facts: Facts, one: int, other: int) -> None:
    less, more = sorted((one, other))
    for name in ("actual_fen", "allocated_fen", "standard_fen", "person_days"):
        low, high = (decide(msgspec.structs.replace(facts, **{name: value})) for value in (less, more))
        if isinstance(low, Decision) and isinstance(high, Decision):
            assert low.payer is high.payer and low.maximum_fen <= high.maximum_fen


@settings(max_examples=EXAMPLES, deadline=None)
@given(near_a_line())
def test_the_tier_changes_whose_finance_and_nothing_else(facts: Facts) -> None:
    """A township's county is the payer, never the township."""
    answers = [
        decide(msgspec.structs.replace(facts, tier=tier, tenant=9, county=9, prefecture=3, place_county=9, zone=False))
        for tier in (Tier.COUNTY, Tier.TOWNSHIP)
    ]
    told = [(one.payer, one.bearer, one.maximum_fen, one.budget_tenant, one.budget_tier)
            if isinstance(one, Decision) else one.row for one in answers]  # fmt: skip
    assert told[0] == told[1]


def test_duty_and_travel_have_one_answer_for_every_kind_of_day() -> None:
    for recipient, checked, approved in product(Recipient, KNOWN, KNOWN):
        assert kinds(decide(duty(recipient=recipient, checked_in=checked))) == 1
        assert kinds(decide(travel(recipient=recipient, approved_before=approved))) == 1
