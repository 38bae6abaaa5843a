"""What others do beside a case that is being handled: an expert lent, a warning, an order supervised to its end."""

from datetime import datetime, timedelta

from cases.timers import end_of_day
from foundation.clock import local_date
from handover.assistance import AssistRole
from handover.models import Assistance
from oversight.models import CaseWarning, Order, OrderGround, OrderKind, OrderState
from oversight.opened import OPENED
from oversight.order_replies import REPLY, ReplyForm
from oversight.orders import Verdict
from oversight.warning_paper import WARNING
from policies.relations import Relation
from server.seed.stations import Post
from server.seed.story import leading, mediation
from server.seed.story.reception import director
from server.seed.story.told import Story

LENT, WARNED, SUPERVISED = 0.15, 0.12, 0.2
"""So many of the cases where there is somebody to do it."""
LENT_DAYS, WARNED_DAYS, ORDER_DAYS = 20, 15, 30
HELP = "纠纷可能激化，请协助做好政策解释和法律服务"
DEMAND = "限时化解，按程序逐项回复"


def entrust(story: Story) -> None:
    """The team at work, and whoever else takes a hand in it then."""
    mediation.entrust(story)
    for share, told in ((LENT, _lend), (WARNED, _warn), (SUPERVISED, _supervise)):
        if story.random.random() < share and story.passes(hours=2):
            told(story)
    if story.passes(hours=2):
        leading.take(story)


def _lend(story: Story) -> None:
    """As `handover.assistance`: an expert of the prefecture looks at the case for some days."""
    expert, by = story.post("panel_expert", story.case.prefecture_id), director(story.holder)
    if expert is None:
        return
    until = end_of_day(story.clock, LENT_DAYS)
    lent = Assistance(
        id=story.id(),
        case_id=story.case.id,
        person_id=expert.person_id,
        role=AssistRole.PANEL.value,
        purpose="就责任划分提供专业意见",
        until=until,
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(lent)
    whom = {"person_id": expert.person_id, "role": lent.role}
    story.relate(Relation.ASSISTS, f"assistances:{lent.id}", until=until, **whom)
    story.act("lend-assistance", by, {"role": lent.role, "until": _day(story, LENT_DAYS)}, audience="parties")


def _warn(story: Story) -> None:
    """As `oversight.warnings`: the petition office of the same tenant is asked for help."""
    tenant, by = story.holder.tenant_id, director(story.holder)
    receiver = story.stations.petition_offices.get(tenant)
    if receiver is None:
        return
    warning = CaseWarning(
        id=story.id(),
        case_id=story.case.id,
        receiver_office_id=receiver,
        police=False,
        help_needed=HELP,
        ends_at=end_of_day(story.clock, WARNED_DAYS),
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(warning)
    whom = {"tenant_id": tenant, "office_id": receiver}
    story.relate(Relation.WARNED, f"warnings:{warning.id}", until=warning.ends_at, **whom)
    ends_on = _day(story, WARNED_DAYS)
    asked = f"{story.stations.petition_names[receiver]}：{HELP}"
    story.paper(WARNING, {"help_needed": asked, "ends_on": ends_on, "police": False}, by)
    story.act("issue-warning", by, {"police": False, "ends_on": ends_on}, audience="parties")


def _supervise(story: Story) -> None:
    """As `oversight.orders`: by the own leading group or the prefecture; urged, replied to, struck off."""
    own, above = (
        story.post("lgo_director", story.holder.tenant_id),
        story.post("supervisor_f", story.case.prefecture_id),
    )
    found = [post for post in (own, above) if post is not None]
    if not found:
        return
    by, answering = story.random.choice(found), director(story.holder)
    order = _order(story, by)
    if story.passes(hours=30):
        order.urged = 1
        story.act("urge-order", by, {"times": order.urged}, writes=False)
    if story.passes(hours=20):
        order.state = OrderState.REPLIED.value
        reply = ReplyForm(order_id=order.id, reply="已组成专调小组，按方案推进", proof="专调小组方案")
        story.paper(REPLY, reply, answering)
        story.act("reply-order", answering, also=(order.issuer_tenant_id,), writes=False)
    if order.state == OrderState.REPLIED and story.passes(hours=20):
        _strike_off(story, order, by)


def _order(story: Story, by: Post) -> Order:
    own_house, case = by.tenant_id == story.holder.tenant_id, story.case
    order = Order(
        id=story.id(),
        case_id=case.id,
        kind=(OrderKind.BUSINESS if own_house else OrderKind.OVERSEEING).value,
        ground=OrderGround.MAJOR.value,
        requirements=DEMAND,
        contact="综合科",
        deadline=end_of_day(story.clock, ORDER_DAYS),
        state=OrderState.OPEN.value,
        urged=0,
        issuer_office_id=by.office_id,
        issuer_tenant_id=by.tenant_id,
        recorded_at=story.clock,
        recorded_by=by.person_id,
        province_id=case.province_id,
        prefecture_id=case.prefecture_id,
        county_id=case.county_id,
        township_id=case.township_id,
    )
    story.add(order)
    source = f"supervision_orders:{order.id}"
    opened = sorted(OPENED)
    story.relate(Relation.SUPERVISES, source, tenant_id=by.tenant_id, office_id=by.office_id, actions=opened)
    data = {"kind": order.kind, "ground": order.ground, "deadline": _day(story, ORDER_DAYS)}
    story.act("issue-order", by, data, writes=False)
    return order


def _strike_off(story: Story, order: Order, by: Post) -> None:
    order.state, order.struck_off_at = OrderState.STRUCK_OFF.value, story.clock
    order.strike_off_proof = "回复与佐证相符"
    story.unrelate(Relation.SUPERVISES)
    story.act("strike-off-order", by, {"verdict": Verdict.STRIKE_OFF.value}, writes=False)


def _day(story: Story, days: int) -> str:
    """So many days from now, as an event's data has it."""
    day: datetime = story.clock + timedelta(days=days)
    return str(local_date(day))
