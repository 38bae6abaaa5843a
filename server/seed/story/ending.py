"""引导 to 归档: how a case ends without an agreement, relief, performance, the visits, closing and the dossier."""

from cases.notices import LAST_DAY_UNKNOWN, REMEDY_NOTICE
from cases.parties import Consent
from cases.steps import State
from cases.suitability import Way
from dossiers.closing import CLOSING
from dossiers.ending import (
    GUIDED_ELSEWHERE,
    TERMINATION,
    ChannelRow,
    Elsewhere,
    ElsewhereForm,
    Ground,
    TerminationForm,
)
from dossiers.performance import PerformanceRow
from dossiers.visits import VISIT, Pressure, ReturnVisit, VisitForm
from foundation.clock import local_date
from foundation.language import N_
from server.seed.course import AGREED
from server.seed.stations import Post
from server.seed.story.agreement import agree
from server.seed.story.mediation import handler
from server.seed.story.reception import director
from server.seed.story.told import Story
from teams.agreement import AgreementTerm

COURT = N_("有管辖权的人民法院")
GROUNDS = {"failed": Ground.FAILED, "settled_privately": Ground.SETTLED_PRIVATELY}
SATISFIED = 0.93


def guide(story: Story) -> None:
    """By an agreement, or by the way that its ending names."""
    if story.run.ending in AGREED:
        agree(story)
    elif story.run.ending == "withdrawn":
        _withdraw(story)
    else:
        _end(story)


def close(story: Story) -> None:
    closed = story.clock
    if story.run.ending in AGREED:
        story.passes(hours=-20)
        _perform(story)
        story.passes(hours=18)
        _visit(story)
    story.clock = closed
    by = director(story.holder)
    summary = "协议已履行，已回访" if story.run.ending in AGREED else "已告知救济途径，调解终止"
    content = {"outcome": story.case.outcome, "closed_on": str(local_date(closed)), "summary": summary}
    story.paper(CLOSING, content, by)
    story.case.closed_at = closed
    for kind in ("mediation", "performance"):
        story.finish(kind)
    story.act("close-case", by, {"outcome": story.case.outcome}, to=State.CLOSED, audience="parties")


def _withdraw(story: Story) -> None:
    """The petitioners leave one by one, without a reason; with the last of them mediation ends."""
    by = director(story.holder)
    story.passes(hours=-1)
    for party in story.petitioners:
        party.status = "withdrawn"
        for consent in story.found(Consent):
            if consent.party_id == party.id:
                consent.withdrawn_at = story.clock
        content = {"reason": N_("您已退出调解"), "legal_basis": "", "channels": []}
        story.paper(REMEDY_NOTICE, content | story.clock_and_helpers(), by, party)
        last = party is story.petitioners[-1]
        if last:
            story.case.outcome, story.case.guided_at = "withdrawn", story.clock
            story.finish("mediation")
        data = {"party": party.ordinal, "side": party.side}
        story.act("withdraw-consent", by, data, to=State.GUIDED if last else None, audience="parties")


def _end(story: Story) -> None:
    """As `dossiers.ending`: terminated, or guided to the way that the parties chose."""
    by, channels = director(story.holder), [ChannelRow(way=Way.CIVIL_SUIT, organ=COURT)]
    if ground := GROUNDS.get(story.run.ending):
        story.paper(TERMINATION, TerminationForm(ground=ground, channels=channels, papers_returned=True), by)
        _tell(story, by, ground.label, N_("人民调解法第26条"))
        act = "terminate"
    else:
        form = ElsewhereForm(chosen=Elsewhere.LITIGATION, channels=channels, papers_returned=True)
        story.paper(GUIDED_ELSEWHERE, form, by)
        _tell(story, by, N_("当事人选择通过其他法定途径解决"), "")
        act = "guide-elsewhere"
    story.case.outcome, story.case.guided_at = story.run.ending, story.clock
    story.finish("mediation")
    story.act(act, by, {"outcome": story.run.ending}, to=State.GUIDED, audience="parties")


def _tell(story: Story, by: Post, reason: str, legal_basis: str) -> None:
    channels = [{"name": Way.CIVIL_SUIT.label, "organ": COURT, "last_day": LAST_DAY_UNKNOWN}]
    content = {"reason": reason, "legal_basis": legal_basis, "channels": channels}
    for party in story.table:
        story.paper(REMEDY_NOTICE, content | story.clock_and_helpers(), by, party)


def _perform(story: Story) -> None:
    """Everything paid, each with its receipt."""
    by, terms = handler(story), story.found(AgreementTerm)
    for term in terms:
        row = PerformanceRow(
            id=story.id(),
            case_id=story.case.id,
            term_id=term.id,
            defaulted=False,
            amount_fen=term.amount_fen,
            on_date=local_date(story.clock),
            receipt_no=f"转账{story.random.randrange(10**6):06d}",
            recorded_at=story.clock,
            recorded_by=by.person_id,
        )
        story.add(row)
    story.finish("performance")
    data = {"rows": len(terms), "defaults": 0, "complete": True}
    story.act("record-performance", by, data, audience="parties")


def _visit(story: Story) -> None:
    by = handler(story)
    for party in story.petitioners:
        satisfied = story.random.random() < SATISFIED
        form = VisitForm(party=party.id, performed=True, satisfied=satisfied)
        visit = ReturnVisit(
            id=story.id(),
            case_id=story.case.id,
            party_id=party.id,
            refused=False,
            performed=True,
            satisfied=satisfied,
            pressure=Pressure.NONE.value,
            recorded_at=story.clock,
            recorded_by=by.person_id,
        )
        story.add(visit)
        story.paper(VISIT, form, by, party)
        story.act("return-visit", by, {"refused": False, "pressure": Pressure.NONE.value})
