"""Notices: one for each person and cause, by the routing, only for who sees the case, and for nobody else to read."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from cases.steps import MOVES
from oversight.notice_inbox import mark_all_read, mark_read, told_by
from oversight.notice_job import make, unheard
from oversight.notice_kinds import NoticeKind
from oversight.notice_models import Notice
from oversight.notice_routes import every_route, routes
from oversight.notice_switches import SafetyRoute, switch
from oversight.telling import tell
from tests.oversight.telling import deliver, forgotten, notices_of, offered, page_of, waiting
from tests.world import World


def test_every_row_of_the_routing_names_an_act_or_a_kind_and_no_row_twice() -> None:
    kinds = {kind.value for kind in NoticeKind}
    assert routes().keys() <= {move.act for move in MOVES} | kinds
    codes = [route.code for route in every_route()]
    assert len(codes) == len(set(codes))


async def test_both_sides_of_a_handover_hear_of_it_and_its_doer_does_not(world: World) -> None:
    await deliver(world)
    case_id = await offered(world)
    await deliver(world)
    (told,) = await notices_of(world, "xgll.director", case_id)
    assert (told.kind, told.office_id) == (NoticeKind.HANDOVER_OFFERED, await world.office("xgll.director"))
    assert NoticeKind.HANDOVER_OFFERED not in {one.kind for one in await notices_of(world, "jiantang.head", case_id)}
    await world.do("xgll.director", case_id, "accept-handover", no_conflict=True)
    await deliver(world)
    assert NoticeKind.HANDOVER_ANSWERED in {one.kind for one in await notices_of(world, "jiantang.head", case_id)}
    assert len(await notices_of(world, "xgll.director", case_id)) == 1
    assert await notices_of(world, "deqin.director", case_id) == []


async def test_however_often_and_by_however_many_workers_a_message_is_delivered_a_person_has_one_notice(
    world: World,
) -> None:
    case_id = await offered(world)
    messages = await waiting(world)
    made = await asyncio.gather(*(make(world.store, messages) for _ in range(4)))
    made.append(await make(world.store, list(reversed(messages))))
    every = [one.id for batch in made for one in batch]
    assert len(every) == len(set(every))
    async with world.owner() as session:
        query = select(Notice.person_id, Notice.cause).where(Notice.case_id == case_id)
        rows = (await session.execute(query)).all()
    assert rows
    assert len(rows) == len(set(rows))
    await deliver(world)


async def test_who_may_not_see_the_case_hears_nothing_even_when_told_by_name(world: World) -> None:
    case_id = await offered(world)
    stranger, holder = await world.subject("deqin.director"), await world.subject("jiantang.head")
    async with world.as_("jiantang.head") as (session, _):
        await tell(
            session, NoticeKind.CASE_CHANGED, f"test:{case_id}", case_id=case_id,
            offices=[stranger.office_id or 0], persons=[stranger.person_id, holder.person_id],
        )  # fmt: skip
    await deliver(world)
    assert await notices_of(world, "deqin.director", case_id) == []
    assert f"test:{case_id}" in {one.cause for one in await notices_of(world, "jiantang.head", case_id)}


async def test_a_notice_of_a_case_that_is_no_longer_seen_shows_neither_number_nor_address(world: World) -> None:
    case_id = await offered(world)
    await deliver(world)
    case = await world.case(case_id)

    async def shown() -> tuple[str, str]:
        page = await page_of(world, "xgll.director", size=10_000)
        (told,) = await notices_of(world, "xgll.director", case_id)
        return next((one.number, one.address) for one in page.notices if one.id == told.id)

    assert await shown() == (case.registration_no, f"/handovers/{case_id}")
    await world.do("jiantang.head", case_id, "withdraw-handover")
    assert await shown() == ("", "")


async def test_nobody_reads_ticks_or_makes_a_notice_of_another_person(world: World) -> None:
    case_id = await offered(world)
    await deliver(world)
    (told,) = await notices_of(world, "xgll.director", case_id)
    for login in ("deqin.director", "xgll.handler", "diqing.director"):
        async with world.as_(login) as (session, subject):
            assert await session.get(Notice, told.id) is None
            assert await mark_read(session, subject, [told.id]) == 0
            forged = update(Notice).where(Notice.id == told.id).values(read_at=world.clock.now())
            assert (await session.execute(forged.returning(Notice.id))).all() == []
            made = text("select m.* from notices n, make_notices(jsonb_build_array(to_jsonb(n))) m")
            assert (await session.execute(made)).all() == []
    async with world.as_("xgll.director") as (session, subject):
        with pytest.raises(DBAPIError):
            await session.execute(update(Notice).where(Notice.id == told.id).values(kind="case_closed"))


async def test_the_inbox_goes_on_by_key_marks_and_tells_the_teller_alone_who_has_read(world: World) -> None:
    await forgotten(world)
    cases = [await offered(world) for _ in range(3)]
    await deliver(world)
    first = await page_of(world, "xgll.director", size=2)
    second = await page_of(world, "xgll.director", size=2, after=first.after)
    assert [one.id for one in first.notices] > [one.id for one in second.notices]
    async with world.as_("xgll.director") as (session, subject):
        assert await mark_read(session, subject, [first.notices[0].id]) == 1
        assert await mark_read(session, subject, [first.notices[0].id]) == 0
    async with world.as_("jiantang.head") as (session, subject):
        told = await told_by(session, subject)
    director, offer = (await world.subject("xgll.director")).name, NoticeKind.HANDOVER_OFFERED.label
    by_case = {one.address: one.receipts for one in told if one.title == offer}
    read = {case: {one.name: one.read_at for one in by_case[f"/cases/{case}"]}[director] for case in cases}
    assert sorted(moment is not None for moment in read.values()) == [False, False, True]
    async with world.as_("xgll.director") as (session, subject):
        assert not {f"/cases/{case}" for case in cases} & {one.address for one in await told_by(session, subject)}
        assert await mark_all_read(session, subject) >= 2
    assert (await page_of(world, "xgll.director", unread_only=True)).notices == []


async def test_a_tenant_switches_a_row_off_for_itself_alone_but_never_one_of_safety(own_world: World) -> None:
    async with own_world.as_("xgll.director") as (session, subject):
        await switch(session, subject, "offer-handover:offered", off=True)
        with pytest.raises(SafetyRoute):
            await switch(session, subject, "report-breach:holds", off=True)
    silent = await offered(own_world)
    await deliver(own_world)
    assert await notices_of(own_world, "xgll.director", silent) == []
    async with own_world.as_("xgll.director") as (session, subject):
        await switch(session, subject, "offer-handover:offered", off=False)
    heard = await offered(own_world)
    await deliver(own_world)
    assert len(await notices_of(own_world, "xgll.director", heard)) == 1


async def test_an_act_that_no_row_names_does_not_go_round_by_the_queue() -> None:
    assert unheard("case.changed", {"act": "write-note"})
    assert not unheard("case.changed", {"act": "offer-handover"})
    assert not unheard("notice.told", {"kind": "case_changed"})


async def test_a_post_that_has_ended_hears_nothing(own_world: World) -> None:
    from tenants.models import Post

    director = await own_world.subject("xgll.director")
    case_id: UUID = await offered(own_world)
    async with own_world.owner() as session:
        ended = update(Post).where(Post.person_id == director.person_id)
        await session.execute(ended.values(until=own_world.clock.now()))
    own_world.clock.advance(seconds=1)
    await deliver(own_world)
    assert await notices_of(own_world, "xgll.director", case_id) == []
