"""An overseer extends its own order's deadline, never backwards, and moves no term of the law."""

import pytest
from sqlalchemy import select

from cases.history import Timer
from foundation.clock import local_date
from foundation.errors import Forbidden, InvalidInput
from oversight.models import OrderExtension
from oversight.orders import NotYourOrder, orders_of
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from server.catalogue import catalogue
from tests.cases.build import Walk, entrusted
from tests.oversight.reach import inspected
from tests.oversight.test_orders import issue
from tests.world import World

ABOVE = {Relation.OVERSEES, Relation.SUPERVISES, Relation.HEARS, Relation.GOVERNS, Relation.MANAGES, Relation.REFERRED}


async def test_the_issuer_extends_its_own_deadline_and_the_reason_is_kept(world: World) -> None:
    walk = await entrusted(world, persons=2)
    order = await issue(walk)
    await walk.do("diqing.supervisor", "extend-order", order_id=order, deadline="2026-04-20", reason="等待鉴定意见")
    async with world.owner() as session:
        (extension,) = await session.scalars(select(OrderExtension).where(OrderExtension.case_id == walk.case_id))
        (changed,) = await orders_of(session, walk.case_id)
    assert [str(local_date(day)) for day in (extension.before, extension.after)] == ["2026-04-10", "2026-04-20"]
    assert changed.deadline == extension.after
    assert extension.reason == "等待鉴定意见"


@pytest.mark.parametrize("deadline", ["2026-04-10", "2026-04-09", "2026-03-01"])
async def test_never_backwards(world: World, deadline: str) -> None:
    walk = await entrusted(world, persons=2)
    order = await issue(walk)
    with pytest.raises(InvalidInput) as refused:
        await walk.do("diqing.supervisor", "extend-order", order_id=order, deadline=deadline, reason="催得更紧")
    assert [error.field for error in refused.value.fields] == ["deadline"]


async def test_not_another_office_s_order(world: World) -> None:
    walk = await entrusted(world, persons=2)
    order = await issue(walk)
    await issue(walk, "yunnan.supervisor")
    with pytest.raises(NotYourOrder):
        await walk.do("yunnan.supervisor", "extend-order", order_id=order, deadline="2026-05-01", reason="再给时间")
    with pytest.raises(Forbidden):
        await walk.do("xgll.director", "extend-order", order_id=order, deadline="2026-05-01", reason="自己延长")


async def test_no_act_of_an_overseer_changes_a_term_of_the_law(world: World) -> None:
    walk = await entrusted(world, persons=2)
    before = await terms(walk)
    order = await issue(walk)
    await walk.do("diqing.supervisor", "extend-order", order_id=order, deadline="2026-06-01", reason="等待鉴定意见")
    await walk.do("diqing.supervisor", "urge-order", order_id=order)
    await walk.do("diqing.supervisor", "supervise-case", text="请按期办结")
    await walk.do("xgll.lgo", "guide-case", text="请邀请行业专家")
    await inspected(walk, "diqing.supervisor")
    await walk.do("xgll.director", "reply-order", order_id=order, reply="已签委托书", proof="委托书编号")
    await walk.do("diqing.supervisor", "strike-off-order", order_id=order, verdict="strike_off", proof="回复属实")
    assert await terms(walk) == before
    with pytest.raises(Forbidden):
        await walk.do("diqing.supervisor", "extend-mediation", days=10, reason="上级延长")


def test_the_right_over_terms_stays_with_those_who_handle_the_case(world: World) -> None:
    terms = {Action.TIMER_EXTEND, Action.TIMER_PAUSE}
    given = {relation for _, _, relation, action in gate.opened().table.cells if action in terms}
    assert not given & ABOVE
    acts = {act.name for act in catalogue().acts.values() if act.action in terms}
    assert "extend-order" not in acts


async def terms(walk: Walk) -> list[tuple[object, ...]]:
    async with walk.world.owner() as session:
        query = select(Timer).where(Timer.case_id == walk.case_id).order_by(Timer.id)
        return [
            (one.kind, one.started_at, one.due_at, one.paused_at, one.done_at) for one in await session.scalars(query)
        ]
