"""Many cases in one act: each by the same protocol and in a transaction of its own, with a report that hides nothing
and tells nothing."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text, update

from cases.acts import perform
from cases.catalogue import Catalogue
from cases.history import Event
from cases.models import Case
from foundation.errors import Forbidden, InvalidInput, NotFound
from foundation.forms import parse
from foundation.outbox import OutboxRow
from foundation.store import Scope
from handover import bulk_run
from handover.bulk_form import form_of
from handover.bulk_models import Batch, BatchItem, BatchKind, BatchState, ItemState
from handover.bulk_reading import ItemView, batch_of, batches, items_of, progress_of
from handover.bulk_start import BatchEnded, TooManyBatches, cancel, start
from policies import gate
from tenants.models import Post
from tests.cases.build import Walk, assessing, registered
from tests.people import registration
from tests.teams.build import confirmed
from tests.world import World

HEAD, DIRECTOR = "jiantang.head", "xgll.director"


async def approved(world: World, count: int) -> list[Walk]:
    """Cases in the hands of the township's head."""
    found = [await registered(world, persons=1) for _ in range(count)]
    for walk in found:
        await walk.do(HEAD, "approve-registration", answer="approve")
    return found


async def order(world: World, login: str, kind: BatchKind, **form: Any) -> Batch:
    world.clock.advance(seconds=1)
    async with world.as_(login) as (session, subject):
        return await start(session, subject, kind, parse(form_of(kind), form, strict=True))


async def offer(world: World, cases: list[str], login: str = HEAD) -> Batch:
    return await order(
        world, login, BatchKind.OFFER, cases=cases, reason="company", to_office_id=await world.office(DIRECTOR)
    )


async def work(world: World, batch: Batch) -> None:
    """As the worker does: message after message until it has ended."""
    scope = Scope(batch.tenant_id, batch.person_id)
    while await state_of(world, batch) == BatchState.RUNNING:
        await bulk_run.go_on(world.store, world.catalogue, batch.id, scope)


async def state_of(world: World, batch: Batch) -> str:
    async with world.owner() as session:
        return (await session.get_one(Batch, batch.id)).state


async def report(world: World, batch: Batch, login: str = HEAD) -> list[ItemView]:
    async with world.as_(login) as (session, subject):
        return await items_of(session, subject, await batch_of(session, subject, batch.id))


async def events(world: World, walk: Walk, act: str) -> int:
    async with world.owner() as session:
        query = select(func.count()).select_from(Event).where(Event.case_id == walk.case_id, Event.act == act)
        return await session.scalar(query) or 0


async def numbers(walks: list[Walk]) -> list[str]:
    return [(await walk.world.case(walk.case_id)).registration_no for walk in walks]


async def test_each_case_is_offered_by_itself_and_the_report_names_what_became_of_it(world: World) -> None:
    walks = await approved(world, 3)
    one, two, pending = await numbers(walks)
    await walks[2].do(HEAD, "offer-handover", to_office_id=await world.office(DIRECTOR), reason="major")
    gone = await assessing(world, persons=1)
    batch = await offer(world, [one, str(walks[1].case_id), two, pending, str(gone.case_id)])
    await work(world, batch)
    said = await report(world, batch)
    assert [(row.number, str(row.state), row.code) for row in said] == [
        (one, "done", None),
        (two, "done", None),
        (pending, "refused", "case_frozen"),
        ((await numbers([gone]))[0], "refused", "forbidden"),
    ]
    assert [await events(world, walk, "offer-handover") for walk in walks] == [1, 1, 1]
    assert await state_of(world, batch) == BatchState.DONE


async def test_a_case_that_its_orderer_had_to_leave_meanwhile_holds_no_batch_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not found; what an act itself does not find is another thing, and is told as the act's refusal."""
    walks = await approved(world, 2)
    batch = await offer(world, await numbers(walks))
    async with world.owner() as session:
        await session.execute(EXCLUDED, {"id": uuid4(), "case": walks[0].case_id, "person": batch.person_id})

    async def finds_no_paper(*_: object) -> None:
        raise NotFound

    monkeypatch.setattr(bulk_run, "perform", finds_no_paper)
    await work(world, batch)
    assert await state_of(world, batch) == BatchState.DONE
    async with world.owner() as session:
        items = select(BatchItem.state).where(BatchItem.batch_id == batch.id)
        assert sorted(await session.scalars(items)) == ["not_found", "refused"]


EXCLUDED = text("""
    insert into case_relations (id, case_id, relation, person_id, since, until, source)
    values (:id, :case, 'excluded', :person, '2026-01-01', '9999-12-31', 'recusals')""")


