"""The people of the demonstration open multiplied cases as any other: lists, pages, papers, money, archive."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient
from litestar import Litestar
from sqlalchemy import select

from cases.models import Case
from cases.papers import Paper
from cases.steps import State
from foundation.cipher import Sealed
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.settings import Settings
from server.app import build_app
from server.catalogue import catalogue
from server.parts import make_parts
from teams.models import TeamMember
from tests.door import Door
from tests.world import KEYRING, World

COUNTY = ("xgll.director", "xgll.handler", "xgll.mediator", "xgll.archivist", "xgll.reviewer", "xgll.cashier")
ABOVE = ("diqing.director", "diqing.supervisor", "yunnan.supervisor")
PARTS = (
    "parties", "claims", "consents", "timeline", "timers", "papers", "notes", "looks", "handovers", "team", "plans",
    "agreement", "performances", "visits", "relief", "referrals", "evidence", "orders", "money",
)  # fmt: skip
READ = (200, 403)
"""A part that the reader's rights do not reach is refused by name; nothing fails."""


@pytest.fixture
async def seeded_door(
    settings: Settings, seeded: Endpoints, clock: FrozenClock, seeded_world: World
) -> AsyncIterator[Door]:
    parts = make_parts(settings, seeded, clock)
    Sealed.use(KEYRING)
    app: Litestar = build_app(parts, catalogue())
    yield Door(app, seeded_world)
    await app.state["operators_office"].close()
    await parts.close()


async def cases_of(world: World, login: str, *conditions: Any, limit: int = 6) -> list[Case]:
    """Told or copied cases that the person's county holds."""
    subject = await world.subject(login)
    async with world.owner() as session:
        told = select(Case).where(Case.county_id == subject.tenant_id, Case.id.in_(select(Paper.case_id)), *conditions)
        return list(await session.scalars(told.order_by(Case.id.desc()).limit(limit)))


async def listed(client: AsyncClient) -> list[str]:
    answer = await client.get("/api/v1/cases")
    assert answer.status_code == 200, answer.text
    return [case["id"] for case in answer.json()["rows"]]


async def papers_listed(client: AsyncClient, case_id: str) -> list[tuple[str, str]]:
    """Those of the groups that the reader's rights reach."""
    answer = await client.get(f"/api/v1/cases/{case_id}/papers")
    assert answer.status_code == 200, answer.text
    return [(case_id, paper["id"]) for paper in answer.json()]


@pytest.mark.parametrize("login", [*COUNTY, *ABOVE])
async def test_each_opens_what_the_own_list_shows(seeded_door: Door, login: str) -> None:
    async with await seeded_door.browser(login) as browser:
        page = await browser.get("/cases")
        assert page.status_code == 200, page.text
    async with await seeded_door.program(login) as program, await seeded_door.browser(login) as browser:
        for case_id in (await listed(program))[:5]:
            assert (await browser.get(f"/cases/{case_id}")).status_code == 200


async def test_every_part_of_a_case_opens_for_its_director(seeded_door: Door) -> None:
    """In whatever state it is; another test may have gone on with the one that was being handled."""
    held = Case.holder_office_id == await seeded_door.world.office("xgll.director")
    cases = {case.state: case for case in await cases_of(seeded_door.world, "xgll.director", held, limit=200)}
    assert State.ARCHIVED in cases and not cases.keys().isdisjoint({State.ENTRUSTED, State.PROPOSED})
    async with await seeded_door.program("xgll.director") as program:
        for case in cases.values():
            assert (await program.get(f"/api/v1/cases/{case.id}")).status_code == 200
            for part in PARTS:
                answer = await program.get(f"/api/v1/cases/{case.id}/{part}")
                assert answer.status_code in READ, (part, answer.text)


@pytest.mark.parametrize("login", ["xgll.handler", "xgll.mediator"])
async def test_papers_of_an_archived_case_are_printed_for_its_team(seeded_door: Door, login: str) -> None:
    """Each that the own list shows; one of a group beyond the reader's rights, as of the money, is not found."""
    member = await seeded_door.world.subject(login)
    seats = select(TeamMember.case_id).where(TeamMember.person_id == member.person_id)
    cases = await cases_of(seeded_door.world, login, Case.state == State.ARCHIVED, Case.id.in_(seats), limit=2)
    assert cases
    async with seeded_door.world.owner() as session:
        held = select(Paper.case_id, Paper.id).where(Paper.case_id.in_([case.id for case in cases]))
        papers = [(str(case_id), str(paper_id)) for case_id, paper_id in await session.execute(held)]
    async with await seeded_door.program(login) as program:
        shown = {paper for case in cases for paper in await papers_listed(program, str(case.id))}
    assert len(papers) / 2 < len(shown) and shown <= set(papers)
    async with await seeded_door.browser(login) as browser:
        for case_id, paper_id in papers:
            page = await browser.get(f"/cases/{case_id}/papers/{paper_id}")
            assert page.status_code == (200 if (case_id, paper_id) in shown else 404), page.text
