"""The eight steps (五(一)–(八)) as one table of moves: what may be done when, under which guards, and where it leads.

A mediator can check it line by line. Pages, API, refusals and the diagram in the docs come from here.
Which edition of the table a case follows is told in `cases.editions`.
"""

from enum import IntEnum, StrEnum

from msgspec import Struct

from foundation.language import N_


class Step(IntEnum):
    INTERVIEW = 1
    ASSESSMENT = 2
    ENTRUSTMENT = 3
    HANDLING = 4
    OPINION = 5
    GUIDANCE = 6
    RELIEF = 7
    ARCHIVE = 8


STEP_NAMES = {
    Step.INTERVIEW: N_("接谈"),
    Step.ASSESSMENT: N_("评析"),
    Step.ENTRUSTMENT: N_("委托"),
    Step.HANDLING: N_("办理"),
    Step.OPINION: N_("处理意见"),
    Step.GUIDANCE: N_("引导"),
    Step.RELIEF: N_("救助"),
    Step.ARCHIVE: N_("归档"),
}


class State(StrEnum):
    REGISTERED = "registered"
    SET_BACK = "set_back"
    ASSESSING = "assessing"
    ACCEPTED = "accepted"
    ENTRUSTED = "entrusted"
    PROPOSED = "proposed"
    GUIDED = "guided"
    RELIEVED = "relieved"
    CLOSED = "closed"
    ARCHIVED = "archived"
    REFUSED = "refused"


STATE_NAMES = {
    State.REGISTERED: N_("已登记，待报备审批"),
    State.SET_BACK: N_("退回补正"),
    State.ASSESSING: N_("评析中"),
    State.ACCEPTED: N_("已受理，待委托"),
    State.ENTRUSTED: N_("办理中"),
    State.PROPOSED: N_("已提出处理意见"),
    State.GUIDED: N_("已引导，结果已明"),
    State.RELIEVED: N_("救助已核、履行与回访"),
    State.CLOSED: N_("已结案，待归档"),
    State.ARCHIVED: N_("已归档"),
    State.REFUSED: N_("不予受理"),
}

STEP_OF = {
    State.REGISTERED: Step.INTERVIEW,
    State.SET_BACK: Step.INTERVIEW,
    State.ASSESSING: Step.ASSESSMENT,
    State.REFUSED: Step.ASSESSMENT,
    State.ACCEPTED: Step.ENTRUSTMENT,
    State.ENTRUSTED: Step.HANDLING,
    State.PROPOSED: Step.OPINION,
    State.GUIDED: Step.GUIDANCE,
    State.RELIEVED: Step.RELIEF,
    State.CLOSED: Step.ARCHIVE,
    State.ARCHIVED: Step.ARCHIVE,
}

OPEN = frozenset(State) - {State.REFUSED, State.CLOSED, State.ARCHIVED}
"""States in which work on the dispute goes on."""

AFTER_ASSESSMENT = frozenset({State.ACCEPTED, State.ENTRUSTED, State.PROPOSED, State.GUIDED, State.RELIEVED})
MEDIATING = frozenset({State.ACCEPTED, State.ENTRUSTED, State.PROPOSED})
FOLLOWING = frozenset({State.GUIDED, State.RELIEVED})
BEFORE_AN_END = OPEN - FOLLOWING
"""Until mediation has ended, a party may leave it (N2); afterwards there is nothing left to leave."""
ENDED = frozenset({State.REFUSED, State.CLOSED, State.ARCHIVED})
SETTLING = frozenset({State.CLOSED, State.ARCHIVED})
COSTS = AFTER_ASSESSMENT | SETTLING
"""Costs arise, and what is owed for them is asked for, while the case is open and afterwards."""
ANY = frozenset(State)


