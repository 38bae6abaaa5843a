"""Against shuffling: no way back but by the superior's word, not too often, and everybody's share is counted."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from cases.custody import CustodyMove
from cases.models import Case
from cases.term_share import custody
from foundation.errors import Conflict, InvalidInput, NotFound
from handover.chain import stays
from handover.models import CustodyLoop, HolderDispute, PassedCount
from handover.passed_cases import came_round, passed_cases
from handover.settings import HandoverSetting, Limits, limits_of
from indicators.passed_on import PassedOn, passed_on
from indicators.recount import recount
from tenants.models import Tenant
from tests.cases.build import Walk, assessing
from tests.door import Door
from tests.handover.test_directions import offer, targets
from tests.handover.test_naming import PROOF, holder, named
from tests.world import World


async def claim(walk: Walk, login: str, other: str | None = None) -> None:
    to = {} if other is None else {"other_office_id": await walk.world.office(other)}
    await walk.do(login, "claim-dispute", proof=PROOF, **to)


async def refused_back(walk: Walk, sender: str, receiver: str) -> str:
    """The rule that refuses it, at the field that names the receiver."""
    with pytest.raises(InvalidInput) as refused:
        await offer(walk, sender, receiver)
    ((field, rule),) = ((one.field, one.rule) for one in refused.value.fields)
    assert field == "to_office_id"
    assert isinstance(refused.value, Conflict)
    return rule


async def loops(walk: Walk) -> list[tuple[str, list[int]]]:
    async with walk.world.owner() as session:
        query = select(CustodyLoop).where(CustodyLoop.case_id == walk.case_id).order_by(CustodyLoop.number)
        return [(row.kind, row.path) for row in await session.scalars(query)]


async def taken_up(world: World, days: int = 0) -> Walk:
    """From the county's workroom to the prefecture's, after so many days."""
    walk = await assessing(world, persons=1)
    world.clock.advance(days=days)
    await offer(walk, "xgll.director", "diqing.director")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    return walk


@pytest.mark.obligation("62")
async def test_back_to_a_former_holder_goes_by_the_superiors_word_alone_and_is_flagged(world: World) -> None:
    walk = await taken_up(world, days=3)
    county, prefecture = await world.office("xgll.director"), await world.office("diqing.director")
    assert county not in await targets(walk, "diqing.director")
    assert await refused_back(walk, "diqing.director", "xgll.director") == "former_holder"
    with pytest.raises(InvalidInput) as kept:
        back = {"other_office_id": county, "proof": PROOF}
        await walk.do("diqing.director", "claim-dispute", stance="ours", **back)
    assert [one.field for one in kept.value.fields] == ["stance"], "who gives it back does not say that it is its own"
    await claim(walk, "diqing.director", "xgll.director")
    await named(walk, "xgll.director", by="yunnan.lgo")
    assert await holder(walk) == county
    assert await loops(walk) == [("ping_pong", [county, prefecture, county])]
    async with world.owner() as session:
        query = select(HolderDispute).where(HolderDispute.case_id == walk.case_id)
        assert (await session.scalars(query)).one().ground == "former"


def test_what_a_plan_brought_elsewhere_counts_against_whoever_got_it() -> None:
    day = datetime(2026, 3, 5, tzinfo=UTC)
    moved = CustodyMove(from_office_id=1, to_office_id=2, source="tree_plans:x", recorded_at=day)
    assert custody((), [moved], 2) == [(date.min, 1), (date(2026, 3, 5), 2)]


@pytest.mark.obligation("62")
async def test_each_holders_days_are_counted_against_it(world: World) -> None:
    walk = await taken_up(world, days=3)
    world.clock.advance(days=2)
    async with world.as_("diqing.director") as (session, _):
        chain = await stays(session, await session.get_one(Case, walk.case_id))
    assert [(one.tier, one.days, one.came_by, one.until is None) for one in chain] == [
        ("T", 0, "registered", False), ("C", 3, "handed", False), ("F", 2, "handed", True),
    ]  # fmt: skip
    async with world.as_("xgll.director") as (session, _):
        left = await stays(session, await session.get_one(Case, walk.case_id))
    assert [one.days for one in left][:2] == [0, 3]


async def test_a_round_of_three_is_a_cycle_and_a_return_twice_by_the_same_pair_is_the_superiors(world: World) -> None:
    walk = await assessing(world, persons=1)
    for sender, receiver in (("xgll.director", "deqin.director"), ("deqin.director", "weixi.director")):
        await offer(walk, sender, receiver, reason="jurisdiction")
        await walk.do(receiver, "return-handover", reason="not_ours", proof="工作室函〔2026〕2号")
        assert await refused_back(walk, sender, receiver) == "returned_before"
        await claim(walk, sender)
        await named(walk, receiver)
    assert await refused_back(walk, "weixi.director", "xgll.director") == "former_holder"
    await claim(walk, "weixi.director", "xgll.director")
    await named(walk, "xgll.director")
    ((kind, path),) = await loops(walk)
    assert (kind, len(path), path[0]) == ("cycle", 4, path[-1])


async def test_after_so_many_handovers_the_superior_decides(own_world: World) -> None:
    """What the province sets binds all; who stands below may set less, and never more for itself."""
    walk = await taken_up(own_world)
    tenant = (await own_world.subject("diqing.director")).tenant_id
    day = {"valid_from": own_world.clock.now().date(), "reason": "省调办〔2026〕1号"}
    async with own_world.owner() as session:
        session.add(HandoverSetting(tenant_id=None, most_handovers=2, naming_days=8, **day))
        session.add(HandoverSetting(tenant_id=tenant, most_handovers=20, naming_days=None, **day))
        assert await limits_of(session, tenant) == Limits(naming_days=8, most_handovers=2)
    assert await refused_back(walk, "diqing.director", "deqin.director") == "handover_limit"
    await claim(walk, "diqing.director", "deqin.director")
    await named(walk, "deqin.director", by="yunnan.lgo")
    assert await holder(walk) == await own_world.office("deqin.director")


async def read(world: World, login: str, of: str, role: str | None = None) -> PassedOn:
    tenant = (await world.subject(of)).tenant_id
    async with world.as_(login, role) as (session, subject):
        return await passed_on(session, subject, tenant)


@pytest.mark.obligation("62")
async def test_what_a_tenant_passed_on_is_counted_by_reason_with_the_days_for_it_and_those_above(
    own_door: Door,
) -> None:
    world = own_door.world
    for _ in range(2):
        walk = await taken_up(world, days=4)
    await offer(walk, "diqing.director", "deqin.director", reason="near")
    await walk.do("deqin.director", "return-handover", reason="not_ours", proof="德钦县工作室函〔2026〕2号")
    await claim(walk, "diqing.director", "xgll.director")
    await named(walk, "xgll.director", by="yunnan.lgo")
    own = await read(world, "xgll.director", "xgll.director")
    assert [(row.direction, row.reason, row.figures.passed, row.figures.days) for row in own.reasons] == [
        ("up", "major", 2, 4)
    ]
    above = await read(world, "yunnan.lgo", "diqing.director")
    assert (above.own.passed, above.own.returned, above.own.looped) == (1, 1, 1)
    branch = next(row for row in above.below if row.tenant_id == own.tenant_id)
    assert (branch.figures.passed, branch.figures.days) == (4, 2), "with the township's own two, sent on the same day"
    assert (await read(world, "yunnan.stats", "xgll.director", "stats_reader")).own.passed is None
    with pytest.raises(NotFound):
        await read(world, "deqin.director", "xgll.director")
    async with world.owner() as session:
        assert await recount(session) == []
    await _its_cases(world, walk)
    await _at_the_doors(own_door, walk)


async def _its_cases(world: World, walk: Walk) -> None:
    """Status alone: the one that came back is in its own hands; the superior sees what came round."""
    async with world.as_("xgll.director") as (session, subject):
        assert subject.tenant_id is not None
        listed = (await passed_cases(session, subject, subject.tenant_id)).cases
        assert [one.case_id == walk.case_id for one in listed] == [True, False]
        assert {(one.direction, one.reason, one.days) for one in listed} == {("up", "major", 4)}
    async with world.as_("diqing.supervisor") as (session, subject):
        below = select(Tenant.id).where(Tenant.prefecture_id == subject.tenant_id)
        (found,) = await came_round(session, subject, below)
    assert (found.case_id, found.loop, found.direction) == (walk.case_id, "ping_pong", "named")


async def _at_the_doors(door: Door, walk: Walk) -> None:
    browser, program = await door.browser("xgll.director"), await door.program("xgll.director")
    page = (await browser.get("/passed-on")).text
    assert "重大疑难复杂，超出本级能力" in page
    assert f"/cases/{walk.case_id}" in page
    table = (await browser.get("/passed-on.csv")).text
    assert "上提,重大疑难复杂，超出本级能力,2,0,0,4" in table.replace('"', "")
    told: dict[str, Any] = (await program.get("/api/v1/handover/passed-on")).json()
    assert told["own"]["passed"] == 2
    cases = (await program.get("/api/v1/handover/passed-on/cases")).json()["cases"]
    assert len(cases) == 2
    holders = (await program.get(f"/api/v1/cases/{walk.case_id}/holders")).json()
    assert [one["days"] for one in holders][:2] == [0, 4]
    assert "往返移交" in (await browser.get(f"/cases/{walk.case_id}")).text
    for wrong in ("/passed-on?year=x", "/passed-on?year=1900", "/passed-on?after=x", "/passed-on.csv?tenant=x"):
        assert (await browser.get(wrong)).status_code == 422, wrong


async def test_a_conflicted_tenant_is_counted_and_keeps_no_case_to_look_at(world: World) -> None:
    walk = await assessing(world, persons=1)
    unit = {"role": "visited", "name": "香格里拉市人民政府", "kind": "department", "found_by": "接谈登记"}
    await walk.do("xgll.director", "record-unit", own_organ=True, **unit)
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    world.clock.advance(seconds=1)
    async with world.as_("xgll.director") as (session, subject):
        assert subject.tenant_id is not None
        listed = (await passed_cases(session, subject, subject.tenant_id)).cases
    assert walk.case_id not in {one.case_id for one in listed}
    async with world.owner() as session:
        counted = select(PassedCount.cases).where(
            PassedCount.tenant_id == subject.tenant_id, PassedCount.reason == "conflict"
        )
        assert (await session.scalars(counted)).first()
