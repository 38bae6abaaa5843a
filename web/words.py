"""Codes as people read them: each family of codes with its msgids, from the rooms' own lists."""

from collections.abc import Mapping

from access.looks_models import EXIT_NAMES
from access.recusal import Ground as RecusalGround
from access.recusal import RecusalState
from access.requests import Progress
from access.requests_models import AccessGroup, AccessPurpose, Finding
from cases.classes import CaseClass
from cases.consent import ConsentKind, ConsentWay
from cases.correct_party import PARTICULARS
from cases.disclosure import Given
from cases.mandate_form import Bond
from cases.mandate_form import Capacity as MandateCapacity
from cases.registration_form import Source
from cases.reveal import Purpose
from cases.standing import Between, Level, Phase
from cases.steps import STATE_NAMES, STEP_NAMES, State
from cases.suitability import Ground, Nature, Way
from cases.tags import Tag
from dossiers.borrowing import Condition, Manner
from dossiers.evidence import EvidenceKind
from dossiers.objects import Change
from dossiers.performance import DefaultPath
from dossiers.print_titles import OUTCOMES
from dossiers.referrals import Channel, ReferralResult
from dossiers.relief import Answer, ReliefKind
from dossiers.testimony import Checked
from foundation.choice import Choice
from foundation.language import N_, translate
from funding.answers import Payer, Refusal
from funding.budget_rows import RequestKind, RequestStatus
from funding.duty_days import DayStatus, PayStatus
from funding.fee_payments import PaymentKind as FeePaymentKind
from funding.ledger import Account as MoneyAccount
from funding.payment_batches import BatchState as PaymentState
from funding.payment_batches import LineState
from funding.positions import Position
from funding.purposes import Ground as MoneyGround
from funding.unit_parts import UnitPart
from funding.words import DutyDay, Fee
from handover.bulk_models import BatchKind, BatchState, ItemState
from handover.chain import CameBy
from handover.lendable import AssistRole
from handover.models import (
    AssistEnd,
    ClaimReason,
    Direction,
    DisputeGround,
    Loop,
    OfferState,
    Reason,
    ReturnReason,
    Stance,
)
from handover.models import Purpose as OfferPurpose
from indicators.goal_models import Measure
from organisation.duty_shifts import Part
from oversight.complaints import About, ComplaintFinding, ComplaintKind
from oversight.documents import DocumentKind, DocumentStatus
from oversight.documents import Progress as ClauseProgress
from oversight.documents import Stance as PlanStance
from oversight.finding_models import FindingState
from oversight.inspection_choices import InspectionItem, InspectionReason
from oversight.leader_charges import EndReason
from oversight.leader_work import WorkKind
from oversight.matter_models import MatterDeed
from oversight.models import OrderGround, OrderKind, OrderState, UrgingGround
from oversight.notes import NoteKind
from oversight.order_entries import OrderDeed
from oversight.phases import PhaseName
from oversight.risk import Level as RiskLevel
from oversight.risk import RiskFact
from oversight.warning_rules import AreaTier, Occasion
from policies.named import ROLES_NAMED
from policies.relations import RELATION_NAMES
from policies.words import ACTION_NAMES
from teams.agreement import Capacity
from teams.agreement import Status as AgreementStatus
from teams.replacement import Reason as Replaced
from tenants.roles import PROFESSIONS
from tenants.tiers import OFFICE_NAMES, TIER_NAMES

NEXT = {
    State.REGISTERED: N_("报备审批"),
    State.SET_BACK: N_("补正登记"),
    State.ASSESSING: N_("逐项评析，征求双方意见，决定是否受理"),
    State.ACCEPTED: N_("签署委托书"),
    State.ENTRUSTED: N_("组建小组，调查调解，提出处理意见"),
    State.PROPOSED: N_("达成协议，或引导其他途径"),
    State.GUIDED: N_("核查救助"),
    State.RELIEVED: N_("履行、回访，结案"),
    State.CLOSED: N_("立卷归档，经费结算"),
    State.ARCHIVED: N_("经费结算（未结算的）"),
    State.REFUSED: N_("立卷归档"),
}
"""What the desk says is to be done in each state."""


def _of(choices: type[Choice]) -> dict[str, str]:
    return {one.value: one.label for one in choices}


