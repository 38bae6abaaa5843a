"""防控等级: of a dispute of several persons, on stated facts, for thirty days; nothing hangs on it but help (N1)."""

import ast
from pathlib import Path
from typing import Any

import pytest

from foundation.errors import InvalidInput
from oversight.risk import OnePerson, risks_of
from tests.cases.build import Walk, accepted
from tests.door import Door
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
READERS = {
    "platform/oversight/risk.py",
    "platform/oversight/catalogue.py",
    "web/case_view.py",
    "web/filled.py",
    "web/words.py",
    "api/leaders.py",
}
"""The case's own page, its words and its part in the API: nobody else may look at it."""
FACTS = [
    {"fact": "livelihood", "words": "十二户冬季取暖受影响"},
    {"fact": "hazard", "words": "三面墙体开裂，有掉落危险"},
]


def form(**changes: Any) -> dict[str, Any]:
    return {"level": "more", "facts": FACTS, "help_needed": "请住建部门协助支护墙体"} | changes


@pytest.mark.obligation("N1")
async def test_a_class_of_risk_rests_on_two_facts_expires_and_is_renewed_with_facts_stated_anew(
    door: Door, world: World
) -> None:
    alone = await accepted(world, persons=1)
    with pytest.raises(OnePerson):
        await alone.do("xgll.director", "set-risk", **form())
    walk = await accepted(world, persons=2)
    assert await faults(walk, facts=FACTS[:1]) == {"facts"}
    assert await faults(walk, facts=[FACTS[0], FACTS[0]]) == {"facts"}
    assert await faults(walk, help_needed="请重点 稳 控") == {"help_needed"}
    before = await world.case(walk.case_id)
    await walk.do("xgll.director", "set-risk", **form())
    after = await world.case(walk.case_id)
    assert {name: getattr(before, name) for name in COLUMNS} == {name: getattr(after, name) for name in COLUMNS}
    async with await door.browser("xgll.director") as browser:
        page, listed = (await browser.get(f"/cases/{walk.case_id}")).text, (await browser.get("/cases")).text
    assert "需重点帮助" in page and "需重点帮助" not in listed
    async with await door.program("diqing.supervisor") as client:
        assert (await client.get(f"/api/v1/cases/{walk.case_id}/risk")).status_code == 403
    world.clock.advance(days=31)
    async with world.owner() as session:
        assert await risks_of(session, walk.case_id) == ()
    assert await faults(walk) == {"facts.0.words", "facts.1.words"}
    anew = [{"fact": one["fact"], "words": f"三月复查：{one['words']}"} for one in FACTS]
    await walk.do("xgll.director", "set-risk", **form(facts=anew))


COLUMNS = ("case_class", "state", "step", "due_at", "outcome", "funding_position", "version", "handler_id")


async def faults(walk: Walk, **changes: Any) -> set[str]:
    with pytest.raises(InvalidInput) as refused:
        await walk.do("xgll.director", "set-risk", **form(**changes))
    return {error.field for error in refused.value.fields}


@pytest.mark.obligation("N1")
def test_no_list_right_or_term_looks_at_a_class_of_risk() -> None:
    looking = {
        str(file.relative_to(ROOT))
        for package in ("foundation", "tenants", "policies", "platform", "api", "web", "admin", "server")
        for file in (ROOT / package).rglob("*.py")
        if _looks(file.read_text(encoding="utf-8"))
    }
    assert looking == READERS
    assert _looks("from oversight.risk import RiskClass") and _looks('SQL = "select * from dispute_risks"')


def _looks(source: str) -> bool:
    tree = ast.parse(source)
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    risky = any(
        isinstance(node, ast.ImportFrom) and node.module == "oversight" and "risk" in {one.name for one in node.names}
        for node in ast.walk(tree)
    )
    return risky or "oversight.risk" in named or any("dispute_risks" in text for text in texts)
