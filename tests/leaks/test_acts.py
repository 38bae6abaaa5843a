"""Acts: a stranger hears of no case (404), a member without the right is told so (403), who has it meets the version.

Sampled: every cell of the rules tries one act that is not its own; every act is tried by three who may and two who may
not. Acts that write nothing into the case are only refused here: done, they would change what other tests count.
"""

from collections.abc import Iterator
from itertools import islice

from httpx import AsyncClient, Response

from api.acts import endpoints
from api.endpoint import PREFIX
from api.examples import example_of
from cases.catalogue import Act
from foundation import cookies
from tests.leaks.canaries import found_in
from tests.leaks.ground import Ground
from tests.leaks.standings import Standing
from tests.leaks.walking import OPENS_NOTHING, said

STALE = '"999999999"'
TRIED = 3


async def attempt(ground: Ground, client: AsyncClient, act: Act) -> Response:
    """By the API, with a well-formed body and a version that nobody has seen."""
    body, tag = example_of(act.form), {"If-Match": STALE}
    return await client.post(f"{PREFIX}/cases/{ground.case_id}/acts/{act.name}", json=body, headers=tag)


def tries(ground: Ground) -> Iterator[tuple[Standing, Act]]:
    """Who asks for what; the rights decide what must come of it."""
    acts = list(ground.world.catalogue.acts.values())
    members = [one for one in ground.standings if one.at == "C" and one.actions - OPENS_NOTHING]
    for number, standing in enumerate(members):
        others = [act for act in acts if act.action not in standing.actions]
        yield standing, others[number % len(others)]
    for act in acts:
        yield from ((one, act) for one in islice((one for one in members if act.action not in one.actions), 2))
        if act.writes:
            yield from ((one, act) for one in islice(_able(members, act), TRIED))


def _able(members: list[Standing], act: Act) -> Iterator[Standing]:
    """Of each relation one."""
    seen: set[str] = set()
    for one in members:
        if act.action in one.actions and one.cell.relation not in seen:
            seen.add(one.cell.relation)
            yield one


async def test_no_act_is_done_without_its_right_and_a_stranger_hears_of_no_case(ground: Ground) -> None:
    await ground.held_at("C")
    found: list[str] = []
    able = 0
    for standing, act in tries(ground):
        async with ground.of(standing) as client:
            answer = await attempt(ground, client, act)
        mine = act.action in standing.actions
        able += mine
        if (answer.status_code == 412) is not mine or (answer.status_code == 403) is mine or found_in(said(answer)):
            found.append(f"{standing.name} · {act.name} ({mine}): {answer.status_code} {answer.text[:90]}")
    assert not found, "\n".join(found)
    assert able > len(ground.world.catalogue.acts)


async def test_the_page_of_an_act_refuses_as_the_api_does(ground: Ground) -> None:
    """A form sent by who may not: 403; by a stranger: 404; and no word of the case in the page of the refusal."""
    await ground.held_at("C")
    supervisor = ground.standing("supervisor_f", "F", "oversees")
    for token, status in ((supervisor.token, 403), (ground.strangers[0].token, 404)):
        async with ground.client(cookies={cookies.SESSION: token}) as browser:
            await browser.get("/sign-in")
            sent = {"_csrf_token": browser.cookies[cookies.CSRF], "version": "1", "text": "写一句"}
            answer = await browser.post(f"/cases/{ground.case_id}/acts/write-note", data=sent)
        assert answer.status_code == status
        assert not found_in(said(answer))


async def test_nobody_adds_a_file_to_a_case_without_the_right(ground: Ground) -> None:
    await ground.held_at("C")
    supervisor = ground.standing("supervisor_f", "F", "oversees")
    sent = {"file": ("a.png", b"\x89PNG")}
    for token, status in ((supervisor.token, 403), (ground.strangers[0].token, 404)):
        async with ground.bearing(token) as program:
            answer = await program.post(f"{PREFIX}/cases/{ground.case_id}/files", files=sent)
        assert answer.status_code == status


def test_every_act_has_its_operation(ground: Ground) -> None:
    assert {one.path.rpartition("/")[2] for one in endpoints(ground.world.catalogue)} == set(
        ground.world.catalogue.acts
    )
