"""评析: the claim is assessed; refused with its remedies, or consented to by both sides and accepted."""

from cases.acceptance import ACCEPTANCE, AcceptanceForm
from cases.assessment import ASSESSMENT, AssessmentForm, Suitability
from cases.classes import ClassFacts, ComplexFact, classify
from cases.notices import REMEDY_NOTICE
from cases.parties import Claim
from cases.refusal import REFUSAL, RefusalForm
from cases.steps import State
from cases.suitability import Ground, Way
from foundation.language import N_
from policies.relations import Relation
from server.seed.stations import Post
from server.seed.story.reception import director, goes_up, hand_up
from server.seed.story.told import AN_HOUR, Story

COURT = N_("有管辖权的人民法院")
ADVICE = "可依法向人民法院提起诉讼"
BASIS = "人民调解法第17条"
COMPLEX_SHARE = 0.15
COMPLEX = (ComplexFact.COMPLICATED, ComplexFact.LONG_SPAN)


def refuse(story: Story) -> None:
    """The one claim is a matter for the court; the remedies are named the same day."""
    refused, by = story.clock, director(story.holder)
    story.passes(hours=-1)
    claim = _assess(story, by, Suitability.REFUSED)
    story.clock = refused
    refusal = RefusalForm(ground=Ground.LITIGATION, legal_basis=BASIS, advice=ADVICE, way=Way.CIVIL_SUIT, organ=COURT)
    story.paper(REFUSAL, refusal, by)
    channel = {"name": Way.CIVIL_SUIT.label, "organ": COURT, "last_day": ""}
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


def _assess(story: Story, by: Post, decision: Suitability) -> Claim:
    claim: Claim = story.found(Claim)[0]
    claim.decision = decision.value
    form = AssessmentForm(claim_id=claim.id, decision=decision)
    story.paper(ASSESSMENT, form, by)
    data = {"claim": claim.ordinal, "decision": claim.decision}
    story.act("assess-claim", by, data, audience="parties")
    return claim


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
    classified = classify(ClassFacts(persons=case.person_count, complex_facts=chosen))
    case.persons_at_acceptance, case.accepted_at = case.person_count, story.clock
    case.case_class, case.class_clause = classified.case_class.value, classified.clause
    arrangement = "组成专调小组，三十日内办结"
    story.paper(ACCEPTANCE, AcceptanceForm(complex_facts=list(chosen), arrangement=arrangement), by)
    story.start("mediation")
    data = {"class": case.case_class, "persons": case.person_count}
    story.act("accept-case", by, data, to=State.ACCEPTED, audience="parties")
