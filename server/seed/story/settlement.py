"""结算, between closing and the archive: who is responsible, who pays how much, four signatures, the ledger.

Told where the demonstration has all who sign; a company that undertook the cost in its agreement pays (row A3).
"""

from typing import Any

import msgspec

from cases.classes import MAJOR
from dossiers.items import items
from dossiers.retention import Result
from foundation.clock import local_date
from funding import scoring
from funding.answers import Decision
from funding.decisions import About, Cause, PayerDecision
from funding.facts import Facts
from funding.find_responsibility import FINDING
from funding.finding_form import FindingForm
from funding.findings import Finding
from funding.gathering import found_by
from funding.payer import decide
from funding.positions import Position
from funding.proposal_form import ChargeLine, ProposalForm, ProposalPaper, RecipientRow
from funding.propose_settlement import PROPOSAL
from funding.settlement import Settlement, SettlementCharge, SettlementShare
from funding.sign_settlement import APPROVAL, REVIEW, Verdict, VerdictForm
from funding.words import Basis, CaseClass, CostKind, Earlier, Fault, Outcome, Producer, Recipient
from server.seed.course import AGREED
from server.seed.stations import Post
from server.seed.story import ending, payment
from server.seed.story.mediation import handler, mediators
from server.seed.story.told import Story
from teams.agreement import Agreement
from tenants.tiers import Tier

SIGNERS = ("payer_decider", "fee_reviewer", "lg_head_justice", "lg_head_petition", "cashier")
HALF = 50
AGREE = VerdictForm(verdict=Verdict.AGREE)


def close(story: Story) -> None:
    """Closed; and where somebody is there for each signature, settled in the days after."""
    ending.close(story)
    signers = [story.post(role, story.holder.tenant_id) for role in SIGNERS]
    company = story.other_side.kind == "unit"
    if story.run.ending in AGREED and company and None not in signers and story.passes(hours=3):
        _settle(story, [signer for signer in signers if signer is not None])


def _settle(story: Story, signers: list[Post]) -> None:
    decider, reviewer, justice, petition, cashier = signers
    finding = _find(story, decider)
    answer = decide(facts_of(story, finding))
    if not isinstance(answer, Decision) or not answer.maximum_fen or not story.passes(hours=20):
        return
    settlement = _propose(story, answer)
    for by, position in ((reviewer, Position.REVIEWED), (justice, Position.APPROVED_JUSTICE)):
        if not story.passes(hours=5):
            return
        _sign(story, settlement, by, position)
    if story.passes(hours=20):
        _sign(story, settlement, petition, Position.APPROVED)
        payment.promise(story, settlement, petition)
        if story.passes(hours=5):
            payment.pay(story, settlement, cashier)


