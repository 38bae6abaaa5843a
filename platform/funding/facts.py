"""What the payer decision may look at, and nothing else. None always means: not known."""

from datetime import date
from uuid import UUID

import msgspec

from foundation.language import N_
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


class Found(msgspec.Struct, frozen=True):
    """By which paper of the dossier, or which file, somebody found who it was: a finding without either is none."""

    by: UUID
    on: date
    basis: Basis
    reference: str
    paper: UUID | None = None
    file: UUID | None = None

    def __post_init__(self) -> None:
        if self.paper is None and self.file is None:
            raise ValueError("a finding rests on a paper or on a file")


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """One cost of one case; money in fen, tenants by id.

    The enterprise is the producer in A and the fault party in B and C; the poor household is who would have to pay.
    """

    cost: CostKind | None = None
    incurred_on: date | None = None

    # whose finance: of the holder when the cost is incurred; for duty, of the station
    tier: Tier | None = None
    tenant: int | None = None
    prefecture: int | None = None  # the prefecture the holder is or belongs to; None above prefecture
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
    producer_found: Found | None = None
    has_successor: bool | None = None
    successor: Producer | None = None
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
    fault_found: Found | None = None
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


FACT_NAMES = {
    "cost": N_("费用种类"),
    "incurred_on": N_("费用发生日期"),
    "tier": N_("持有单位（值班站点）层级"),
    "tenant": N_("持有单位（值班站点）所在地区"),
    "prefecture": N_("持有单位所属州（市）"),
    "county": N_("持有单位所属县（市、区）"),
    "zone": N_("持有单位是否为功能区"),
    "place_county": N_("纠纷所在县（市、区）"),
    "place_differs": N_("分级与属地是否指向不同的财政"),
    "outcome": N_("办理结果"),
    "case_class": N_("案件类别"),
    "earlier": N_("此前是否结算"),
    "paid_before_fen": N_("此前已付金额"),
    "split_dispute": N_("是否由同一纠纷拆分"),
    "recipient": N_("领取人身份"),
    "work_shown": N_("已开展工作的记录"),
    "team_at_fault": N_("专调小组有无过错"),
    "producer": N_("责任主体"),
    "producer_found": N_("责任主体由谁、凭哪份文书认定"),
    "has_successor": N_("有无权利义务承继单位"),
    "successor": N_("承继单位的性质"),
    "shares_recorded": N_("协议、裁判或者认定中的分担份额"),
    "resolution": N_("村集体承担费用的决议"),
    "stopped": N_("企业是否停产、停业"),
    "unable": N_("企业是否无力承担"),
    "unable_evidence": N_("企业无力承担的证据"),
    "producer_is_party": N_("企业本身是否为当事人"),
    "undertaking": N_("企业的书面承诺"),
    "fee": N_("费用名目"),
    "fee_arises": N_("是否产生费用"),
    "actual_fen": N_("实际金额"),
    "fault": N_("责任（过错）方"),
    "fault_found": N_("责任（过错）方由谁、凭哪份文书认定"),
    "fault_is_petitioner": N_("过错方是否为信访人"),
    "poor_category": N_("困难群体类别"),
    "poor_on_date": N_("困难群体认定的有效日期"),
    "legal_aid": N_("是否获得法律援助"),
    "after_aid_fen": N_("减免后的金额"),
    "advancer": N_("由谁垫付"),
    "advance_approved": N_("财政垫付的审批"),
    "free_by": N_("法律是否规定免费"),
    "allocated": N_("裁判文书是否已分配费用"),
    "allocated_fen": N_("裁判文书分配的金额"),
    "approved_before": N_("主管部门事前审核同意"),
    "trip_serves": N_("出差所办事项"),
    "standard_fen": N_("行政机关出差标准金额"),
    "checked_in": N_("值班签到"),
    "duty_day": N_("值班日情形"),
    "travel_paid": N_("当天是否已领取出差补助"),
    "person_days": N_("值班人天数"),
    "first_year": N_("是否第一年"),
    "allocation_fen": N_("第一年拨入金额"),
    "last_year_fen": N_("上一年实际支出"),
}