@pytest.mark.failure(6)
async def test_what_the_subject_can_not_see_is_not_found_as_what_does_not_exist(world: World) -> None:
    """Failure 6 elsewhere: a bulk act took ids that its user could not see."""
    mine = (await approved(world, 1))[0]
    world.clock.advance(seconds=1)
    elsewhere = await world.register("shengping.clerk", **await registration_at(world, "533422100"))
    hidden, unknown = str(elsewhere.case.id), str(uuid4())
    no_number = "530000-99999-2026-00001"
    asked = [hidden, unknown, elsewhere.case.registration_no, no_number, str(mine.case_id)]
    batch = await offer(world, asked)
    await work(world, batch)
    rows = {row.number: row for row in await report(world, batch)}
    told = [
        (rows[name].state, rows[name].code, rows[name].reason, rows[name].case_id, rows[name].case_no)
        for name in (hidden, unknown, elsewhere.case.registration_no, no_number)
    ]
    assert told == [(ItemState.NOT_FOUND, None, "", None, None)] * 4
    moments = {rows[name].decided_at for name in (hidden, unknown, elsewhere.case.registration_no, no_number)}
    assert len(moments) == 1
    assert (await world.case(elsewhere.case.id)).offer_id is None
    async with world.owner() as session:
        kept = select(BatchItem.case_id).where(BatchItem.batch_id == batch.id, BatchItem.state == "not_found")
        assert set(await session.scalars(kept)) == {None}


async def registration_at(world: World, code: str) -> dict[str, Any]:
    return {**await registration(world, persons=1), "place_id": await world.place(code)}


async def test_a_worker_killed_after_the_act_leaves_no_case_twice_and_none_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks = await approved(world, 3)
    batch = await offer(world, await numbers(walks))
    kills = [2]

    async def dies_after(*given: Any) -> Any:
        done = await perform(*given)
        kills[0] -= 1
        if kills[0] == 0:
            raise asyncio.CancelledError
        return done

    monkeypatch.setattr(bulk_run, "perform", dies_after)
    with pytest.raises(asyncio.CancelledError):
        await work(world, batch)
    assert [row.state for row in await report(world, batch)] == ["done", "waiting", "waiting"]
    scope = Scope(batch.tenant_id, batch.person_id)
    both = (bulk_run.go_on(world.store, world.catalogue, batch.id, scope) for _ in range(2))
    await asyncio.gather(*both)
    await work(world, batch)
    assert [row.state for row in await report(world, batch)] == ["done"] * 3
    assert [await events(world, walk, "offer-handover") for walk in walks] == [1, 1, 1]


async def test_a_lost_post_stops_the_batch_and_a_colleague_with_the_same_right_sees_it(own_world: World) -> None:
    world = own_world
    walks = await approved(world, 2)
    batch = await order(
        world, HEAD, BatchKind.OFFER, step=2, all_open=True, reason="company", to_office_id=await world.office(DIRECTOR)
    )
    assert [row.number for row in await report(world, batch)] == (await numbers(walks))[::-1]
    async with world.owner() as session:
        await session.execute(update(Post).where(Post.id == batch.post_id).values(until=world.clock.now()))
    world.clock.advance(seconds=1)
    await work(world, batch)
    assert await state_of(world, batch) == BatchState.STOPPED
    assert [await events(world, walk, "offer-handover") for walk in walks] == [0, 0]
    async with world.as_(HEAD) as (session, subject):
        row = await batch_of(session, subject, batch.id)
        progress = await progress_of(session, row)
        waiting = await items_of(session, subject, row, state=ItemState.WAITING)
        undone = await items_of(session, subject, row, state=ItemState.CANCELLED)
    assert (progress.waiting, progress.cancelled, progress.done) == (0, 2, 0), "nothing waits in what has ended"
    assert (waiting, [str(one.state) for one in undone]) == ([], ["cancelled"] * 2)


async def test_the_rest_can_be_stopped_once_and_what_is_done_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks = await approved(world, 3)
    batch = await offer(world, await numbers(walks))
    monkeypatch.setattr(bulk_run, "SLICE", 1)
    await bulk_run.go_on(world.store, world.catalogue, batch.id, Scope(batch.tenant_id, batch.person_id))
    async with world.as_(HEAD) as (session, subject):
        await cancel(session, subject, await batch_of(session, subject, batch.id))
    await bulk_run.go_on(world.store, world.catalogue, batch.id, Scope(batch.tenant_id, batch.person_id))
    assert [row.state for row in await report(world, batch)] == ["done", "cancelled", "cancelled"]
    assert await state_of(world, batch) == BatchState.CANCELLED
    with pytest.raises(BatchEnded):
        async with world.as_(HEAD) as (session, subject):
            await cancel(session, subject, await batch_of(session, subject, batch.id))


async def test_two_batches_over_the_same_case_have_one_winner_and_the_other_says_why(world: World) -> None:
    walks = await approved(world, 2)
    first, second = [await offer(world, await numbers(walks)) for _ in range(2)]
    await asyncio.gather(work(world, first), work(world, second))
    outcomes = [[(row.state, row.code) for row in await report(world, one)] for one in (first, second)]
    for pair in zip(*outcomes, strict=True):
        assert sorted(pair) == [("done", None), ("refused", "case_frozen")]
    assert [await events(world, walk, "offer-handover") for walk in walks] == [1, 1]


