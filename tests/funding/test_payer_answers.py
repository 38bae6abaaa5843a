"""Three kinds of answer; the law comes first; the two exceptions do not cross; money follows the holder."""

from datetime import date

import msgspec
import pytest

from funding.answers import Answer, Bearer, Decision, FactsMissing, Payer, RuleMissing
from funding.defaults import Default, Defaults
from funding.facts import Facts
from funding.payer import decide
from funding.rulebook import Rulebook, offered, shipped
from funding.words import CostKind, Fault, FreeBy, Outcome, PoorCategory, Producer, Recipient
from tenants.tiers import Tier
from tests.funding.lines import (
    COUNTY,
    DAY,
    FIRM,
    NEIGHBOUR,
    POOR,
    PREFECTURE,
    TOWNSHIP,
    appraisal,
    court,
    duty,
    facts,
    subsidy,
    travel,
)

SILENT = Rulebook(shipped().tariff, Defaults(()))


def decided(answer: Answer) -> Decision:
    assert isinstance(answer, Decision), answer
    return answer


def choosing(row: str, choice: str) -> Rulebook:
    """The shipped rules with another choice of the province in one row."""
    entry = Default(row, choice, "测试", "测试", date(2026, 1, 1), None)
    return Rulebook(shipped().tariff, Defaults((*shipped().defaults.entries, entry)))


@pytest.mark.parametrize(
    ("row", "given"),
    [
        ("A8", subsidy(producer=Producer.PERSON)),
        ("A9", subsidy(producer=Producer.COLLECTIVE, resolution=True)),
        ("A10", subsidy(producer=Producer.SEVERAL, shares_recorded=True)),
        ("A13", subsidy(outcome=Outcome.LITIGATION)),
        ("A14", subsidy(outcome=Outcome.FAILED)),
        ("A15", subsidy(outcome=Outcome.WITHDRAWN, work_shown=True)),
        ("A18", subsidy(outcome=Outcome.AGREEMENT_FELL, team_at_fault=False)),
        ("B6", appraisal(fault=Fault.SEVERAL, shares_recorded=True)),
        ("B11", appraisal(fault=Fault.LATER)),
        ("D2", travel()),
        ("D3", travel(recipient=Recipient.OFFICIAL)),
        ("E2", duty(recipient=Recipient.OFFICIAL)),
    ],
)
def test_without_a_default_of_the_province_an_open_line_is_a_missing_rule(row: str, given: Facts) -> None:
    answer = decide(given, SILENT)
    assert isinstance(answer, RuleMissing)
    assert answer.row == row


def test_a_default_that_has_ended_is_a_missing_rule() -> None:
    ended = Default("A8", "finance", "测试", "测试", date(2020, 1, 1), date(2026, 3, 1))
    assert isinstance(
        decide(subsidy(producer=Producer.PERSON), Rulebook(shipped().tariff, Defaults((ended,)))), RuleMissing
    )


def test_a_default_is_named_in_the_decision_and_its_reason_in_the_trace() -> None:
    decision = decided(decide(subsidy(producer=Producer.PERSON)))
    assert decision.default_used == ("A8",)
    assert any("不向个人收取" in line.render("zh") for line in decision.trace)


def test_every_shipped_default_answers_a_line_that_is_open() -> None:
    assert {entry.row for entry in shipped().defaults.entries} <= set(offered())


def test_a_line_outside_the_table_is_a_missing_rule() -> None:
    answer = decide(facts(cost=CostKind.OTHER, recipient=Recipient.ELIGIBLE))
    assert isinstance(answer, RuleMissing)


def test_a_general_case_struck_off_without_agreement_is_a_missing_rule() -> None:
    answer = decide(subsidy(outcome=Outcome.STRUCK_OFF))
    assert isinstance(answer, RuleMissing)
    assert answer.row == "A1.1"


def test_a_cost_from_before_the_plan_has_no_rate() -> None:
    assert isinstance(decide(subsidy(incurred_on=date(2018, 6, 6))), RuleMissing)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (Facts(), ("cost", "incurred_on")),
        (subsidy(outcome=None), ("outcome",)),
        (subsidy(case_class=None), ("case_class",)),
        (subsidy(producer=None), ("producer",)),
        (subsidy(producer_found=None), ("producer_found",)),
        (subsidy(producer=Producer.UNCLEAR, producer_found=None), ("producer_found",)),
        (subsidy(producer=Producer.SEVERAL, shares_recorded=False), ("shares_recorded",)),
        (subsidy(**FIRM | {"stopped": None}), ("stopped",)),
        (subsidy(**FIRM | {"stopped": True, "unable": None}), ("unable",)),
        (subsidy(**FIRM | {"stopped": True, "unable": True, "unable_evidence": False}), ("unable_evidence",)),
        (subsidy(**FIRM | {"producer_is_party": True}), ("undertaking",)),
        (appraisal(actual_fen=None), ("actual_fen",)),
        (appraisal(fault=Fault.PERSON, poor_category=PoorCategory.REGISTERED), ("poor_on_date",)),
        (appraisal(fault_found=None), ("fault_found",)),
        (court(free_by=None), ("free_by",)),
        (court(allocated=None), ("allocated",)),
        (travel(trip_serves=None), ("trip_serves",)),
        (travel(approved_before=None), ("approved_before",)),
        (duty(checked_in=False), ("checked_in",)),
        (duty(tier=None), ("tier",)),
    ],
)
def test_what_is_not_known_is_asked_for_by_name(given: Facts, missing: tuple[str, ...]) -> None:
    answer = decide(given)
    assert isinstance(answer, FactsMissing)
    assert answer.facts == missing


