"""The payer table as a lawyer would check it: each line of the page, the facts it speaks of, and what must come out."""

from datetime import date
from uuid import UUID

import msgspec

from funding.answers import Bearer, Payer, Refusal
from funding.facts import Facts, Found
from funding.words import (
    Advancer,
    Basis,
    CaseClass,
    CostKind,
    DutyDay,
    Earlier,
    Fault,
    Fee,
    FreeBy,
    Outcome,
    PoorCategory,
    Producer,
    Recipient,
)
from tenants.tiers import Tier

COUNTY, TOWNSHIP, PREFECTURE, NEIGHBOUR = 31, 310, 3, 32
DAY = date(2026, 3, 2)

ORDINARY = Facts(
    incurred_on=DAY,
    tier=Tier.COUNTY,
    tenant=COUNTY,
    prefecture=PREFECTURE,
    county=COUNTY,
    place_county=COUNTY,
    zone=False,
)
FOUND = Found(by=UUID(int=1), on=DAY, basis=Basis.AGREEMENT, reference="协议第三条", paper=UUID(int=2))
"""Who it was stands in a paper of the dossier."""


def facts(**given: object) -> Facts:
    return msgspec.structs.replace(ORDINARY, **given)


def subsidy(**given: object) -> Facts:
    """A general case that ended in an agreement; a department produced the problem."""
    ordinary: dict[str, object] = {
        "cost": CostKind.SUBSIDY,
        "outcome": Outcome.AGREED,
        "case_class": CaseClass.GENERAL,
        "earlier": Earlier.NOTHING,
        "split_dispute": False,
        "recipient": Recipient.ELIGIBLE,
        "producer": Producer.DEPARTMENT,
        "producer_found": FOUND,
    }
    return facts(**(ordinary | given))


def appraisal(**given: object) -> Facts:
    """An appraisal for 4,000 yuan; a department is at fault."""
    ordinary: dict[str, object] = {
        "cost": CostKind.NOTARY,
        "fee": Fee.APPRAISAL,
        "fee_arises": True,
        "actual_fen": 400_000,
        "fault": Fault.DEPARTMENT,
        "fault_found": FOUND,
        "legal_aid": False,
    }
    return facts(**(ordinary | given))


def court(**given: object) -> Facts:
    """A court fee of 1,000 yuan that nothing makes free and no judgment allocates; a unit is at fault."""
    ordinary: dict[str, object] = {
        "cost": CostKind.COURT,
        "fee": Fee.COURT,
        "actual_fen": 100_000,
        "free_by": FreeBy.NOTHING,
        "allocated": False,
        "fault": Fault.UNIT,
        "fault_found": FOUND,
        "legal_aid": False,
    }
    return facts(**(ordinary | given))


def travel(**given: object) -> Facts:
    """An approved trip for the case itself, 360 yuan by the standard."""
    ordinary: dict[str, object] = {
        "cost": CostKind.TRAVEL,
        "approved_before": True,
        "recipient": Recipient.ELIGIBLE,
        "trip_serves": CostKind.SUBSIDY,
        "standard_fen": 36_000,
        "producer": Producer.UNIT,
        "producer_found": FOUND,
        "fault_found": FOUND,
        "case_class": CaseClass.GENERAL,
    }
    return facts(**(ordinary | given))


def duty(**given: object) -> Facts:
    """Three person-days of duty, checked in."""
    ordinary: dict[str, object] = {
        "cost": CostKind.DUTY,
        "recipient": Recipient.ELIGIBLE,
        "duty_day": DutyDay.ORDINARY,
        "checked_in": True,
        "person_days": 3,
    }
    return facts(**(ordinary | given))


POOR = {"poor_category": PoorCategory.REGISTERED, "poor_from": date(2016, 1, 1), "poor_until": None}
NOT_POOR = {"poor_category": PoorCategory.NONE}
GENERAL = {"minimum_fen": 300_000, "maximum_fen": 500_000}
MAJOR = {"minimum_fen": 1_000_000, "maximum_fen": 3_000_000}
UP_TO_GENERAL = {"minimum_fen": 0, "maximum_fen": 500_000}
ACTUAL = {"minimum_fen": 400_000, "maximum_fen": 400_000}
COURT_FEE = {"minimum_fen": 100_000, "maximum_fen": 100_000}
TRIP = {"minimum_fen": 36_000, "maximum_fen": 36_000}
ZERO = {"payer": Payer.NOBODY, "bearer": Bearer.NOBODY, "minimum_fen": 0, "maximum_fen": 0}
FIN = {"payer": Payer.FINANCE, "bearer": Bearer.FINANCE, "budget_tier": Tier.COUNTY, "budget_tenant": COUNTY}
COMPANY = {"payer": Payer.PRODUCER, "bearer": Bearer.ENTERPRISE}
FIRM = {"producer": Producer.ENTERPRISE, "stopped": False, "unable": False, "producer_is_party": False}

