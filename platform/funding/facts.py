"""What the payer decision may look at, and nothing else. None always means: not known."""

from datetime import date
from enum import StrEnum

import msgspec


class CostKind(StrEnum):
    """The sections of the payer table, which follow the items of 六(四)."""

    SUBSIDY = "A"
    NOTARY = "B"
    COURT = "C"
    TRAVEL = "D"
    DUTY = "E"
    OTHER = "F"
    BUDGET = "G"


class Outcome(StrEnum):
    AGREED = "agreed"
    ORAL = "oral"
    STRUCK_OFF = "struck_off"  # supervised strike-off (督办销号), never a petitioner's renunciation
    LITIGATION = "litigation"
    ARBITRATION = "arbitration"
    OTHER_CHANNEL = "other_channel"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    UNSUITABLE = "unsuitable"  # found unsuitable after 受理
    MERGED = "merged"
    SETTLED_PRIVATELY = "settled_privately"
    NOT_ACCEPTED = "not_accepted"
    AGREEMENT_FELL = "agreement_fell"  # void or not performed after the settlement


class CaseClass(StrEnum):
    GENERAL = "general"
    MAJOR = "major"


class Producer(StrEnum):
    """责任主体: who produced the problem."""

    DEPARTMENT = "department"
    ENTERPRISE = "enterprise"
    UNIT = "unit"
    PERSON = "person"  # natural person, household, unregistered group
    COLLECTIVE = "collective"  # village collective or committee
    SEVERAL = "several"
    ABOLISHED = "abolished"
    UNCLEAR = "unclear"


class Fault(StrEnum):
    """过错方: who is at fault; LATER = a running procedure will say."""

    DEPARTMENT = "department"
    ENTERPRISE = "enterprise"
    UNIT = "unit"
    PERSON = "person"
    COLLECTIVE = "collective"
    SEVERAL = "several"
    UNCLEAR = "unclear"
    LATER = "later"


class PoorCategory(StrEnum):
    """建档立卡 ended with 2020; whether its successors count is the province's to say."""

    NONE = "none"
    REGISTERED = "registered"
    MONITORED = "monitored"
    LOW_INCOME = "low_income"
    DESTITUTE = "destitute"


class Fee(StrEnum):
    NOTARY = "notary"
    APPRAISAL = "appraisal"
    COURT = "court"
    ARBITRATION = "arbitration"
    AGENCY = "agency"


class FreeBy(StrEnum):
    """Which rule of law makes the proceeding free of charge."""

    NOTHING = "nothing"
    JUDICIAL_CONFIRMATION = "judicial_confirmation"
    LABOUR_ARBITRATION = "labour_arbitration"
    LAND_ARBITRATION = "land_arbitration"
    RECONSIDERATION = "reconsideration"


class Recipient(StrEnum):
    """State at the time of the work; a team counts as OFFICIAL when all of it are."""

    ELIGIBLE = "eligible"
    OFFICIAL = "official"


class Earlier(StrEnum):
    """What was settled for this case before."""

    NOTHING = "nothing"
    DISCRETIONARY = "discretionary"
    FULL = "full"


class Advancer(StrEnum):
    UNIT = "unit"
    FINANCE = "finance"
    PARTY = "party"  # the party who commissioned the appraisal


class DutyDay(StrEnum):
    """What is unusual about a day of duty."""

    ORDINARY = "ordinary"
    HALF = "half"
    TWO_STATIONS = "two_stations"
    TRAVEL = "travel"  # the person travelled for a case on the same day


class Tier(StrEnum):
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """One cost of one case; money in fen, tenants by id. "The enterprise" is the producer in A, the fault party in B, C."""

    cost: CostKind | None = None
    incurred_on: date | None = None

    # whose finance: of the holder when the cost is incurred; for duty, of the station
    tier: Tier | None = None
    tenant: int | None = None
    county: int | None = None  # the county the holder is or belongs to; None above county
    zone: bool | None = None
    place_county: int | None = None

    # the case and how it ended
    outcome: Outcome | None = None
    case_class: CaseClass | None = None
    earlier: Earlier | None = None
    paid_before_fen: int | None = None
    split_dispute: bool | None = None
    recipient: Recipient | None = None
    work_shown: bool | None = None
    team_at_fault: bool | None = None

    # who produced the problem
    producer: Producer | None = None
    successor: Producer | None = None
    has_successor: bool | None = None
    written_finding: bool | None = None
    shares_recorded: bool | None = None
    resolution: bool | None = None
    stopped: bool | None = None
    unable: bool | None = None
    unable_evidence: bool | None = None
    producer_is_party: bool | None = None
    undertaking: bool | None = None

    # fees of third parties
    fee: Fee | None = None
    fee_arises: bool | None = None
    actual_fen: int | None = None
    fault: Fault | None = None
    fault_is_petitioner: bool | None = None
    poor_category: PoorCategory | None = None
    poor_from: date | None = None
    poor_until: date | None = None
    legal_aid: bool | None = None
    after_aid_fen: int | None = None
    advancer: Advancer | None = None
    advance_approved: bool | None = None
    free_by: FreeBy | None = None
    allocated: bool | None = None
    allocated_fen: int | None = None

    # travel, duty, budget
    approved_before: bool | None = None
    trip_serves: CostKind | None = None
    standard_fen: int | None = None
    checked_in: bool | None = None
    duty_day: DutyDay | None = None
    travel_paid: bool | None = None
    person_days: int | None = None
    first_year: bool | None = None
    allocation_fen: int | None = None
    last_year_fen: int | None = None

    @property
    def poor_on_date(self) -> bool | None:
        """Poor on the day of the cost; a category without a date is not evidence (decision g): not known."""
        if self.poor_category is None or self.poor_category is PoorCategory.NONE:
            return None if self.poor_category is None else False
        if self.poor_from is None or self.incurred_on is None:
            return None
        return self.poor_from <= self.incurred_on and (self.poor_until is None or self.incurred_on <= self.poor_until)

    @property
    def place_differs(self) -> bool | None:
        """分级 (the holder's finance) and 属地 (the county of the dispute) point to different budgets (gap w)."""
        if self.tier is None or self.place_county is None:
            return None
        if self.tier in (Tier.PROVINCE, Tier.PREFECTURE):
            return True
        return None if self.county is None else self.county != self.place_county
