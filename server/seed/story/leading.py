"""包案: a county's leader is in charge of a case: named, a visit on the spot, progress told, ended with the case."""

from cases.classes import MAJOR
from cases.models import CaseRelation
from cases.timers import end_of_day
from foundation.clock import local_date
from oversight.leader_charges import LEADER, EndReason, LeaderCharge
from oversight.leader_work import LeaderWork, WorkKind
from policies.relations import Relation
from server.seed.course import AGREED
from server.seed.stations import Post
from server.seed.story import settlement
from server.seed.story.reception import director
from server.seed.story.told import Story

LED = 0.3
"""So many of the cases where there is a leader; of the major ones all."""
DAYS = 180
BASIS = "领导包案化解工作清单〔2026〕3号"
HEARD = "到现场听取双方意见，请司法所协助做好法律咨询"
TOLD = "已组成专调小组，正在按方案推进"


def take(story: Story) -> None:
    """As `oversight.leader_charges` and `leader_work`: by the office of the county's leading group."""
    tenant = story.case.county_id
    office, leader = story.post("lgo_director", tenant), story.post(LEADER, tenant)
    if office is None or leader is None:
        return
    if story.case.case_class not in MAJOR and story.random.random() >= LED:
        return
    charge = _charge(story, office, leader)
    if story.passes(hours=20):
        kind = WorkKind.VISIT
        _work(story, charge, kind, HEARD, leader)
        story.act("record-meeting", leader, {"kind": kind.value, "on": str(local_date(story.clock))}, writes=False)
    if story.passes(hours=10):
        by = director(story.holder)
        _work(story, charge, WorkKind.PROGRESS, TOLD, by)
        story.act("report-progress", by, {"charges": 1}, writes=False)


def close(story: Story) -> None:
    """The case is closed, and then the charge is ended."""
    settlement.close(story)
    for charge in story.found(LeaderCharge):
        if story.passes(hours=3):
            _leave(story, charge)


def _charge(story: Story, office: Post, leader: Post) -> LeaderCharge:
    charge = LeaderCharge(
        id=story.id(),
        case_id=story.case.id,
        person_id=leader.person_id,
        tenant_id=office.tenant_id,
        office_id=office.office_id,
        tier="C",
        basis=BASIS,
        since=story.clock,
        until=end_of_day(story.clock, DAYS),
        prolonged=0,
        recorded_at=story.clock,
        recorded_by=office.person_id,
    )
    story.add(charge)
    story.relate(Relation.LEADS, charge.source, until=charge.until, person_id=leader.person_id)
    data = {"tier": charge.tier, "until": str(local_date(charge.until))}
    story.act("charge-leader", office, data, audience="parties", writes=False)
    return charge


def _work(story: Story, charge: LeaderCharge, kind: WorkKind, text: str, by: Post) -> None:
    work = LeaderWork(
        id=story.id(),
        case_id=story.case.id,
        charge_id=charge.id,
        kind=kind.value,
        on_date=local_date(story.clock),
        text=text,
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(work)


def _leave(story: Story, charge: LeaderCharge) -> None:
    office = story.post("lgo_director", charge.tenant_id)
    assert office is not None  # who named the leader
    settled = story.run.ending in AGREED
    charge.ended_at, charge.ended_by = story.clock, office.person_id
    charge.end_reason = (EndReason.SETTLED if settled else EndReason.CANCELLED).value
    for row in story.found(CaseRelation):
        if row.source == charge.source:
            row.until = min(row.until, story.clock)
    data = {"tier": charge.tier, "reason": charge.end_reason}
    story.act("end-charge", office, data, audience="parties", writes=False)
