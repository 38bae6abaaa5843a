"""An offer that nobody answers in time is taken back by a named system subject: it freezes no case for ever."""

from typing import Any

import pytest
from sqlalchemy import select

from cases.acts import perform
from cases.history import Event
from foundation.audit import AuditRow
from foundation.errors import NotFound
from handover.models import HandoverOffer
from handover.reading import inbox
from server import recurring
from server.recurring import take_back_offers
from tests.cases.build import Walk, registered
from tests.world import World


async def offered(world: World, **form: str) -> Walk:
    walk = await registered(world, persons=1)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    target = await world.office("xgll.director")
    await walk.do("jiantang.head", "offer-handover", to_office_id=target, reason="company", **form)
    return walk


async def offer_of(walk: Walk) -> HandoverOffer:
    async with walk.world.owner() as session:
        return (await session.scalars(select(HandoverOffer).where(HandoverOffer.case_id == walk.case_id))).one()


async def waiting(walk: Walk) -> bool:
    async with walk.world.as_("xgll.director") as (session, subject):
        return walk.case_id in {one.case_id for one in await inbox(session, subject)}


async def test_an_offer_stands_to_the_end_of_its_day_and_lapses_after_it(own_world: World) -> None:
    walk = await offered(own_world, answer_by=f"{own_world.clock.now():%Y-%m-%d}")
    assert await take_back_offers(own_world.store, own_world.catalogue) == 0
    assert await waiting(walk)
    own_world.clock.advance(days=1)
    assert await take_back_offers(own_world.store, own_world.catalogue) == 1
    assert await take_back_offers(own_world.store, own_world.catalogue) == 0
    assert ((await offer_of(walk)).state, (await offer_of(walk)).decided_by) == ("expired", None)
    assert not await waiting(walk)
    case = await own_world.case(walk.case_id)
    assert (case.offer_id, case.holder_office_id) == (None, await own_world.office("jiantang.head"))
    await walk.do("jiantang.head", "write-note", text="已失效，另行移交")


async def test_an_offer_that_can_not_be_taken_back_keeps_no_other_frozen(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await offered(own_world), await offered(own_world)
    own_world.clock.advance(days=16)

    async def fails_at_the_first(*given: Any) -> Any:
        if given[3] == first.case_id:
            raise NotFound
        return await perform(*given)

    monkeypatch.setattr(recurring, "perform", fails_at_the_first)
    with pytest.raises(NotFound):
        await take_back_offers(own_world.store, own_world.catalogue)
    assert [(await offer_of(one)).state for one in (first, second)] == ["open", "expired"]


async def test_without_a_day_of_its_own_an_offer_stands_for_fifteen_days(own_world: World) -> None:
    walk = await offered(own_world)
    own_world.clock.advance(days=15)
    assert await take_back_offers(own_world.store, own_world.catalogue) == 0
    own_world.clock.advance(days=1)
    assert await take_back_offers(own_world.store, own_world.catalogue) == 1
    assert (await offer_of(walk)).state == "expired"


async def test_the_lapse_is_told_to_the_parties_and_stands_in_both_chains_by_the_systems_name(world: World) -> None:
    walk = await offered(world)
    world.clock.advance(days=16)
    await take_back_offers(world.store, world.catalogue)
    async with world.owner() as session:
        events = await session.scalars(select(Event).where(Event.case_id == walk.case_id).order_by(Event.recorded_at))
        last = list(events)[-1]
        query = select(AuditRow).where(AuditRow.object_id == str(walk.case_id), AuditRow.actor == "system.handover")
        tenants = {row.tenant_id for row in await session.scalars(query)}
    assert (last.act, last.audience, last.system, last.actor_id) == (
        "expire-handover", "parties", "system.handover", None,
    )  # fmt: skip
    assert tenants == {(await world.subject(login)).tenant_id for login in ("jiantang.head", "xgll.director")}


async def test_an_answered_offer_is_left_alone(own_world: World) -> None:
    walk = await offered(own_world)
    await walk.do("xgll.director", "accept-handover", no_conflict=True)
    own_world.clock.advance(days=16)
    assert await take_back_offers(own_world.store, own_world.catalogue) == 0
    assert (await offer_of(walk)).state == "accepted"
