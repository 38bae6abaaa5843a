"""救助: hardship looked at; where somebody wants help, the way to it and its answer."""

from datetime import datetime, time

from msgspec import to_builtins

from cases.parties import Party
from cases.steps import State
from dossiers.relief import ORGANS, Answer, Hardship, ReliefCheck, ReliefKind, ReliefReferral, conditions_of
from dossiers.relief_acts import FOLLOW_UP, GUIDANCE, ReliefGuidance
from foundation.clock import SHANGHAI, local_date
from server.seed.stations import Post
from server.seed.story.mediation import handler
from server.seed.story.told import Story

HARDSHIP = 0.25
"""So many cases have a petitioner in hardship."""
ORGAN = "乡镇人民政府"


def relieve(story: Story) -> None:
    """As `dossiers.relief_acts`: checked, and where it is wanted, referred on the same day and answered later."""
    by = handler(story)
    checks = [_check(story, by, story.petitioners[0])] if story.random.random() < HARDSHIP else []
    story.act("check-relief", by, {"checked": len(checks), "wanted": len(checks)}, to=State.RELIEVED)
    for check in checks:
        if story.passes(hours=1):
            referral = _refer(story, by, check)
            if story.passes(hours=48):
                _answer(story, by, referral)


def _check(story: Story, by: Post, party: Party) -> ReliefCheck:
    check = ReliefCheck(
        id=story.id(),
        case_id=story.case.id,
        party_id=party.id,
        hardship=Hardship.DISASTER.value,
        facts="房屋受灾，收入中断，村委会出具证明",
        wanted=True,
        judicial=False,
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(check)
    return check


def _refer(story: Story, by: Post, check: ReliefCheck) -> ReliefReferral:
    kind = ReliefKind.TEMPORARY
    referral = ReliefReferral(
        id=story.id(),
        case_id=story.case.id,
        check_id=check.id,
        kind=kind.value,
        organ=ORGAN,
        applied_on=local_date(story.clock),
        answer_by=local_date(story.clock) + FOLLOW_UP,
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(referral)
    follow_up = datetime.combine(local_date(story.clock) + FOLLOW_UP, time(23, 59, 59), SHANGHAI)
    story.start("relief_answer", due=follow_up)
    guidance = ReliefGuidance(kind=kind, organ=ORGAN, where=ORGANS[kind], conditions=conditions_of(kind))
    content = to_builtins(guidance) | story.clock_and_helpers()
    told = next(party for party in story.petitioners if party.id == check.party_id)
    story.paper(GUIDANCE, content, by, told)
    story.act("refer-relief", by, {"kind": kind.value, "referral": str(referral.id)})
    return referral


def _answer(story: Story, by: Post, referral: ReliefReferral) -> None:
    referral.answer, referral.answered_on = Answer.GRANTED.value, local_date(story.clock)
    story.finish("relief_answer")
    story.act("answer-relief", by, {"answer": Answer.GRANTED.value, "referral": str(referral.id)})
