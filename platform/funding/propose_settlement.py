"""The team proposes the settlement: facts from the case and findings, payer by the table, amount by scores."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.errors import invalid
from foundation.language import N_
from funding.answers import Decision
from funding.charging import Charge, charges_for
from funding.gathering import subsidy_facts
from funding.payer import decide
from funding.positions import Position
from funding.proposal_form import ChargeLine, ProposalForm, ProposalPaper
from funding.recipients import check_recipients, refuse_officials
from funding.refusals import payable
from funding.rulebook import rulebook
from funding.scoring import Scores, amount, explain
from funding.settlement import Settlement, advance
from funding.settlement_rows import add_charges, add_shares, store
from funding.travel import decide_trips
from funding.words import Recipient
from policies.actions import Action
from tenants.subject import Subject

PROPOSAL = PaperKind("settlement_proposal", N_("办案成本补助结算申请"), Group.MONEY, form=ProposalPaper)


async def propose_settlement(session: AsyncSession, subject: Subject, case: Case, form: ProposalForm) -> Done:
    """Facts or rules that are missing come back by name; the trips that were approved are decided with it."""
    if sum(row.percent for row in form.shares) != 100:
        raise invalid("shares", "not_whole", N_("各份额合计须为百分之百"))
    people = [row.person_id for row in form.shares]
    await check_recipients(session, case, people)
    await refuse_officials(session, case, people)
    facts = await subsidy_facts(session, case, Recipient.ELIGIBLE, split=form.settled_elsewhere)
    decision = _scored(payable(decide(facts, await rulebook(session))), form)
    total = amount(decision.minimum_fen, decision.maximum_fen, form)
    charges = await charges_for(session, case, facts, decision, total)
    settlement = await store(session, subject, case, form, facts, decision, total)
    add_shares(session, settlement, form, total)
    add_charges(session, settlement, charges)
    trips = await decide_trips(session, subject, case)
    await issue(session, subject, case, PROPOSAL, _paper(form, settlement, decision, charges))
    advance(case, settlement, Position.PROPOSED)
    data = {"amount_fen": total, "payer": decision.payer.value, "row": decision.row, "trips": len(trips)}
    return Done(data=data)


def _scored(decision: Decision, scores: Scores) -> Decision:
    line = explain(decision.row, decision.minimum_fen, decision.maximum_fen, scores)
    return msgspec.structs.replace(decision, trace=(*decision.trace, line))


def _paper(form: ProposalForm, settlement: Settlement, decision: Decision, charges: list[Charge]) -> ProposalPaper:
    lines = [ChargeLine(payer=one.decision.payer, name=one.name, amount_fen=one.amount_fen) for one in charges]
    return ProposalPaper(
        **msgspec.structs.asdict(form),
        amount_fen=settlement.amount_fen,
        row=decision.row,
        clause=decision.clause,
        charges=lines,
    )


ACTS = (
    Act(
        "propose-settlement",
        N_("提出经费结算"),
        Action.SUBSIDY_PROPOSE,
        ProposalForm,
        propose_settlement,
        step=8,
    ),
)
PAPERS = (PROPOSAL,)
