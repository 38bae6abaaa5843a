"""Exactly once: whoever acts on one offer at the same moment, one outcome stands, whole, and all others are told so."""

import asyncio
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from foundation.errors import DomainError
from server.recurring import HANDOVERS, NOBODY
from tenants.subject import Subject
from tenants.tiers import Tier
from tests.cases.build import Walk
from tests.door import Door
from tests.handover.racing import Act, raced
from tests.handover.test_handover import offered
from tests.handover.test_naming import named, returned
from tests.handover.traces import check_whole, traces
from tests.world import World

SENDER, RECEIVER = "jiantang.head", "xgll.director"
REFUSED = {403, 404, 409, 412}
RETURN: dict[str, Any] = {"reason": "local", "proof": "会商纪要〔2026〕1号"}
ACCEPT: dict[str, Any] = {"no_conflict": True}


def rival(walk: Walk, name: str) -> Act:
    """One way in which an offer that stands comes to its end."""
    do = partial(partial, walk.do)
    return {
        "accept": do(RECEIVER, "accept-handover", **ACCEPT),
        "return": do(RECEIVER, "return-handover", **RETURN),
        "withdraw": do(SENDER, "withdraw-handover"),
        "expire": partial(expire, walk),
    }[name]


async def expire(walk: Walk) -> None:
    """As the job does it, for the sender's tenant."""
    tenant = (await walk.world.subject(SENDER)).tenant_id
    job = Subject(NOBODY, HANDOVERS, Tier.TOWNSHIP, tenant, None, None, system=HANDOVERS)
    await walk.world.do_as(job, walk.case_id, "expire-handover")


ENDED = {"accept": "accept-handover", "return": "return-handover", "withdraw": "withdraw-handover",
         "expire": "expire-handover"}  # fmt: skip


@pytest.mark.obligation("62")
@pytest.mark.parametrize("other", ["accept", "withdraw", "expire", "return"])
@pytest.mark.parametrize("accept_first", [True, False], ids=["after accept", "before accept"])
async def test_an_offer_has_one_end_however_many_act_at_once(world: World, other: str, accept_first: bool) -> None:
    walk = await offered(world)
    before = await traces(world, walk.case_id)
    if other == "expire":
        world.clock.advance(days=16)
    names = ["accept", other] if accept_first else [other, "accept"]
    outcomes = await raced(world, walk.case_id, [rival(walk, name) for name in names])
    assert not isinstance(outcomes[0], BaseException), outcomes
    assert isinstance(outcomes[1], DomainError)
    assert outcomes[1].status in REFUSED
    after = await check_whole(world, walk.case_id)
    assert after["acts"][len(before["acts"]) :] == [ENDED[names[0]]]
    moved = names[0] == "accept"
    assert after["moves"] == before["moves"] + moved
    assert after["holder"] == (await world.office(RECEIVER) if moved else before["holder"])
    assert after["open_offers"] == 0


@pytest.mark.parametrize("accept_first", [True, False], ids=["after accept", "before accept"])
async def test_a_superior_naming_another_holder_and_an_accept_have_one_outcome(
    world: World, accept_first: bool
) -> None:
    """The offer that came back is disputed; meanwhile the holder offers the case to a third office."""
    walk = await returned(world)
    people, third = [str(party.id) for party in await walk.petitioners()], await world.office("weixi.director")
    await walk.do("xgll.director", "answer-transfer", office_id=third, party_ids=people, accepted=True)
    await walk.do("xgll.director", "offer-handover", to_office_id=third, reason="near")
    before = await traces(world, walk.case_id)
    acts: list[Act] = [partial(walk.do, "weixi.director", "accept-handover", **ACCEPT),
                       partial(named, walk, "deqin.director")]  # fmt: skip
    outcomes = await raced(world, walk.case_id, acts if accept_first else acts[::-1])
    assert not isinstance(outcomes[0], BaseException), outcomes
    assert isinstance(outcomes[1], DomainError)
    assert outcomes[1].status in REFUSED
    after = await check_whole(world, walk.case_id)
    assert after["holder"] == (third if accept_first else await world.office("deqin.director"))
    assert after["moves"] == before["moves"] + 1
    assert len(after["acts"]) == len(before["acts"]) + 1


async def accepted(door: Door, walk: Walk, key: str, version: int) -> Any:
    client = await door.program(RECEIVER)
    headers = {"Idempotency-Key": key, "If-Match": f'"{version}"'}
    return await client.post(f"/api/v1/cases/{walk.case_id}/acts/accept-handover", json=ACCEPT, headers=headers)


@pytest.mark.obligation("62")
async def test_the_same_request_again_repeats_the_answer_and_nothing_else(door: Door) -> None:
    """At once and later; the same key for another request, or another key for the same case, is refused."""
    walk, key = await offered(door.world), str(uuid4())
    version = (await door.world.case(walk.case_id)).version
    twice = await asyncio.gather(*(accepted(door, walk, key, version) for _ in range(3)))
    after = await check_whole(door.world, walk.case_id)
    again = await accepted(door, walk, key, version)
    assert {(one.status_code, one.text, one.headers["etag"]) for one in [*twice, again]} == {
        (200, again.text, again.headers["etag"])
    }
    assert await check_whole(door.world, walk.case_id) == after
    assert after["moves"] == 1
    assert (await accepted(door, walk, key, version + 1)).status_code == 422
    assert (await accepted(door, walk, str(uuid4()), version)).json()["code"] == "version_stale"


async def test_who_comes_too_late_and_still_sees_the_case_learns_that_it_changed(door: Door) -> None:
    """The sender's withdrawal after the acceptance: its post has the right, the case has gone."""
    walk = await offered(door.world)
    version = (await door.world.case(walk.case_id)).version
    assert (await accepted(door, walk, str(uuid4()), version)).status_code == 200
    path = f"/api/v1/cases/{walk.case_id}/acts/withdraw-handover"
    client = await door.program(SENDER)
    late, now = [
        (await client.post(path, json={}, headers={"Idempotency-Key": str(uuid4()), "If-Match": f'"{seen}"'})).json()
        for seen in (version, version + 1)
    ]
    assert (late["code"], late["detail"]) == ("version_stale", "内容已被他人更改，请先看新内容")
    assert now["code"] == "forbidden"