# (line of the page, what it is about, facts, what the decision must say)
Line = tuple[str, str, Facts, dict[str, object]]

SUBSIDY_LINES: tuple[Line, ...] = (
    ("A1", "general agreed department pays", subsidy(), {"bearer": Bearer.DEPARTMENT, **GENERAL}),
    ("A1", "general agreed unit pays", subsidy(producer=Producer.UNIT), {"bearer": Bearer.UNIT, **GENERAL}),
    ("A2", "major settled producer pays", subsidy(case_class=CaseClass.MAJOR), {"payer": Payer.PRODUCER, **MAJOR}),
    (
        "A2",
        "major struck off under supervision",
        subsidy(case_class=CaseClass.MAJOR, outcome=Outcome.STRUCK_OFF),
        {"payer": Payer.PRODUCER, "default_used": ("A2.1",), **MAJOR},
    ),
    ("A3", "enterprise in operation pays", subsidy(**FIRM), {**COMPANY, **GENERAL}),
    (
        "A3",
        "enterprise that is a party pays by its own undertaking",
        subsidy(**FIRM | {"producer_is_party": True, "undertaking": True, "case_class": CaseClass.MAJOR}),
        {**COMPANY, **MAJOR},
    ),
    (
        "A3",
        "enterprise that is a party without undertaking is not charged",
        subsidy(**FIRM | {"producer_is_party": True, "undertaking": False}),
        {**FIN, "flag_province": True, **GENERAL},
    ),
    (
        "A4",
        "enterprise stopped and shown unable",
        subsidy(**FIRM | {"stopped": True, "unable": True, "unable_evidence": True}),
        {**FIN, **GENERAL},
    ),
    ("A5", "enterprise stopped but able", subsidy(**FIRM | {"stopped": True}), {**COMPANY, "arrears": False}),
    ("A6", "enterprise operating but unable", subsidy(**FIRM | {"unable": True}), {**COMPANY, "arrears": True}),
    ("A7", "producer unclear", subsidy(producer=Producer.UNCLEAR), {**FIN, **GENERAL}),
    ("A8", "producer is a person", subsidy(producer=Producer.PERSON), {**FIN, "default_used": ("A8",)}),
    (
        "A9",
        "village collective with its resolution",
        subsidy(producer=Producer.COLLECTIVE, resolution=True),
        {"bearer": Bearer.COLLECTIVE, "default_used": ("A9",)},
    ),
    (
        "A9",
        "village collective without resolution",
        subsidy(producer=Producer.COLLECTIVE, resolution=False),
        {**FIN, "default_used": ("A9",)},
    ),
    (
        "A10",
        "several producers with shares on record",
        subsidy(producer=Producer.SEVERAL, shares_recorded=True),
        {"payer": Payer.SHARES, "bearer": Bearer.SEVERAL, "default_used": ("A10",)},
    ),
    (
        "A11",
        "successor of an abolished unit pays",
        subsidy(producer=Producer.ABOLISHED, has_successor=True, successor=Producer.UNIT),
        {"payer": Payer.PRODUCER, "bearer": Bearer.UNIT, **GENERAL},
    ),
    (
        "A11",
        "abolished without successor",
        subsidy(producer=Producer.ABOLISHED, has_successor=False),
        {**FIN, **GENERAL},
    ),
    ("A12", "department without money", subsidy(unable=True), {"bearer": Bearer.DEPARTMENT, **GENERAL}),
    (
        "A13",
        "led to litigation",
        subsidy(outcome=Outcome.LITIGATION),
        {"payer": Payer.PRODUCER, "default_used": ("A13",), **UP_TO_GENERAL},
    ),
    (
        "A13",
        "led to arbitration in a major case stays under its ceiling",
        subsidy(outcome=Outcome.ARBITRATION, case_class=CaseClass.MAJOR),
        {"minimum_fen": 0, "maximum_fen": 3_000_000, "default_used": ("A13",)},
    ),
    (
        "A14",
        "mediation failed",
        subsidy(outcome=Outcome.FAILED),
        {"payer": Payer.PRODUCER, "default_used": ("A14",), **UP_TO_GENERAL},
    ),
    (
        "A15",
        "withdrawn with work on record",
        subsidy(outcome=Outcome.WITHDRAWN, work_shown=True),
        {"payer": Payer.PRODUCER, "default_used": ("A15",), **UP_TO_GENERAL},
    ),
    ("A15", "merged without work on record", subsidy(outcome=Outcome.MERGED, work_shown=False), ZERO),
    ("A16", "not accepted at assessment", subsidy(outcome=Outcome.NOT_ACCEPTED), ZERO),
    ("A17", "oral agreement on record", subsidy(outcome=Outcome.ORAL), {"payer": Payer.PRODUCER, **GENERAL}),
    (
        "A18",
        "agreement fell without fault of the team",
        subsidy(outcome=Outcome.AGREEMENT_FELL, team_at_fault=False, earlier=Earlier.FULL),
        {**ZERO, "refusal": None, "default_used": ("A18",)},
    ),
    ("A19", "second settlement", subsidy(earlier=Earlier.FULL), {**ZERO, "refusal": Refusal.ALREADY_SETTLED}),
    (
        "A19",
        "discretionary settlement asked for twice",
        subsidy(outcome=Outcome.FAILED, earlier=Earlier.DISCRETIONARY),
        {**ZERO, "refusal": Refusal.ALREADY_SETTLED},
    ),
    (
        "A20",
        "agreed after a discretionary settlement",
        subsidy(earlier=Earlier.DISCRETIONARY, paid_before_fen=100_000),
        {"minimum_fen": 200_000, "maximum_fen": 400_000, "default_used": ("A20",)},
    ),
    ("A21", "one dispute split", subsidy(split_dispute=True), {**ZERO, "refusal": Refusal.SPLIT_DISPUTE}),
    ("A22", "all recipients are officials", subsidy(recipient=Recipient.OFFICIAL), ZERO),
)

