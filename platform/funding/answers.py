"""The three kinds of answer to "who pays": a decision, facts missing, or a rule missing. Never a guess."""

from enum import StrEnum

import msgspec

from foundation.language import N_
from funding.facts import Fault, Producer, Tier
from funding.trace import TraceLine


class Payer(StrEnum):
    """In which capacity somebody pays."""

    PRODUCER = "producer"
    FAULT_PARTY = "fault_party"
    FINANCE = "finance"
    SHARES = "shares"  # each of several by its recorded share, each share decided again by itself
    ALLOCATED = "allocated"  # whoever the court or the award names
    ADVANCING_UNIT = "advancing_unit"
    COMMISSIONING_PARTY = "commissioning_party"
    NOBODY = "nobody"


class Bearer(StrEnum):
    """What kind of subject the payer is."""

    DEPARTMENT = "department"
    ENTERPRISE = "enterprise"
    UNIT = "unit"
    COLLECTIVE = "collective"
    PERSON = "person"
    FINANCE = "finance"
    SEVERAL = "several"
    ALLOCATED = "allocated"
    NOBODY = "nobody"


class Refusal(StrEnum):
    """Why nothing may be paid although it was asked for."""

    ALREADY_SETTLED = "AlreadySettled"
    SPLIT_DISPUTE = "SplitDispute"
    RECIPIENT_OFFICIAL = "RecipientOfficial"
    NOT_APPROVED_BEFORE = "NotApprovedBefore"
    TRAVEL_ALREADY_PAID = "TravelAlreadyPaid"


PAYER_NAMES = {
    Payer.PRODUCER: N_("责任主体"),
    Payer.FAULT_PARTY: N_("责任（过错）方"),
    Payer.FINANCE: N_("同级财政"),
    Payer.SHARES: N_("各责任方按书面份额分别承担"),
    Payer.ALLOCATED: N_("裁判文书确定的承担人"),
    Payer.ADVANCING_UNIT: N_("同意垫付的单位"),
    Payer.COMMISSIONING_PARTY: N_("委托鉴定的当事人"),
    Payer.NOBODY: N_("无人付款"),
}
BEARER_NAMES = {
    Bearer.DEPARTMENT: N_("部门"),
    Bearer.ENTERPRISE: N_("企业"),
    Bearer.UNIT: N_("单位"),
    Bearer.COLLECTIVE: N_("村集体或者村（居）委会"),
    Bearer.PERSON: N_("自然人"),
    Bearer.FINANCE: N_("财政"),
    Bearer.SEVERAL: N_("多个主体"),
    Bearer.ALLOCATED: N_("依裁判文书"),
    Bearer.NOBODY: N_("无"),
}
REFUSAL_NAMES = {
    Refusal.ALREADY_SETTLED: N_("本案已经结算，一案一结"),
    Refusal.SPLIT_DISPUTE: N_("同一纠纷拆分立案，应当并案后结算"),
    Refusal.RECIPIENT_OFFICIAL: N_("公职人员不得领取任何办案补助"),
    Refusal.NOT_APPROVED_BEFORE: N_("出差未经主管部门事前审核同意"),
    Refusal.TRAVEL_ALREADY_PAID: N_("同一天已领取出差补助"),
}
TIER_NAMES = {
    Tier.PROVINCE: N_("省级"),
    Tier.PREFECTURE: N_("州（市）级"),
    Tier.COUNTY: N_("县（市、区）级"),
    Tier.TOWNSHIP: N_("乡镇（街道）级"),
}


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Who pays, within which bounds (fen), by which row and clause."""

    payer: Payer
    bearer: Bearer
    minimum_fen: int
    maximum_fen: int
    clause: str
    row: str
    budget_tier: Tier | None = None  # only when finance pays
    budget_tenant: int | None = None
    place_tenant: int | None = None  # the budget that 属地 points to, when it is another one
    default_used: tuple[str, ...] = ()  # rows that the text leaves open and the province's default filled
    refusal: Refusal | None = None
    arrears: bool = False  # owed although the payer cannot pay now
    refundable: bool = False  # an advance: decided again when fault is found
    flag_province: bool = False  # for the province's attention
    to_third_party: bool = False  # paid to the notary, appraiser, court or agent directly, never through us
    trace: tuple[TraceLine, ...] = ()


class FactsMissing(msgspec.Struct, frozen=True, kw_only=True):
    """The row that could not be read, and the names of the facts that it needs."""

    row: str
    facts: tuple[str, ...]
    trace: tuple[TraceLine, ...] = ()


class RuleMissing(msgspec.Struct, frozen=True, kw_only=True):
    """The text does not decide and no default of the province is in force: a question to the province."""

    row: str
    clause: str
    trace: tuple[TraceLine, ...] = ()


Answer = Decision | FactsMissing | RuleMissing


def bearer_of(payer: Payer, producer: Producer | None, fault: Fault | None) -> Bearer:
    """The kind of subject that pays in this capacity."""
    match payer:
        case Payer.PRODUCER if producer is not None:
            return Bearer(producer.value)
        case Payer.FAULT_PARTY if fault is not None:
            return Bearer(fault.value)
        case Payer.SHARES:
            return Bearer.SEVERAL
        case Payer.ADVANCING_UNIT:
            return Bearer.UNIT
        case Payer.COMMISSIONING_PARTY:
            return Bearer.PERSON
        case _:
            return Bearer(payer.value)
