"""The three kinds of answer to "who pays": a decision, facts missing, or a rule missing. Never a guess."""

import msgspec

from foundation.choice import Choice
from foundation.language import N_
from funding.trace import TraceLine
from funding.words import Fault, Producer
from tenants.tiers import Tier


class Payer(Choice):
    """In which capacity somebody pays."""

    PRODUCER = "producer", N_("责任主体")
    FAULT_PARTY = "fault_party", N_("责任（过错）方")
    FINANCE = "finance", N_("同级财政")
    SHARES = "shares", N_("各责任方按书面份额分别承担")  # each share is decided again by itself
    ALLOCATED = "allocated", N_("裁判文书确定的承担人")
    ADVANCING_UNIT = "advancing_unit", N_("同意垫付的单位")
    COMMISSIONING_PARTY = "commissioning_party", N_("委托鉴定的当事人")
    NOBODY = "nobody", N_("无人付款")


class Bearer(Choice):
    """What kind of subject the payer is."""

    DEPARTMENT = "department", N_("部门")
    ENTERPRISE = "enterprise", N_("企业")
    UNIT = "unit", N_("单位")
    COLLECTIVE = "collective", N_("村集体或者村（居）委会")
    PERSON = "person", N_("自然人")
    FINANCE = "finance", N_("财政")
    SEVERAL = "several", N_("多个主体")
    ALLOCATED = "allocated", N_("依裁判文书")
    NOBODY = "nobody", N_("无付款主体")


class Refusal(Choice):
    """Why nothing may be paid although it was asked for."""

    ALREADY_SETTLED = "AlreadySettled", N_("本案已经结算，一案一结")
    SPLIT_DISPUTE = "SplitDispute", N_("同一纠纷拆分立案，应当并案后结算")
    RECIPIENT_OFFICIAL = "RecipientOfficial", N_("公职人员不得领取任何办案补助")
    NOT_APPROVED_BEFORE = "NotApprovedBefore", N_("出差未经主管部门事前审核同意")
    TRAVEL_ALREADY_PAID = "TravelAlreadyPaid", N_("同一天已领取出差补助")


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


BEARERS = {bearer.value: bearer for bearer in Bearer}


def bearer_of(payer: Payer, producer: Producer | None, fault: Fault | None) -> Bearer:
    """The kind of subject that pays in this capacity."""
    match payer:
        case Payer.PRODUCER if producer is not None:
            return BEARERS[producer.value]
        case Payer.FAULT_PARTY if fault is not None:
            return BEARERS[fault.value]
        case Payer.SHARES:
            return Bearer.SEVERAL
        case Payer.ADVANCING_UNIT:
            return Bearer.UNIT
        case Payer.COMMISSIONING_PARTY:
            return Bearer.PERSON
        case _:
            return BEARERS[payer.value]