async def test_what_came_in_is_accepted_and_returned_in_one_act(world: World) -> None:
    walks = await approved(world, 3)
    await work(world, await offer(world, await numbers(walks)))
    ids = [str(walk.case_id) for walk in walks]
    accepted = await order(world, DIRECTOR, BatchKind.ACCEPT, cases=ids[:2], no_conflict=True)
    await work(world, accepted)
    returned = await order(world, DIRECTOR, BatchKind.RETURN, cases=ids, reason="local", proof="会商纪要〔2026〕7号")
    await work(world, returned)
    holders = [(await world.case(walk.case_id)).holder_office_id for walk in walks]
    county, township = await world.office(DIRECTOR), await world.office(HEAD)
    assert holders[:2] == [county, county]
    assert holders[2] != county
    assert [row.state for row in await report(world, accepted, DIRECTOR)] == ["done", "done"]
    assert [row.state for row in await report(world, returned, DIRECTOR)] == ["not_found", "not_found", "done"]
    assert township


async def test_who_leaves_hands_every_part_to_a_colleague_and_what_does_not_fit_stays(world: World) -> None:
    one, other = [await confirmed(world, persons=1) for _ in range(2)]
    leaver, successor = await world.subject("xgll.handler"), await world.subject("xgll.mediator")
    form = {"from_person_id": str(leaver.person_id), "to_person_id": str(successor.person_id), "no_conflict": True}
    early = await assessing(world, persons=1)
    cases = await numbers([one, other, early])
    batch = await order(world, DIRECTOR, BatchKind.REASSIGN, cases=cases, **form)
    await work(world, batch)
    assert [(row.state, row.code) for row in await report(world, batch, DIRECTOR)] == [
        ("done", None),
        ("done", None),
        ("refused", "not_the_handler"),
    ]
    for walk in (one, other):
        assert (await world.case(walk.case_id)).handler_id == successor.person_id
        async with world.store.scoped(leaver.scope) as session:
            case = await session.get(Case, walk.case_id)
            assert case is None or "session:record" not in (await gate.permissions(session, leaver, case)).actions
    for broken, field in (
        ({"to_person_id": str(leaver.person_id)}, "to_person_id"),
        ({"no_conflict": False}, "no_conflict"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await order(world, DIRECTOR, BatchKind.REASSIGN, cases=cases, **{**form, **broken})
        assert [error.field for error in refused.value.fields] == [field]


async def test_a_batch_and_its_report_are_no_one_else_s(world: World) -> None:
    walks = await approved(world, 1)
    batch = await offer(world, await numbers(walks))
    await work(world, batch)
    for stranger in (DIRECTOR, "diqing.director", "shengping.head", "diqing.supervisor", "jiantang.clerk"):
        async with world.as_(stranger) as (session, subject):
            assert batch.id not in {one.id for one in await batches(session, subject)}
            with pytest.raises(NotFound):
                await batch_of(session, subject, batch.id)
    async with world.as_("shengping.head") as (session, _):
        assert await session.scalar(select(func.count()).select_from(BatchItem)) == 0


@pytest.mark.parametrize(
    ("form", "field", "rule"),
    [
        ({"cases": []}, "cases", "required"),
        ({"cases": ["张三"]}, "cases", "malformed"),
        ({"cases": ["530000-99999-2026-00001"] * 5001}, "cases", "too_long"),
        ({"cases": ["530000-99999-2026-00001"], "to_office_id": 1}, "to_office_id", "not_a_choice"),
        ({"cases": ["530000-99999-2026-00001"], "answer_by": "2026-02-01"}, "answer_by", "too_small"),
        ({"step": 8, "case_class": "beijing"}, "cases", "nothing_matches"),
    ],
)
async def test_what_is_wrong_is_named_at_its_field_and_no_batch_begins(
    world: World, form: dict[str, Any], field: str, rule: str
) -> None:
    given = {"reason": "company", "to_office_id": await world.office(DIRECTOR), **form}
    with pytest.raises(InvalidInput) as refused:
        await order(world, HEAD, BatchKind.OFFER, **given)
    assert [(error.field, error.rule) for error in refused.value.fields] == [(field, rule)]


async def test_nobody_starts_what_the_own_post_may_not_do_nor_more_than_five_at_a_time(own_world: World) -> None:
    with pytest.raises(Forbidden):
        await offer(own_world, ["530000-99999-2026-00001"], "jiantang.clerk")
    for _ in range(5):
        await offer(own_world, ["530000-99999-2026-00001"])
    with pytest.raises(TooManyBatches):
        await offer(own_world, ["530000-99999-2026-00001"])
    async with own_world.owner() as session:
        payloads = (await session.scalars(select(OutboxRow.payload).where(OutboxRow.topic == "bulk.go_on"))).all()
    assert [set(one) for one in payloads] == [{"batch", "tenant", "person"}] * 5
    assert all(UUID(one["batch"]) for one in payloads)


def test_the_act_s_own_fields_are_asked_and_no_list_of_a_single_case(world: World) -> None:
    catalogue: Catalogue = world.catalogue
    fields = set(form_of(BatchKind.OFFER).__struct_fields__)
    assert fields >= {"to_office_id", "reason", "cases", "step", "handler_id", "all_open"}
    assert "to_person_id" not in fields
    assert set(catalogue["offer-handover"].form.__struct_fields__) - fields <= {"to_person_id"}