def test_being_stopped_and_unable_helps_an_enterprise_in_the_subsidy_alone() -> None:
    stopped = {"stopped": True, "unable": True, "unable_evidence": True}
    assert decided(decide(subsidy(**FIRM | stopped))).payer is Payer.FINANCE
    assert decided(decide(appraisal(fault=Fault.ENTERPRISE, **stopped))).payer is Payer.FAULT_PARTY
    assert decided(decide(court(fault=Fault.ENTERPRISE, **stopped))).payer is Payer.FAULT_PARTY


def test_being_poor_changes_fees_alone() -> None:
    assert decided(decide(appraisal(fault=Fault.PERSON, **POOR))).payer is Payer.FINANCE
    assert decided(decide(court(fault=Fault.PERSON, **POOR))).payer is Payer.FINANCE
    assert decide(subsidy(**POOR)) == decide(subsidy())


def test_what_the_law_makes_free_comes_before_what_a_court_allocated() -> None:
    free = court(free_by=FreeBy.LABOUR_ARBITRATION, allocated=True, allocated_fen=60_000)
    assert decided(decide(free)).payer is Payer.NOBODY


def test_a_group_after_the_registered_poor_counts_only_where_the_province_has_said_so() -> None:
    given = appraisal(fault=Fault.PERSON, poor_category=PoorCategory.MONITORED, poor_from=date(2024, 1, 1))
    assert isinstance(decide(given), RuleMissing)
    assert decided(decide(given, choosing("B3.1", "as_registered"))).payer is Payer.FINANCE
    assert decided(decide(given, choosing("B3.1", "not_registered"))).bearer is Bearer.PERSON


def test_the_province_can_open_duty_pay_to_officials_and_read_the_preceding_item_literally() -> None:
    assert decided(decide(duty(recipient=Recipient.OFFICIAL), choosing("E2", "pay"))).maximum_fen == 60_000
    literal = decided(decide(travel(fault=Fault.UNIT), choosing("D2", "literal")))
    assert literal.payer is Payer.FAULT_PARTY


def test_a_township_has_no_fund_so_its_county_pays() -> None:
    given = subsidy(producer=Producer.PERSON, tier=Tier.TOWNSHIP, tenant=TOWNSHIP)
    decision = decided(decide(given))
    assert (decision.budget_tier, decision.budget_tenant, decision.place_tenant) == (Tier.COUNTY, COUNTY, None)


def test_a_zone_is_paid_by_its_host_county_as_a_default() -> None:
    decision = decided(decide(subsidy(producer=Producer.PERSON, tier=Tier.TOWNSHIP, tenant=TOWNSHIP, zone=True)))
    assert (decision.budget_tenant, decision.default_used) == (COUNTY, ("A8", "FIN.2"))


def test_a_case_taken_up_is_paid_by_its_holder_and_the_place_is_shown() -> None:
    given = subsidy(producer=Producer.PERSON, tier=Tier.PREFECTURE, tenant=PREFECTURE, county=None)
    decision = decided(decide(given))
    assert (decision.budget_tier, decision.budget_tenant, decision.place_tenant) == (
        Tier.PREFECTURE,
        PREFECTURE,
        COUNTY,
    )
    assert "FIN.3" in decision.default_used


def test_the_province_may_let_the_place_pay_instead_of_the_holder() -> None:
    given = subsidy(producer=Producer.PERSON, place_county=NEIGHBOUR)
    assert decided(decide(given)).budget_tenant == COUNTY
    assert decided(decide(given, choosing("FIN.3", "place"))).budget_tenant == NEIGHBOUR


def test_an_abolished_enterprise_is_judged_by_its_successor() -> None:
    given = subsidy(**FIRM | {"producer": Producer.ABOLISHED, "has_successor": True, "successor": Producer.ENTERPRISE})
    stopped = msgspec.structs.replace(given, stopped=True, unable=True, unable_evidence=True)
    assert decided(decide(given)).row == "A3"
    assert decided(decide(stopped)).row == "A4"


def test_a_decision_depends_on_the_facts_alone() -> None:
    assert decide(subsidy(incurred_on=DAY)) == decide(subsidy(incurred_on=DAY))
