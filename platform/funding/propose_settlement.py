"""The team proposes the settlement: who receives is checked here, the rest is made by `claiming`."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.errors import invalid
from foundation.language import N_
from funding import claiming
from funding.claiming import Made
from funding.positions import Position
from funding.proposal_form import ChargeLine, ProposalForm, ProposalPaper
from funding.recipients import check_recipients, refuse_officials_at
from funding.settlement import advance, live
from funding.travel import decide_trips
from policies.actions import Action
from tenants.subject import Subject

PROPOSAL = PaperKind("settlement_proposal", N_("办案成本补助结算申请"), Group.MONEY, form=ProposalPaper)


async def propose_settlement(session: AsyncSession, subject: Subject, case: Case, form: ProposalForm) -> Done:
    """Facts or rules that are missing come back by name; the trips that were approved are decided with it."""
    if sum(row.percent for row in form.shares) != 100:
        raise invalid("shares", "not_whole", N_("各份额合计须为百分之百"))
    people = [row.person_id for row in form.shares]
    await check_recipients(session, case, people)
    await refuse_officials_at(session, case, people)
    before = await live(session, case.id)
    made = await claiming.make(session, subject, case, form, proposed_by=subject.person_id, replaces=before)
    trips = await decide_trips(session, subject, case)
    await issue(session, subject, case, PROPOSAL, _paper(form, made))
    advance(case, made.settlement, Position.PROPOSED)
    total, decision = made.settlement.amount_fen, made.decision
    return Done(
        data={"amount_fen": total, "payer": decision.payer.value, "row": decision.row, "trips": len(trips)},
    )


def _paper(form: ProposalForm, made: Made) -> ProposalPaper:
    lines = [ChargeLine(payer=one.decision.payer, name=one.name, amount_fen=one.amount_fen) for one in made.charges]
    return ProposalPaper(
        **msgspec.structs.asdict(form),
        amount_fen=made.settlement.amount_fen,
        row=made.decision.row,
        clause=made.decision.clause,
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