NOTARY_LINES: tuple[Line, ...] = (
    ("B1", "department at fault pays", appraisal(), {"payer": Payer.FAULT_PARTY, "to_third_party": True, **ACTUAL}),
    (
        "B2",
        "person at fault pays the appraiser directly",
        appraisal(fault=Fault.PERSON, **NOT_POOR),
        {"bearer": Bearer.PERSON, "to_third_party": True, **ACTUAL},
    ),
    (
        "B2",
        "a poor household whose term has ended",
        appraisal(fault=Fault.PERSON, **POOR | {"poor_until": date(2020, 12, 31)}),
        {"bearer": Bearer.PERSON, **ACTUAL},
    ),
    ("B3", "poor household at fault", appraisal(fault=Fault.PERSON, **POOR), {**FIN, **ACTUAL}),
    ("B4", "fault unclear", appraisal(fault=Fault.UNCLEAR), {**FIN, **ACTUAL}),
    (
        "B5",
        "stopped and unable enterprise at fault",
        appraisal(fault=Fault.ENTERPRISE, stopped=True, unable=True, unable_evidence=True),
        {"payer": Payer.FAULT_PARTY, "bearer": Bearer.ENTERPRISE, "arrears": True, **ACTUAL},
    ),
    (
        "B6",
        "several at fault with a proportion on record",
        appraisal(fault=Fault.SEVERAL, shares_recorded=True),
        {"payer": Payer.SHARES, "default_used": ("B6",), **ACTUAL},
    ),
    (
        "B7",
        "petitioner at fault",
        appraisal(fault=Fault.PERSON, fault_is_petitioner=True, **NOT_POOR),
        {"payer": Payer.FAULT_PARTY, "bearer": Bearer.PERSON, **ACTUAL},
    ),
    (
        "B8",
        "legal aid reduces first",
        appraisal(legal_aid=True),
        {"payer": Payer.FAULT_PARTY, "minimum_fen": 0, "maximum_fen": 400_000},
    ),
    (
        "B8",
        "legal aid has left a rest",
        appraisal(legal_aid=True, after_aid_fen=150_000),
        {"minimum_fen": 150_000, "maximum_fen": 150_000},
    ),
    ("B9", "no fee arises", appraisal(fee_arises=False), ZERO),
    (
        "B10",
        "fault found later: advanced, then decided again",
        appraisal(fault=Fault.LATER, advancer=Advancer.UNIT),
        {"payer": Payer.ADVANCING_UNIT, "refundable": True, "default_used": ("B11",), **ACTUAL},
    ),
    (
        "B11",
        "finance advances upon approval",
        appraisal(fault=Fault.LATER, advancer=Advancer.FINANCE, advance_approved=True),
        {**FIN, "refundable": True, **ACTUAL},
    ),
    (
        "B11",
        "a poor person never advances",
        appraisal(fault=Fault.LATER, advancer=Advancer.PARTY, advance_approved=True, **POOR),
        {**FIN, "refundable": True, **ACTUAL},
    ),
    (
        "B11",
        "the commissioning party may advance and is refunded",
        appraisal(fault=Fault.LATER, advancer=Advancer.PARTY, **NOT_POOR),
        {"payer": Payer.COMMISSIONING_PARTY, "refundable": True, "to_third_party": True, **ACTUAL},
    ),
)

