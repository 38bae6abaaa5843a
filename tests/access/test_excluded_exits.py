"""Whoever is kept away from a case finds it at no exit: every address with its id is 404, no list or count has it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from litestar import Litestar
from litestar.routes import HTTPRoute

from cases.lists import page as list_page
from cases.models import Case
from cases.relations import relation_of
from policies.relations import Relation
from tests.access.recusals import declare
from tests.cases.build import Walk
from tests.door import Door
from tests.teams.build import confirmed
from tests.world import World
from web.desk import DUE

NOTHING = UUID(int=404)
PROBES = {"/health", "/ready"}
"""Of the process, not of a case."""
ENDLESS = {"/notices/stream"}
"""Has no end to wait for; tests/web/test_notice_stream.py watches it."""
PEOPLE = ("xgll.director", "xgll.handler", "xgll.mediator")


def addresses(app: Litestar, case_id: UUID) -> Iterator[tuple[str, str]]:
    """(method, address) of every route that takes a case's id; other ids in it are made up."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and "{case_id:uuid}" in route.path:
            for method in sorted(route.methods - {"OPTIONS", "HEAD"}):
                yield method, filled(route, case_id)


def filled(route: HTTPRoute, case_id: UUID) -> str:
    path = route.path.replace("{case_id:uuid}", str(case_id))
    for name, parameter in route.path_parameters.items():
        if name != "case_id":
            made_up: Any = NOTHING if parameter.type is UUID else "write-note" if parameter.type is str else 1
            path = path.replace("{" + parameter.full + "}", str(made_up))
    return path


async def answers(client: AsyncClient, app: Litestar, case_id: UUID) -> dict[str, int]:
    found = {}
    for method, path in addresses(app, case_id):
        headers = {"If-Match": '"1"', "Idempotency-Key": str(uuid4())}
        answer = await client.request(method, path, headers=headers, json={} if method != "GET" else None)
        found[f"{method} {path.replace(str(case_id), '…')}"] = answer.status_code
    return found


async def kept_away(world: World, walk: Walk, how: str) -> None:
    if how == "person":
        await declare(walk, "xgll.handler")
        return
    case = await world.case(walk.case_id)
    director = await world.subject("xgll.director")
    named: dict[str, Any] = {"tenant_id": director.tenant_id}
    if how == "office":
        named["office_id"] = (await world.subject("xgll.daily")).office_id
    async with world.owner() as session:
        session.add(relation_of(case, Relation.COMPLAINED_OF, case.filed_at, source="test", **named))


@pytest.mark.parametrize(("how", "login"), [("person", "xgll.handler"), ("tenant", "xgll.director")])
async def test_every_address_of_the_case_answers_as_for_a_case_that_does_not_exist(
    door: Door, world: World, how: str, login: str
) -> None:
    """What is read is 404; what is written is refused in the same words whether the case exists or not."""
    walk = await confirmed(world)
    async with await door.program(login) as client:
        before = await answers(client, door.app, walk.case_id)
        await kept_away(world, walk, how)
        after = await answers(client, door.app, walk.case_id)
        unknown = await answers(client, door.app, uuid4())
    assert 200 in before.values()
    assert len(after) > 50
    assert after == unknown
    assert {path for path, status in after.items() if path.startswith("GET") and status != 404} == set()
    assert not {200, 201, 303, 403} & {status for path, status in after.items() if "/api/" in path}


@pytest.mark.parametrize(("how", "login"), [("person", "xgll.handler"), ("tenant", "xgll.director")])
async def test_no_list_count_or_page_names_the_case(own_door: Door, own_world: World, how: str, login: str) -> None:
    """Before, it stands on the first page of each."""
    walk = await confirmed(own_world)
    case = await own_world.case(walk.case_id)
    signs = {str(case.id), case.registration_no, str(case.case_no)}
    async with await own_door.program(login) as api, await own_door.browser(login) as pages:
        before = [await shown(api, "/api/v1/cases"), await shown(pages, "/desk"), await shown(pages, "/cases")]
        assert all(any(sign in text for sign in signs) for text in before)
        await kept_away(own_world, walk, how)
        for client, path in (
            (api, "/api/v1/cases"),
            (api, "/api/v1/cases?step=4"),
            (api, "/api/v1/cases?sort=due"),
            (pages, "/desk"),
            (pages, "/cases"),
            (pages, "/cases?mine=true&open_only=true"),
            (pages, "/cases?step=4"),
        ):
            text = await shown(client, path)
            assert not [sign for sign in signs if sign in text], path


def plain(app: Litestar) -> list[str]:
    """Every address that is read without an id: lists, inboxes, counts, exports, the desk."""
    found = {route.path for route in app.routes if isinstance(route, HTTPRoute) and "GET" in route.methods}
    return sorted(path for path in found - PROBES - ENDLESS if "{" not in path)


@pytest.mark.parametrize(("how", "login"), [("person", "xgll.handler"), ("tenant", "xgll.director")])
async def test_no_address_without_an_id_names_the_case_either(door: Door, world: World, how: str, login: str) -> None:
    walk = await confirmed(world)
    case = await world.case(walk.case_id)
    signs = (str(case.id), case.registration_no, str(case.case_no))
    await kept_away(world, walk, how)
    opened = 0
    async with await door.program(login) as api, await door.browser(login) as pages:
        for path in plain(door.app):
            answer = await (api if path.startswith("/api/") else pages).get(path)
            opened += answer.status_code == 200
            assert answer.status_code < 500, path
            assert not [sign for sign in signs if sign in answer.text], path
    assert opened > 10


async def shown(client: AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.text)
    return answer.text


async def test_the_counters_of_other_posts_do_not_count_it(own_world: World) -> None:
    """The desk shows what waits in my other posts, each in that post's own scope."""
    walk = await confirmed(own_world)
    deputy = await own_world.subject("xgll.deputy", "wr_deputy")

    async def waiting() -> int:
        async with own_world.store.reading(deputy.scope) as reading:
            return len((await list_page(reading, deputy, DUE, size=10)).rows)

    assert await waiting() == 1
    await declare(walk, "xgll.deputy", post="wr_deputy")
    assert await waiting() == 0


@pytest.mark.parametrize("how", ["tenant", "office"])
async def test_who_acts_for_another_tenant_keeps_what_the_person_has(world: World, how: str) -> None:
    """complained_of takes away from all who act for that tenant; from one office of it, from the whole tenant too."""
    walk = await confirmed(world)
    expert = str((await world.subject("diqing.expert_b")).person_id)
    await walk.do("xgll.director", "lend-assistance", person_id=expert, role="assist_member", purpose="法律分析",
                  actions=["case:read.statement"], until=f"{world.clock.now():%Y-%m-%d}")  # fmt: skip
    await kept_away(world, walk, how)
    for login, sees in (("diqing.expert_b", True), ("diqing.supervisor", True), *((one, False) for one in PEOPLE)):
        async with world.as_(login) as (session, _):
            assert (await session.get(Case, walk.case_id) is not None) is sees, login