class Move(Struct, frozen=True):
    """`act` may be done in one of `when`, once its `guards` (by name) are met; it leads to one of `to`, or stays."""

    act: str
    when: frozenset[State]
    to: frozenset[State] = frozenset()
    guards: tuple[str, ...] = ()
    quiet: bool = False
    """Not offered at all until its guards are met: nothing is missing, it just does not apply."""


def _move(
    act: str, when: State | frozenset[State], *to: State, guards: tuple[str, ...] = (), quiet: bool = False
) -> Move:
    return Move(act, when if isinstance(when, frozenset) else frozenset({when}), frozenset(to), guards, quiet)


HERE = "holder_not_conflicted"
"""Nobody mediates a dispute whose unit is their own organ, also where there is no tier above to take it."""

MOVES: tuple[Move, ...] = (
    # 1 接谈
    _move("complete-registration", State.SET_BACK, State.REGISTERED),
    _move("approve-registration", State.REGISTERED, State.ASSESSING, State.SET_BACK, guards=("other_person",)),
    # 2 评析
    _move("assess-claim", State.ASSESSING),
    _move("split-claim", State.ASSESSING, guards=("refused_claim",), quiet=True),
    _move("attribute-claim", OPEN),
    _move("record-consent", OPEN, State.GUIDED),
    _move("record-mandate", OPEN),
    _move("revoke-mandate", OPEN, guards=("mandate_standing",), quiet=True),
    _move("add-party", OPEN),
    _move("correct-party", ANY),
    _move("record-unit", OPEN),
    _move("divert-accusation", OPEN),
    _move("record-standing", OPEN),
    _move("tag-case", OPEN),
    _move("record-petition-acceptance", OPEN, guards=("petition_not_accepted",), quiet=True),
    _move("refuse-case", State.ASSESSING, State.REFUSED, guards=("no_suitable_claim",)),
    _move(
        "accept-case",
        State.ASSESSING,
        State.ACCEPTED,
        guards=(
            "claims_assessed",
            "committee_posts",
            "each_party_asked",
            "both_sides_consent",
            HERE,
            "own_steps_before_acceptance",
        ),  # fmt: skip
    ),
    _move("propose-class", AFTER_ASSESSMENT, guards=("no_class_proposed",)),
    _move("decide-class", AFTER_ASSESSMENT, guards=("class_proposed",), quiet=True),
    # 3 委托
    _move("propose-entrustment", State.ACCEPTED, guards=("both_sides_consent",)),
    _move(
        "sign-entrustment",
        State.ACCEPTED,
        State.ENTRUSTED,
        State.ACCEPTED,
        guards=("deed_proposed", "both_sides_consent", "own_steps_before_entrustment"),
    ),
    _move("record-unit-refusal", State.ACCEPTED, State.GUIDED),
    # 4 办理
    # also later: a receiver of the case forms a team of its own, and a handler may leave during the follow-up
    _move("form-team", FOLLOWING | {State.ENTRUSTED, State.PROPOSED}, guards=("no_active_team", HERE)),
    _move("replace-member", FOLLOWING | {State.ENTRUSTED, State.PROPOSED}, guards=("active_team",)),
    _move("fill-seat", FOLLOWING | {State.ENTRUSTED, State.PROPOSED}, guards=("seat_vacant",), quiet=True),
    _move("add-member", FOLLOWING | {State.ENTRUSTED, State.PROPOSED}, guards=("active_team", HERE)),
    _move("dissolve-team", ANY, guards=("active_team",), quiet=True),
    _move("accept-member", FOLLOWING | {State.ENTRUSTED, State.PROPOSED}, guards=("active_team",)),
    _move("confirm-team", frozenset({State.ENTRUSTED, State.PROPOSED}), guards=("active_team", "members_accepted")),
    _move("write-plan", State.ENTRUSTED, guards=("team_confirmed",)),
    _move("add-evidence", OPEN),
    # what belongs to somebody may have to go back after the end, too
    _move("receive-object", OPEN),
    _move("transfer-object", ANY, guards=("object_held",), quiet=True),
    _move("return-object", ANY, guards=("object_held",), quiet=True),
    _move("record-session", frozenset({State.ENTRUSTED, State.PROPOSED}), guards=("team_confirmed",)),
    _move("record-investigation", frozenset({State.ENTRUSTED, State.PROPOSED}), guards=("team_confirmed",)),
    _move("record-testimony", frozenset({State.ENTRUSTED, State.PROPOSED}), guards=("team_confirmed",)),
    _move("record-publicity", FOLLOWING | {State.ENTRUSTED, State.PROPOSED}, guards=("team_confirmed",)),
    _move("write-analysis", State.ENTRUSTED, guards=("team_confirmed",)),
    _move("commission-appraisal", State.ENTRUSTED, guards=("team_confirmed",)),
    _move("receive-appraisal", State.ENTRUSTED, guards=("appraisal_running",), quiet=True),
    _move("extend-mediation", frozenset({State.ENTRUSTED, State.PROPOSED}), guards=("both_sides_extend",)),
    # 5 处理意见
    _move("accept-expert", frozenset({State.ENTRUSTED, State.PROPOSED}), guards=("team_confirmed",)),
    _move("convene-panel", frozenset({State.ENTRUSTED, State.PROPOSED}), guards=("team_confirmed",)),
    _move("panel-opinion", frozenset({State.ENTRUSTED, State.PROPOSED}), guards=("panel_convened",)),
    _move("record-panel", frozenset({State.ENTRUSTED, State.PROPOSED}), guards=("panel_convened",), quiet=True),
    _move("confer", State.ENTRUSTED, guards=("team_confirmed",)),
    _move(
        "issue-opinion",
        State.ENTRUSTED,
        State.PROPOSED,
        guards=("plan_written", "conferred_if_major", HERE, "own_steps_before_opinion"),
    ),
    # 6 引导
    _move("draft-agreement", State.PROPOSED, guards=("team_confirmed",)),
    _move("confirm-free-will", State.PROPOSED, guards=("agreement_drafted",)),
    _move("sign-agreement", State.PROPOSED, guards=("agreement_drafted",)),
    _move("record-oral-agreement", State.PROPOSED, State.GUIDED, guards=("oral_agreement_free", HERE), quiet=True),
    _move("seal-agreement", State.PROPOSED, State.GUIDED, guards=("agreement_fully_signed", HERE)),
    _move("guide-elsewhere", frozenset({State.PROPOSED, State.ENTRUSTED}), State.GUIDED),
    _move("terminate", MEDIATING, State.GUIDED),
    _move("withdraw-consent", BEFORE_AN_END, State.GUIDED),
    _move("leave-mediation", BEFORE_AN_END, State.GUIDED, guards=("taking_part",), quiet=True),
    _move("record-referral", FOLLOWING | {State.PROPOSED}),
    _move("answer-referral", FOLLOWING | SETTLING | {State.PROPOSED}, guards=("referral_open",), quiet=True),
    _move("check-legal-aid", OPEN - {State.REGISTERED, State.SET_BACK}),
    _move("give-lawyer-notice", FOLLOWING | MEDIATING),
    _move("choose-lawyer", FOLLOWING | MEDIATING, guards=("told_of_lawyers",), quiet=True),
    _move("record-lawyer-choice", FOLLOWING | MEDIATING),
    # 7 救助
    _move("check-relief", FOLLOWING, State.RELIEVED),
    _move("refer-relief", State.RELIEVED),
    _move("answer-relief", State.RELIEVED, guards=("relief_referred",), quiet=True),
    _move("record-performance", FOLLOWING, guards=("agreement_effective",)),
    _move("urge-performance", FOLLOWING, guards=("agreement_effective",), quiet=True),
    _move("note-agreement-dispute", FOLLOWING | SETTLING, guards=("agreement_effective",), quiet=True),
    _move("return-visit", FOLLOWING, guards=("agreement_effective",)),
    _move(
        "close-case",
        State.RELIEVED,
        State.CLOSED,
        guards=("performed_and_visited", "relief_answered", "own_steps_before_closing"),
    ),
    # 8 归档
    _move("check-dossier", frozenset({State.CLOSED, State.REFUSED})),
    _move(
        "archive-dossier",
        frozenset({State.CLOSED, State.REFUSED}),
        State.ARCHIVED,
        guards=("objects_settled", "dossier_complete", "own_steps_before_archiving"),
    ),
    # the bound dossier lent and given back: rows beside the case, which changes no more
    _move("lend-dossier", State.ARCHIVED, guards=("dossier_not_transferred", "dossier_in_place")),
    _move("transfer-dossier", State.ARCHIVED, guards=("dossier_not_transferred", "dossier_in_place")),
    _move("return-dossier", ANY, guards=("dossier_lent",), quiet=True),
    # what was agreed is not performed: the case goes on (26a)
    _move("reopen-case", SETTLING, State.GUIDED, guards=("agreement_effective",), quiet=True),
    # at any time
    # a step that a tenant asks for by its own data (obligation 6)
    _move("record-own-step", OPEN | {State.REFUSED, State.CLOSED}, guards=("own_step_waiting",), quiet=True),
    _move("write-note", ANY),
    _move("record-elsewhere", ANY),
    _move("pause-term", ANY),
    _move("resume-term", ANY, guards=("term_paused",), quiet=True),
    _move("extend-term", ANY),
    _move("reveal-party", ANY),
    # a leak of personal data: put right and told at once, by the privacy officer (个人信息保护法 57)
    _move("report-breach", ANY, guards=("breach_told",)),
    _move("tell-breach", ANY, guards=("breach_untold",), quiet=True),
    _move("issue-warning", OPEN | {State.REFUSED}),
    _move("acknowledge-warning", ANY, guards=("warning_unread",), quiet=True),
    _move("review-withholding", ANY, guards=("warning_withheld",), quiet=True),
    _move("set-risk", OPEN, guards=("several_persons",)),
    # 包案: a leader takes part beside the case, and decides nothing in it (N9)
    _move("charge-leader", OPEN, guards=("no_own_charge",)),
    _move("prolong-charge", OPEN, guards=("own_charge",), quiet=True),
    _move("end-charge", ANY, guards=("own_charge",), quiet=True),
    _move("record-meeting", ANY, guards=("my_charge",), quiet=True),
    _move("report-progress", ANY, guards=("charge_stands",), quiet=True),
    # who has an interest leaves
    _move("declare-conflict", ANY),
    _move("ask-recusal", OPEN),
    _move("record-recusal", OPEN),
    _move("decide-recusal", ANY, guards=("recusal_open",), quiet=True),
    # sight that was asked for: own objects of the tier above
    _move("decide-access", ANY, guards=("tier_above", "access_undecided"), quiet=True),
    _move("revoke-access", ANY, guards=("tier_above", "access_granted"), quiet=True),
    _move("review-access", ANY, guards=("tier_above", "access_ended"), quiet=True),
    # a case that another system handed over: each petitioner is told at the next contact (个人信息保护法 23)
    _move("notify-origin", ANY, guards=("origin_untold",), quiet=True),
    # handover between offices
    _move("offer-handover", OPEN, guards=("no_pending_offer",)),
    _move("accept-handover", OPEN, guards=("pending_offer", "receiver_not_conflicted", "parties_agree")),
    _move("return-handover", OPEN, guards=("pending_offer",), quiet=True),
    _move("withdraw-handover", OPEN, guards=("pending_offer",), quiet=True),
    _move("expire-handover", OPEN, guards=("pending_offer", "offer_overdue"), quiet=True),
    _move("answer-transfer", OPEN),
    _move("answer-own-transfer", OPEN, guards=("word_asked",), quiet=True),
    _move("claim-dispute", OPEN, guards=("may_claim",), quiet=True),
    _move("state-claim", OPEN, guards=("asked_to_state",), quiet=True),
    _move("name-holder", OPEN, guards=("holder_disputed",), quiet=True),
    _move("coordinate-dispute", OPEN, guards=("dispute_escalated",), quiet=True),
    _move("lend-assistance", OPEN),
    _move("end-assistance", OPEN, guards=("assistance_standing",), quiet=True),
    _move("leave-assistance", OPEN, guards=("assisting",), quiet=True),
    # lending rights: own objects
    _move("delegate", OPEN, guards=("no_pending_offer",)),
    _move("revoke-delegation", ANY, guards=("lent_out",), quiet=True),
    # supervision: own objects, never a change of the case
    _move("issue-order", OPEN, guards=("lines_apart",)),
    _move("urge-order", ANY, guards=("order_standing", "lines_apart"), quiet=True),
    _move("extend-order", ANY, guards=("order_standing", "lines_apart"), quiet=True),
    _move("reply-order", ANY, guards=("order_standing",), quiet=True),
    _move("ask-order-extension", ANY, guards=("order_standing",), quiet=True),
    _move("decide-order-extension", ANY, guards=("extension_asked", "lines_apart"), quiet=True),
    _move("strike-off-order", ANY, guards=("order_standing", "lines_apart"), quiet=True),
    _move("open-inspection", ANY, guards=("lines_apart",)),
    _move("close-inspection", ANY, guards=("inspection_standing",), quiet=True),
    _move("score-inspection", ANY, guards=("inspection_standing",), quiet=True),
    _move("send-finding", ANY, guards=("inspection_standing",), quiet=True),
    _move("answer-finding", ANY, guards=("finding_waits",), quiet=True),
    _move("judge-finding", ANY, guards=("finding_answered",), quiet=True),
    _move("guide-case", OPEN, guards=("lines_apart",)),
    _move("supervise-case", OPEN, guards=("lines_apart",)),
    _move("urge-unit", ANY),
    _move("follow-unit-order", ANY, guards=("unit_order_standing",), quiet=True),
    # complaints: they neither wait for the mediation nor hold it up
    _move("file-complaint", ANY),
    _move("record-complaint", ANY),
    _move("answer-complaint", ANY, guards=("complaint_standing",), quiet=True),
    # money
    _move("find-responsibility", COSTS),
    _move("record-fee", COSTS),
    _move("request-travel", AFTER_ASSESSMENT),
    _move("approve-travel", AFTER_ASSESSMENT),
    _move("propose-settlement", SETTLING, guards=("not_settled",)),
    _move("review-settlement", SETTLING, guards=("settlement_proposed",), quiet=True),
    _move("approve-settlement", SETTLING, guards=("settlement_unpaid",), quiet=True),
    _move("appeal-settlement", SETTLING, guards=("settlement_appealable",), quiet=True),
    _move("answer-appeal", SETTLING, guards=("appeal_standing",), quiet=True),
    _move("pay-settlement", SETTLING, guards=("settlement_approved",), quiet=True),
    _move("record-undertaking", COSTS),
    _move("approve-fee", COSTS, guards=("finance_pays_fee",), quiet=True),
    _move("pay-fee", COSTS, guards=("fee_approved",), quiet=True),
    _move("record-refund", COSTS, guards=("fee_paid",), quiet=True),
    _move("remind-payer", COSTS, guards=("bill_open",), quiet=True),
    _move("record-bill-dispute", COSTS, guards=("bill_open",), quiet=True),
    _move("answer-bill-dispute", COSTS, guards=("bill_disputed",), quiet=True),
    _move("record-receipt", COSTS, guards=("bill_unpaid",), quiet=True),
    _move("take-back-receipt", COSTS, guards=("receipt_standing",), quiet=True),
    _move("link-same-matter", COSTS),
    _move("unlink-same-matter", COSTS, guards=("matter_linked",), quiet=True),
)
