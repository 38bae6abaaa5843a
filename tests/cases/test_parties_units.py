"""Six words for units, six decisions (domain.md 13.3): who decided each, by which paper; and one that nobody reads."""

from typing import Any

import pytest
from sqlalchemy import text

from cases.models import Case
from cases.reading import papers_of
from cases.timeline import of_case
from foundation.errors import InvalidInput, NotFound
from funding.unit_parts import PartView, unit_parts
from policies import gate
from tests.cases.build import Walk, assessed, consented
from tests.cases.test_the_other_side import agent
from tests.world import World

DIRECTOR = "xgll.director"
DIVERSION = {"organ": "香格里拉市纪委监委", "handed_on": "2026-03-02", "receipt_no": "转〔2026〕7号"}


async def parts(walk: Walk, login: str = DIRECTOR) -> list[PartView]:
    async with walk.world.as_(login) as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        return await unit_parts(session, case, await gate.permissions(session, subject, case))


@pytest.mark.obligation("19")
async def test_the_visited_unit_is_whom_the_petitioner_names_until_somebody_decides(world: World) -> None:
    walk = await assessed(world, persons=1)
    (visited,) = await parts(walk)
    assert (visited.part, visited.name, visited.decided_by) == ("visited", "云岭路桥建设有限公司", "信访人所指")
    form = {"role": "visited", "name": "云岭路桥集团有限公司", "kind": "enterprise", "found_by": "营业执照"}
    await walk.do(DIRECTOR, "record-unit", **form, decided_by="香格里拉市市场监督管理局")
    (visited,) = await parts(walk)
    assert (visited.name, visited.decided_by, visited.found_by) == (
        "云岭路桥集团有限公司", "香格里拉市市场监督管理局", "营业执照",
    )  # fmt: skip


async def test_the_competent_organ_is_another_decision_and_changes_no_other(world: World) -> None:
    walk = await assessed(world, persons=1)
    form = {"role": "competent", "name": "香格里拉市交通运输局", "kind": "department", "found_by": "职责清单"}
    await walk.do(DIRECTOR, "record-unit", **form)
    found = {one.part: one.name for one in await parts(walk)}
    assert found == {"visited": "云岭路桥建设有限公司", "competent": "香格里拉市交通运输局"}
    assert (await world.case(walk.case_id)).visited_unit == "云岭路桥建设有限公司"


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"uscc": "91110000600037341K"}, "uscc", "malformed"),
        ({"name": "云岭\u2066路桥"}, "name", "unseen_character"),
    ],
)
async def test_a_unit_has_a_name_that_is_seen_and_a_code_that_can_be(
    world: World, change: dict[str, Any], field: str, rule: str
) -> None:
    walk = await assessed(world, persons=1)
    form = {"role": "competent", "name": "某某局", "kind": "department", "found_by": "职责清单", **change}
    with pytest.raises(InvalidInput) as error:
        await walk.do(DIRECTOR, "record-unit", **form)
    assert {one.field: one.rule for one in error.value.fields} == {field: rule}


@pytest.mark.obligation("N3a")
async def test_the_accused_unit_stands_on_the_receipt_alone(world: World) -> None:
    """Neither among the case's units nor in its event; and nothing of it reaches the other side."""
    walk = await consented(world, persons=1)
    await walk.do(DIRECTOR, "divert-accusation", **DIVERSION, accused_unit="云岭路桥建设有限公司第三项目部")
    assert "第三项目部" not in str(await parts(walk))
    async with world.as_(DIRECTOR) as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        may = await gate.permissions(session, subject, case)
        kept = [paper for paper in await papers_of(session, case.id, may) if paper.kind == "diversion"]
        events = [event for event in await of_case(session, case.id, may) if event.act == "divert-accusation"]
    assert kept[0].content["accused_unit"] == "云岭路桥建设有限公司第三项目部"
    assert "第三项目部" not in str([event.data for event in events])
    unit = agent((await walk.company()).id)
    async with world.store.scoped(unit.scope) as session:
        for table in ("papers", "events"):
            column = "kind = 'diversion'" if table == "papers" else "act = 'divert-accusation'"
            count = text(f"select count(*) from {table} where case_id = :case and {column}")
            assert await session.scalar(count, {"case": walk.case_id}) == 0


@pytest.mark.obligation("N3a", "N3d")
async def test_an_accusation_of_the_holders_own_organ_sends_the_case_up_and_names_nobody(world: World) -> None:
    walk = await consented(world, persons=1)
    accused = "香格里拉市司法局"
    await walk.do(DIRECTOR, "divert-accusation", **DIVERSION, accused_unit=accused, own_organ=True)
    world.clock.advance(seconds=1)
    async with world.as_(DIRECTOR) as (session, subject):
        assert await session.get(Case, walk.case_id) is None
        for table in ("papers", "events", "case_relations"):
            rows = await session.execute(text(f"select * from {table} where case_id = :case"), {"case": walk.case_id})
            assert "diver" not in str(rows.all())
        with pytest.raises(NotFound):
            await gate.fetch(session, subject, walk.world.catalogue["write-note"].action, walk.case_id)
    async with world.owner() as session:
        offers = await session.scalar(
            text("select count(*) from handover_offers where case_id = :case and forced"), {"case": walk.case_id}
        )
        assert offers == 1