def _find(story: Story, by: Post) -> Finding:
    """As `funding.find_responsibility`, by the clause of the agreement."""
    agreement = story.found(Agreement)[0]
    form = FindingForm(
        basis=Basis.AGREEMENT,
        reference="调解协议责任条款",
        producer=Producer.ENTERPRISE,
        unit_name=story.other_side.name,
        stopped=False,
        fault=Fault.ENTERPRISE,
    )
    finding = Finding(
        id=story.id(),
        case_id=story.case.id,
        producer=form.producer,
        fault=form.fault,
        producer_party_id=story.other_side.id,
        content=msgspec.to_builtins(form),
        basis=form.basis.value,
        paper_id=agreement.paper_id,
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(finding)
    story.paper(FINDING, form, by)
    story.case.funding_position = Position.FOUND.value
    data = {"basis": form.basis.value, "producer": form.producer, "fault": form.fault}
    story.act("find-responsibility", by, data)
    return finding


def facts_of(story: Story, finding: Finding) -> Facts:
    """As `funding.gathering` reads them from the rows."""
    case, holder, form = story.case, story.holder, finding.form
    assert case.closed_at is not None  # told after closing
    return Facts(
        cost=CostKind.SUBSIDY,
        incurred_on=local_date(case.closed_at),
        tier=Tier(holder.tier),
        tenant=holder.tenant_id,
        prefecture=holder.custody[1],
        county=holder.custody[2],
        zone=False,
        place_county=holder.custody[2],
        outcome=Outcome(case.outcome or ""),
        case_class=CaseClass.MAJOR if case.case_class in MAJOR else CaseClass.GENERAL,
        earlier=Earlier.NOTHING,
        split_dispute=False,
        recipient=Recipient.ELIGIBLE,
        work_shown=True,
        producer=form.producer,
        producer_found=found_by(finding),
        shares_recorded=False,
        stopped=form.stopped,
        unable_evidence=False,
        producer_is_party=True,
        undertaking=True,
    )


def _propose(story: Story, answer: Decision) -> Settlement:
    """As `funding.propose_settlement`: scored, shared by the handler and the mediator, charged to the company."""
    by = handler(story)
    form = _form(story)
    total = scoring.amount(answer.minimum_fen, answer.maximum_fen, form)
    told = scoring.explain(answer.row, answer.minimum_fen, answer.maximum_fen, form, _forms(), total)
    answer = msgspec.structs.replace(answer, trace=(*answer.trace, *told))
    settlement = _settlement(story, by, form, answer, total)
    for row, fen in zip(form.shares, scoring.split(total, [row.percent for row in form.shares]), strict=True):
        story.add(
            SettlementShare(person_id=row.person_id, percent=row.percent, amount_fen=fen, **_of(story, settlement))
        )
    charge = _charge(story, settlement, answer)
    line = ChargeLine(payer=answer.payer, name=charge.name, amount_fen=total)
    outcome: dict[str, Any] = {"amount_fen": total, "row": answer.row, "clause": answer.clause, "charges": [line]}
    story.paper(PROPOSAL, ProposalPaper(**msgspec.structs.asdict(form), **outcome), by)
    _advance(story, settlement, Position.PROPOSED)
    data = {"amount_fen": total, "payer": answer.payer.value, "row": answer.row, "trips": 0}
    story.act("propose-settlement", by, data)
    return settlement


def _forms() -> scoring.Forms:
    """All that an agreed case demands are there."""
    demanded = sum(Result.AGREED.value in item.needed_when for item in items())
    return scoring.Forms(demanded, demanded)


def _form(story: Story) -> ProposalForm:
    points: dict[str, Any] = {name: story.random.randint(6, 18) for name in scoring.Scores.__struct_fields__}
    shares = [RecipientRow(person_id=post.person_id, percent=HALF) for post in mediators(story)]
    return ProposalForm(**points, reason="逐户走访，协议全部履行", shares=shares)


def _settlement(story: Story, by: Post, form: ProposalForm, answer: Decision, total: int) -> Settlement:
    settlement_id, decision = story.id(), _decision(story, by, answer)
    decision.about_id = settlement_id
    points = {name: getattr(form, name) for name in scoring.Scores.__struct_fields__}
    settlement = Settlement(
        id=settlement_id,
        case_id=story.case.id,
        decision_id=decision.id,
        case_class=story.case.case_class,
        class_clause=story.case.class_clause,
        scores=points | {"points": form.points},
        amount_fen=total,
        year=local_date(story.clock).year,
        tenant_id=answer.budget_tenant or story.holder.tenant_id,
        proposed_by=by.person_id,
        recorded_at=story.clock,
    )
    story.add(settlement)
    return settlement


def _decision(story: Story, by: Post, answer: Decision) -> PayerDecision:
    """As `funding.decisions.record`."""
    facts = msgspec.to_builtins(facts_of(story, story.found(Finding)[-1]))
    decision = PayerDecision(
        id=story.id(),
        case_id=story.case.id,
        about=About.SETTLEMENT.value,
        tenant_id=story.holder.tenant_id,
        cause=Cause.SETTLEMENT.value,
        payer=answer.payer.value,
        bearer=answer.bearer.value,
        minimum_fen=answer.minimum_fen,
        maximum_fen=answer.maximum_fen,
        clause=answer.clause,
        line=answer.row,
        default_used=list(answer.default_used),
        arrears=answer.arrears,
        refundable=answer.refundable,
        flag_province=answer.flag_province,
        to_third_party=answer.to_third_party,
        budget_tier=answer.budget_tier.value if answer.budget_tier else None,
        budget_tenant_id=answer.budget_tenant,
        place_tenant_id=answer.place_tenant,
        facts={name: value for name, value in facts.items() if value is not None},
        trace=msgspec.to_builtins(answer.trace),
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(decision)
    return decision


def _charge(story: Story, settlement: Settlement, answer: Decision) -> SettlementCharge:
    charge = SettlementCharge(
        ordinal=1,
        payer=answer.payer.value,
        bearer=answer.bearer.value,
        name=story.other_side.name,
        amount_fen=settlement.amount_fen,
        line=answer.row,
        clause=answer.clause,
        arrears=answer.arrears,
        flag_province=answer.flag_province,
        budget_tenant_id=answer.budget_tenant,
        **_of(story, settlement),
    )
    story.add(charge)
    return charge


def _of(story: Story, settlement: Settlement) -> dict[str, Any]:
    return {
        "id": story.id(),
        "case_id": story.case.id,
        "settlement_id": settlement.id,
        "recorded_at": settlement.recorded_at,
    }


def _sign(story: Story, settlement: Settlement, by: Post, position: Position) -> None:
    """As `funding.sign_settlement`: the review, then one head of each side."""
    reviewed = position is Position.REVIEWED
    story.paper(REVIEW if reviewed else APPROVAL, AGREE, by)
    match position:
        case Position.REVIEWED:
            settlement.reviewed_by, settlement.reviewed_at = by.person_id, story.clock
        case Position.APPROVED_JUSTICE:
            settlement.justice_by, settlement.justice_at = by.person_id, story.clock
        case _:
            settlement.petition_by, settlement.petition_at = by.person_id, story.clock
    _advance(story, settlement, position)
    data = {"verdict": Verdict.AGREE.value}
    if reviewed:
        story.act("review-settlement", by, data)
    else:
        story.act("approve-settlement", by, data | {"position": settlement.status})


def _advance(story: Story, settlement: Settlement, position: Position) -> None:
    settlement.status = story.case.funding_position = position.value
