"""No notice reaches a party by another way than the one that brings the remedy clock and the free helpers (N11)."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import select

from cases.models import Case
from cases.papers import Group, Paper
from cases.reading import papers_of
from cases.remedy_clock import PETITIONERS_OWN
from policies import gate
from policies.actions import Action
from server.catalogue import PAPERS
from tests.cases.build import entrusted
from tests.cases.test_the_other_side import agent
from tests.world import World

ROOMS = Path(__file__).resolve().parents[2] / "platform"
WITH_THEIR_OWN_CLOCK = {"cases/issue.py", "cases/register.py", "handover/intake_cases.py"}
"""`issue` adds it for everybody; registering has no rows to read yet, and reckons it from what is being written."""


def test_papers_are_made_by_issue_or_where_the_clock_is_added_by_hand() -> None:
    """`cases.tree_notices` writes one sealed text for thousands of cases, with the same `with_clock`."""
    makers = {
        str(file.relative_to(ROOMS))
        for file in ROOMS.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("paper_of", "Paper")
    }
    assert makers == WITH_THEIR_OWN_CLOCK
    inserts = {str(file.relative_to(ROOMS)) for file in ROOMS.rglob("*.py") if "insert into papers" in file.read_text()}
    assert inserts <= {"cases/tree_notices.py"}
    assert "with_clock(" in (ROOMS / "cases/tree_notices.py").read_text()


@pytest.mark.obligation("N11", "N3b")
async def test_every_paper_of_a_case_helps_the_petitioner_and_gives_the_other_side_no_last_day(world: World) -> None:
    walk = await entrusted(world, persons=1)
    company = (await walk.company()).id
    async with world.owner() as session:
        papers = list(await session.scalars(select(Paper).where(Paper.case_id == walk.case_id)))
    for_parties = [paper for paper in papers if PAPERS[paper.kind].for_parties or paper.party_id is not None]
    assert {paper.field_group for paper in for_parties} >= {Group.STATEMENT, Group.FINAL} and len(for_parties) > 4
    assert [paper.kind for paper in for_parties if "free_helpers" not in paper.content] == []
    mine = [paper for paper in for_parties if not PAPERS[paper.kind].for_both_sides and paper.party_id != company]
    assert mine and all("undated_remedies" in paper.content for paper in mine)
    other = agent(company)
    async with world.store.scoped(other.scope) as session:
        case: Case = await gate.fetch(session, other, Action.CASE_STATUS, walk.case_id)
        read = await papers_of(session, walk.case_id, await gate.permissions(session, other, case))
    assert {"rights_notice", "deed"} <= {paper.kind for paper in read}
    assert all(PETITIONERS_OWN.isdisjoint(paper.content) for paper in read)