COURT_LINES: tuple[Line, ...] = (
    ("C1", "unit at fault pays", court(), {"payer": Payer.FAULT_PARTY, "bearer": Bearer.UNIT, **COURT_FEE}),
    ("C2", "person at fault pays", court(fault=Fault.PERSON, **NOT_POOR), {"bearer": Bearer.PERSON, **COURT_FEE}),
    ("C3", "poor household at fault", court(fault=Fault.PERSON, **POOR), {**FIN, **COURT_FEE}),
    ("C4", "fault unclear", court(fault=Fault.UNCLEAR), {**FIN, **COURT_FEE}),
    (
        "C5",
        "a judgment allocates the fee",
        court(allocated=True, allocated_fen=60_000),
        {"payer": Payer.ALLOCATED, "minimum_fen": 60_000, "maximum_fen": 60_000},
    ),
    ("C6", "judicial confirmation", court(free_by=FreeBy.JUDICIAL_CONFIRMATION), ZERO),
    ("C7", "labour arbitration", court(free_by=FreeBy.LABOUR_ARBITRATION, fee=Fee.ARBITRATION), ZERO),
    ("C7", "rural land arbitration", court(free_by=FreeBy.LAND_ARBITRATION, fee=Fee.ARBITRATION), ZERO),
    ("C7", "reconsideration", court(free_by=FreeBy.RECONSIDERATION), ZERO),
    ("C8", "legal aid: agency is free", court(legal_aid=True, fee=Fee.AGENCY), ZERO),
    ("C8", "legal aid: court fee reduced", court(legal_aid=True), {"minimum_fen": 0, "maximum_fen": 100_000}),
    (
        "C10",
        "stopped enterprise at fault",
        court(fault=Fault.ENTERPRISE, stopped=True, unable=True),
        {"payer": Payer.FAULT_PARTY, "bearer": Bearer.ENTERPRISE, "arrears": True, **COURT_FEE},
    ),
)

OTHER_LINES: tuple[Line, ...] = (
    (
        "D1",
        "trip not approved before",
        travel(approved_before=False),
        {**ZERO, "refusal": Refusal.NOT_APPROVED_BEFORE},
    ),
    (
        "D2",
        "trip for the case follows item 1",
        travel(),
        {"payer": Payer.PRODUCER, "bearer": Bearer.UNIT, "default_used": ("D2",), **TRIP},
    ),
    (
        "D2",
        "trip for an appraisal follows item 2",
        travel(trip_serves=CostKind.NOTARY, fault=Fault.ENTERPRISE),
        {"payer": Payer.FAULT_PARTY, "default_used": ("D2",), **TRIP},
    ),
    (
        "D2",
        "trip for a suit follows item 3",
        travel(trip_serves=CostKind.COURT, fault=Fault.UNCLEAR),
        {**FIN, "default_used": ("D2",), **TRIP},
    ),
    ("D3", "official travels", travel(recipient=Recipient.OFFICIAL), {**ZERO, "refusal": Refusal.RECIPIENT_OFFICIAL}),
    ("D4", "payer would be a person", travel(trip_serves=CostKind.COURT, fault=Fault.PERSON), {**FIN, **TRIP}),
    ("E1", "duty", duty(), {**FIN, "minimum_fen": 60_000, "maximum_fen": 60_000}),
    ("E2", "official on duty", duty(recipient=Recipient.OFFICIAL), {**ZERO, "refusal": Refusal.RECIPIENT_OFFICIAL}),
    ("E3", "half a day", duty(duty_day=DutyDay.HALF), {**FIN, "minimum_fen": 20_000, "maximum_fen": 20_000}),
    ("E3", "two stations", duty(duty_day=DutyDay.TWO_STATIONS), {**FIN, "maximum_fen": 20_000}),
    (
        "E3",
        "duty on a day of paid travel",
        duty(duty_day=DutyDay.TRAVEL, travel_paid=True),
        {**ZERO, "refusal": Refusal.TRAVEL_ALREADY_PAID},
    ),
    ("E3", "duty on a day of unpaid travel", duty(duty_day=DutyDay.TRAVEL, travel_paid=False), {"maximum_fen": 20_000}),
    (
        "F",
        "any subsidy to an official",
        facts(cost=CostKind.OTHER, recipient=Recipient.OFFICIAL),
        {**ZERO, "refusal": Refusal.RECIPIENT_OFFICIAL},
    ),
    (
        "G",
        "first year",
        facts(cost=CostKind.BUDGET, first_year=True, allocation_fen=9_000_000),
        {**FIN, "maximum_fen": 9_000_000},
    ),
    (
        "G",
        "later year",
        facts(cost=CostKind.BUDGET, first_year=False, last_year_fen=7_654_321),
        {**FIN, "minimum_fen": 7_654_321, "maximum_fen": 7_654_321},
    ),
)

LINES = SUBSIDY_LINES + NOTARY_LINES + COURT_LINES + OTHER_LINES
