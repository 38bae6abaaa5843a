"""评析: the claim is assessed; refused with its remedies, or consented to by both sides and accepted."""

from typing import Any

from cases.acceptance import ACCEPTANCE, AcceptanceForm
from cases.assessment import ASSESSMENT, AssessmentForm, Suitability
from cases.class_facts import ClassFact, FactRow, facts_from
from cases.class_history import ClassFinding
from cases.classes import classify
from cases.notices import LAST_DAY_UNKNOWN, REMEDY_NOTICE
from cases.parties import Claim
from cases.refusal import REFUSAL
from cases.refusal_form import RefusalForm
from cases.steps import State
from cases.suitability import Ground, LandMatter, Nature, Way
from foundation.language import N_
from policies.relations import Relation
from server.seed.stations import Post
from server.seed.story.reception import director, goes_up, hand_up
from server.seed.story.told import AN_HOUR, Story

COURT = N_("有管辖权的人民法院")
ADVICE = "可依法向人民法院提起诉讼"
BASIS = "人民调解法第17条"
REFUSED: dict[str, Any] = {
    "nature": Nature.LITIGATION,
    "ground": Ground.LITIGATION,
    "legal_basis": BASIS,
    "way": Way.CIVIL_SUIT,
    "last_day_unknown": True,
}
COMPLEX_SHARE = 0.15
COMPLEX = tuple(FactRow(fact=fact, proof="接谈登记表、评析表") for fact in (ClassFact.COMPLICATED, ClassFact.LONG_SPAN))
LAND = 8
"""Dispute type 征地拆迁: the gate asks what exactly it is about."""


def refuse(story: Story) -> None:
    """The one claim is a matter for the court; the remedies are named the same day."""
    refused, by = story.clock, director(story.holder)
    story.passes(hours=-1)
    claim: Claim = story.found(Claim)[0]
    claim.nature = Nature.LITIGATION.value
    _assess(story, by, Suitability.REFUSED)
    story.clock = refused
    refusal = RefusalForm(
        ground=Ground.LITIGATION,
        legal_basis=BASIS,
        advice=ADVICE,
        way=Way.CIVIL_SUIT,
        organ=COURT,
        last_day_unknown=True,
    )
    story.paper(REFUSAL, refusal, by)
    channel = {"name": Way.CIVIL_SUIT.label, "organ": COURT, "last_day": LAST_DAY_UNKNOWN}
    for party in story.petitioners:
        content = {"reason": Ground.LITIGATION.label, "legal_basis": BASIS, "channels": [channel]}
        story.paper(REMEDY_NOTICE, content | story.clock_and_helpers(), by, party)
    claim.reason, claim.legal_basis, claim.channel = Ground.LITIGATION.value, BASIS, Way.CIVIL_SUIT.value
    story.case.outcome = "refused"
    story.act("refuse-case", by, {"ground": Ground.LITIGATION.value}, to=State.REFUSED, audience="parties")


def accept(story: Story) -> None:
    """Handed up where that is needed; then assessed, consented to, accepted, and its class frozen."""
    accepted = story.clock
    story.clock = accepted - AN_HOUR * 30
    if goes_up(story):
        hand_up(story)
    by = director(story.holder)
    story.clock = accepted - AN_HOUR * 3
    _assess(story, by, Suitability.SUITABLE)
    story.clock = accepted - AN_HOUR * 2
    _consents(story, by)
    story.clock = accepted
    _accept(story, by)


def _assess(story: Story, by: Post, decision: Suitability) -> None:
    claim: Claim = story.found(Claim)[0]
    claim.decision = decision.value
    land = story.case.dispute_type == LAND and decision is Suitability.SUITABLE
    claim.nature = Nature.INJURY.value if land else claim.nature
    matter = LandMatter.DAMAGE if land else None
    reasons = REFUSED if decision is Suitability.REFUSED else {}
    story.paper(ASSESSMENT, AssessmentForm(claim_id=claim.id, decision=decision, land_matter=matter, **reasons), by)
    data = {"claim": claim.ordinal, "decision": claim.decision, "nature": claim.nature}
    story.act("assess-claim", by, data, audience="parties")


def _consents(story: Story, by: Post) -> None:
    """As `cases.consent.record_consent`, once for each question and side."""
    for kind in ("mediation", "disclosure"):
        for party in story.petitioners:
            story.consent(party, kind, by)
        data = {"kind": kind, "given": True, "parties": len(story.petitioners)}
        story.act("record-consent", by, data, audience="parties")
    story.consent(story.other_side, "mediation", by)
    story.relate(Relation.RESPONDENT, "consents", person_id=story.other_side.id)
    story.act("record-consent", by, {"kind": "mediation", "given": True, "parties": 1}, audience="parties")


def _accept(story: Story, by: Post) -> None:
    case = story.case
    chosen = COMPLEX if story.random.random() < COMPLEX_SHARE else ()
    classified = classify(facts_from(chosen, case.person_count))
    case.persons_at_acceptance, case.accepted_at = case.person_count, story.clock
    case.case_class, case.class_clause = classified.case_class.value, classified.clause
    arrangement = "组成专调小组，三十日内办结"
    story.paper(ACCEPTANCE, AcceptanceForm(facts=list(chosen), arrangement=arrangement), by)
    story.add(
        ClassFinding(
            id=story.id(),
            case_id=case.id,
            from_class=None,
            to_class=case.case_class,
            clause=case.class_clause,
            persons=case.person_count,
            confirmed=True,
            decided_at=story.clock,
            decided_by=by.person_id,
            recorded_at=story.clock,
            recorded_by=by.person_id,
        )
    )
    story.start("mediation")
    data = {"class": case.case_class, "persons": case.person_count}
    story.act("accept-case", by, data, to=State.ACCEPTED, audience="parties")