WORDS: Mapping[str, Mapping[str, str]] = {
    "relation": {str(relation): name for relation, name in RELATION_NAMES.items()},
    "side": {"petitioner": N_("信访人"), "respondent": N_("对方当事人")},
    "party_status": {
        "active": N_("参加"),
        "pending": N_("待征询"),
        "declined": N_("不同意调解"),
        "withdrawn": N_("已撤回同意"),
        "settled": N_("已达成协议"),
    },
    "member_status": {
        "proposed": N_("待当事人接受"),
        "accepted": N_("在组"),
        "replaced": N_("已更换"),
        "ended": N_("任期届满"),
        "to_come": N_("任期未到"),
    },
    "decision": {
        "pending": N_("待评析"),
        "suitable": N_("适合调解"),
        "refused": N_("不予受理"),
        "diverted": N_("已转出（检举控告）"),
    },
    "class": _of(CaseClass),
    "document": _of(DocumentKind),
    "document_status": _of(DocumentStatus),
    "plan_stance": _of(PlanStance),
    "clause_change": {"changed": N_("有改动"), "added": N_("新增"), "dropped": N_("不再有")},
    "clause_progress": _of(ClauseProgress),
    "phase_name": _of(PhaseName),
    "goal": _of(Measure),
    "finding_state": _of(FindingState),
    "tag": _of(Tag),
    "between": _of(Between),
    "phase": _of(Phase),
    "level": _of(Level),
    "link": {"split_to": N_("已拆出"), "split_from": N_("拆分自")},
    "nature": _of(Nature),
    "ground": _of(Ground),
    "way": _of(Way),
    "source": _of(Source),
    "consent": _of(ConsentKind)
    | {
        "mediator": N_("接受调解员"),
        "transfer": N_("接受移交后的调解组织"),
        "invited": N_("同意公职人员参加"),
        "free_will": N_("自愿确认"),
    },
    "consent_way": _of(ConsentWay),
    "given": _of(Given),
    "mandate": _of(MandateCapacity),
    "bond": _of(Bond),
    "particular": PARTICULARS,
    "age_mark": {"child": N_("未满十四周岁"), "minor": N_("未成年人")},
    "unit_part": _of(UnitPart),
    "evidence": _of(EvidenceKind),
    "custody": _of(Change),
    "loan_manner": _of(Manner),
    "loan_condition": _of(Condition),
    "witness_check": _of(Checked),
    "replaced_for": _of(Replaced)
    | {"dissolved": N_("小组解散"), "term": N_("任期届满"), "handed_over": N_("案件已移交")},
    "purpose": _of(Purpose),
    "offer_purpose": _of(OfferPurpose),
    "access_purpose": _of(AccessPurpose),
    "access_group": _of(AccessGroup),
    "access_progress": _of(Progress),
    "access_finding": _of(Finding),
    "exit": {str(exit.name).lower(): name for exit, name in EXIT_NAMES.items()},
    "charge_end": _of(EndReason),
    "leader_work": _of(WorkKind),
    "risk_level": _of(RiskLevel),
    "risk_fact": _of(RiskFact),
    "warning_occasion": _of(Occasion),
    "area_tier": _of(AreaTier),
    "order_kind": _of(OrderKind),
    "order_deed": _of(OrderDeed),
    "matter_deed": _of(MatterDeed),
    "complaint_kind": _of(ComplaintKind),
    "complaint_about": _of(About),
    "complaint_finding": _of(ComplaintFinding),
    "inspection_reason": _of(InspectionReason),
    "inspection_item": _of(InspectionItem),
    "oversight_note": _of(NoteKind),
    "urging_ground": _of(UrgingGround),
    "order_ground": _of(OrderGround),
    "order_state": _of(OrderState),
    "recusal_ground": _of(RecusalGround),
    "recusal_state": _of(RecusalState),
    "agreement_status": _of(AgreementStatus),
    "parties_word": {"open": N_("尚未表示"), "accepted": N_("接受"), "refused": N_("不接受")},
    "batch_kind": _of(BatchKind),
    "batch_state": _of(BatchState),
    "item_state": _of(ItemState),
    "direction": _of(Direction),
    "offer_reason": _of(Reason),
    "offer_state": _of(OfferState),
    "return_reason": _of(ReturnReason),
    "dispute_ground": _of(DisputeGround),
    "stance": _of(Stance),
    "claim_reason": _of(ClaimReason),
    "passed_direction": _of(Direction) | {"named": N_("指定办理")},
    "passed_reason": _of(Reason) | _of(DisputeGround),
    "came_by": _of(CameBy),
    "loop": _of(Loop),
    "assist_role": _of(AssistRole),
    "assist_end": _of(AssistEnd),
    "action": {str(action): name for action, name in ACTION_NAMES.items()},
    "capacity": _of(Capacity),
    "channel": _of(Channel),
    "referral_result": _of(ReferralResult),
    "default_path": _of(DefaultPath),
    "relief": _of(ReliefKind),
    "relief_answer": _of(Answer),
    "funding": _of(Position),
    "shift_part": _of(Part),
    "duty_kind": _of(DutyDay),
    "duty_status": _of(DayStatus),
    "duty_pay": _of(PayStatus),
    "payment_state": _of(PaymentState),
    "payment_line": _of(LineState),
    "fee": _of(Fee),
    "fee_payment": _of(FeePaymentKind),
    "money_ground": _of(MoneyGround),
    "money_account": _of(MoneyAccount),
    "money_refusal": _of(Refusal),
    "budget_request": _of(RequestKind),
    "budget_status": _of(RequestStatus),
    "payer": _of(Payer),
    "budget_place": {"fiscal": N_("同级财政预算"), "departmental": N_("司法行政机关部门预算")},
    "outcome": OUTCOMES,
    "state": {str(state): name for state, name in STATE_NAMES.items()},
    "next": {str(state): text for state, text in NEXT.items()},
    "step": {str(int(step)): name for step, name in STEP_NAMES.items()},
    "role": ROLES_NAMED,
    "profession": PROFESSIONS,
    "tier": {str(tier): name for tier, name in TIER_NAMES.items()},
    "office_kind": {str(kind): name for kind, name in OFFICE_NAMES.items()},
}


def word(code: object, family: str) -> str:
    """A code in the reader's language; an unknown code shows as it is, nothing as a dash."""
    if code in (None, ""):
        return "—"
    return translate(WORDS[family].get(str(code), str(code)))
