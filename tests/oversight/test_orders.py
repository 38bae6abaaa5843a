"""督办: overseers see the process, and the facts only while an order of theirs stands; they never write to the case."""

from typing import Any
from uuid import UUID

import pytest

from cases.models import Case
from cases.reading import claims_of, parties_of
from foundation.clock import local_date
from foundation.errors import Forbidden, InvalidInput, NotFound
from oversight.orders import NotReplied, NotYourOrder, orders_of
from oversight.warned import warnings_to
from policies import gate
from policies.gate import Permissions
from tests.cases.build import Walk, accepted
from tests.world import World

ALL = 10_000
"""Whatever other tests have warned of."""


async def rights(world: World, login: str, walk: Walk) -> Permissions:
    async with world.as_(login) as (session, subject):
        return await gate.permissions(session, subject, await session.get_one(Case, walk.case_id))


async def issue(walk: Walk, login: str = "diqing.supervisor") -> str:
    await walk.do(
        login,
        "issue-order",
        ground="major",
        requirements="每周报告进展，一个月内化解",
        deadline="2026-04-10",
        contact="州工作室综合科",
    )
    async with walk.world.as_(login) as (session, _):
        return str((await orders_of(session, walk.case_id))[-1].id)


async def test_an_overseer_sees_process_without_persons_until_an_order_stands_and_again_after_it(world: World) -> None:
    walk = await accepted(world, persons=2)
    before = await rights(world, "diqing.supervisor", walk)
    assert "case:read" in before.actions
    assert not before.actions & {"case:read.statement", "case:read.identity", "case:read.identity_masked"}
    order = await issue(walk)
    during = await rights(world, "diqing.supervisor", walk)
    assert "case:read.statement" in during.actions
    async with world.as_("diqing.supervisor") as (session, subject):
        people = await parties_of(session, subject, walk.case_id, during)
        assert await claims_of(session, walk.case_id, during)
    assert all("*" in party.name for party in people if party.kind == "person")
    await walk.do("xgll.director", "reply-order", order_id=order, reply="已签委托书", proof="委托书编号")
    await walk.do("diqing.supervisor", "strike-off-order", order_id=order, verdict="strike_off", proof="回复属实")
    world.clock.advance(seconds=1)
    assert (await rights(world, "diqing.supervisor", walk)).actions == before.actions


async def test_an_overseer_can_not_edit(world: World) -> None:
    walk = await accepted(world, persons=2)
    await issue(walk)
    with pytest.raises(Forbidden):
        await walk.do("diqing.supervisor", "write-note", text="改一下")
    with pytest.raises(Forbidden):
        await walk.do("yunnan.supervisor", "propose-entrustment", scope="两项")


async def test_a_stranger_can_not_order_what_it_does_not_see(world: World) -> None:
    walk = await accepted(world, persons=2)
    with pytest.raises(NotFound):
        await issue(walk, "deqin.director")


async def test_an_order_is_struck_off_only_after_a_reply_and_only_by_its_issuer(world: World) -> None:
    walk = await accepted(world, persons=2)
    order = await issue(walk)
    with pytest.raises(NotReplied):
        await walk.do("diqing.supervisor", "strike-off-order", order_id=order, verdict="strike_off", proof="口头汇报")
    await issue(walk, "yunnan.supervisor")
    with pytest.raises(NotYourOrder):
        await walk.do("yunnan.supervisor", "urge-order", order_id=order)


async def test_an_order_moves_with_the_case(world: World) -> None:
    walk = await accepted(world, persons=2)
    await issue(walk)
    await walk.do("xgll.director", "offer-handover", to_office_id=await world.office("diqing.director"), reason="major")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    async with world.owner() as session:
        order = (await orders_of(session, walk.case_id))[0]
    assert (order.county_id, order.state) == (None, "open")


async def test_a_warning_never_asks_to_dissuade_and_the_police_only_with_a_founding_fact(world: World) -> None:
    walk = await accepted(world, persons=2)
    for form, field in (
        ({"help_needed": "请派人稳控信访人", "receiver_office_id": await world.office("jiantang.head")}, "help_needed"),
        ({"help_needed": "请到场维持秩序", "police": True}, "founding_fact"),
        ({"help_needed": "请协调场地"}, "receiver_office_id"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await walk.do("xgll.director", "issue-warning", ends_on="2026-03-20", **form)
        assert [error.field for error in refused.value.fields] == [field]


async def test_a_warned_office_gets_no_sight_of_the_case(world: World) -> None:
    walk = await accepted(world, persons=2)
    await walk.do(
        "xgll.director",
        "issue-warning",
        receiver_office_id=await world.office("jiantang.head"),
        help_needed="请提供调解场地和藏语翻译",
        ends_on="2026-03-20",
    )
    assert "case:read" not in (await rights(world, "jiantang.head", walk)).actions


async def test_a_warned_office_reads_what_help_is_asked_until_the_day_has_passed(world: World) -> None:
    walk = await accepted(world, persons=2)
    await walk.do(
        "xgll.director",
        "issue-warning",
        receiver_office_id=await world.office("xgll.daily"),
        help_needed="请派藏语翻译到场",
        ends_on=f"{local_date(world.clock.now()):%Y-%m-%d}",
    )
    assert await warned(world, "xgll.daily", walk.case_id) == ["请派藏语翻译到场"]
    for other in ("jiantang.clerk", "xgll.referrer", "deqin.director", "xgll.admin"):
        assert "请派藏语翻译到场" not in await warned(world, other, walk.case_id)
    world.clock.advance(days=1)
    assert await warned(world, "xgll.daily", walk.case_id) == []


async def test_a_warning_reaches_the_office_that_does_not_hold_the_case_and_names_nobody(world: World) -> None:
    walk = await accepted(world, persons=2)
    window = await world.office("jiantang.head")
    form: dict[str, Any] = {"receiver_office_id": window, "help_needed": "请协调场地", "ends_on": "2026-03-20"}
    await walk.do("xgll.director", "issue-warning", **form)
    async with world.as_("jiantang.head") as (session, subject):
        page = await warnings_to(session, subject, size=ALL)
    found = [one for one in page.warnings if one.help_needed == "请协调场地"]
    assert [(one.place, one.dispute_type, one.sender) for one in found] == [("建塘镇", 8, "香格里拉市人民调解工作室")]


async def warned(world: World, login: str, case_id: UUID) -> list[str]:
    async with world.as_(login) as (session, subject):
        page = await warnings_to(session, subject, size=ALL)
    return [one.help_needed for one in page.warnings if one.case_id == case_id]
