"""Any past moment of a case can be told: step, holder, parties, claims, terms, team, as they stood then."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from cases import past
from cases.history import Event
from cases.models import Case
from dossiers.as_of import PastCase, as_of, moment_of
from foundation.errors import Forbidden, InvalidInput
from tests.cases.build import Walk, assessing, consented
from tests.door import Door
from tests.world import World

CASE_TABLES = """
select t.relname from pg_class t join pg_attribute a on a.attrelid = t.oid
where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and not a.attisdropped
and (a.attname::text, a.atttypid) in (('id', 'uuid'::regtype), ('case_id', 'uuid'::regtype),
                                ('recorded_at', 'timestamptz'::regtype))
and has_any_column_privilege('tiaojie_app', t.oid, 'update') and t.relname not in ('events', 'papers')
and not exists (select from pg_trigger g where g.tgrelid = t.oid and g.tgname = 'keep_past')
group by t.relname having count(*) = 3
"""


async def events_of(walk: Walk) -> list[Event]:
    async with walk.world.owner() as session:
        query = select(Event).where(Event.case_id == walk.case_id).order_by(Event.recorded_at, Event.id)
        return list(await session.scalars(query))


async def seen(walk: Walk, login: str, event: Event) -> PastCase:
    async with walk.world.as_(login) as (session, subject):
        _, found = await as_of(session, subject, walk.case_id, event.recorded_at)
        return found


async def test_at_each_act_the_state_is_the_one_it_led_to_by_events_and_by_what_the_rows_held(world: World) -> None:
    walk = await consented(world, persons=2)
    states = []
    for event in await events_of(walk):
        found = await seen(walk, "xgll.director", event)
        async with world.owner() as session:
            changes = await past.earlier(session, walk.case_id, event.recorded_at)
            [then] = past.at([await session.get_one(Case, walk.case_id)], changes, event.recorded_at, born="filed_at")
        assert (found.state, found.last_act) == (then.state, event.act) == (event.state, event.act)
        states.append(found.state)
    assert {"registered", "assessing"} <= set(states)


async def test_holder_claims_and_consents_are_those_of_the_moment(world: World) -> None:
    walk = await consented(world, persons=2)
    by_act = {event.act: event for event in reversed(await events_of(walk))}
    before, after = (
        await seen(walk, "xgll.director", by_act["register"]),
        await seen(walk, "xgll.director", (await events_of(walk))[-1]),
    )
    assert "建塘镇" in before.holder and "香格里拉市" in after.holder
    assert {claim.decision for claim in before.claims} == {"pending"}
    assert {claim.decision for claim in after.claims} == {"suitable", "refused"}
    assert all(party.consents == () for party in before.parties)
    assert any("mediation" in party.consents for party in after.parties)
    assert before.team == after.team == ()


async def test_a_moment_before_the_registration_ahead_or_none_at_all_is_refused_by_name(world: World) -> None:
    walk = await assessing(world, persons=1)
    first = (await events_of(walk))[0].recorded_at
    async with world.as_("xgll.director") as (session, subject):
        for moment, rule in ((first - timedelta(days=1), "before_registration"), (first + timedelta(1), "in_future")):
            with pytest.raises(InvalidInput) as refused:
                await as_of(session, subject, walk.case_id, moment)
            assert [(error.field, error.rule) for error in refused.value.fields] == [("at", rule)]
    with pytest.raises(InvalidInput):
        moment_of("昨天")
    assert moment_of("2026-03-02T12:00").isoformat() == "2026-03-02T12:00:00+08:00"


async def test_the_past_is_no_way_round_the_present_rights(world: World) -> None:
    walk = await assessing(world, persons=1)
    first = (await events_of(walk))[0]
    async with world.as_("xgll.cashier") as (session, subject):
        with pytest.raises(Forbidden):
            await as_of(session, subject, walk.case_id, first.recorded_at)
    overseen = await seen(walk, "diqing.supervisor", first)
    assert (overseen.claims, overseen.parties) == ((), ())


async def test_every_table_of_cases_that_may_change_keeps_what_stood_before(world: World) -> None:
    async with world.owner() as session:
        assert list(await session.scalars(text(CASE_TABLES))) == []
        kept = await session.scalar(text("select count(*) from pg_trigger where tgname = 'keep_past'"))
    assert kept > 20


async def test_sealed_words_are_not_kept_a_second_time(world: World) -> None:
    walk = await consented(world, persons=1)
    async with world.owner() as session:
        kept = list(
            await session.scalars(text("select earlier::text from past_rows where case_id = :id"), {"id": walk.case_id})
        )
    assert kept and not any("\\\\x" in one for one in kept)


async def test_the_api_tells_it_and_refuses_at_the_parameter(door: Door) -> None:
    walk = await assessing(door.world, persons=1)
    first = (await events_of(walk))[0]
    async with await door.program("xgll.director") as client:
        path = f"/api/v1/cases/{walk.case_id}/past"
        told = (await client.get(path, params={"at": first.recorded_at.isoformat()})).json()
        wrong = await client.get(path, params={"at": "soon"})
    assert (told["state"], told["last_act"]) == ("registered", "register")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "at")


async def test_a_case_taken_over_without_its_course_says_so_and_guesses_nothing(door: Door) -> None:
    walk = await assessing(door.world, persons=1)
    async with door.world.owner() as session:
        await session.execute(text("delete from events where case_id = :id"), {"id": walk.case_id})
    async with await door.program("xgll.director") as program, await door.browser("xgll.director") as browser:
        told = await program.get(f"/api/v1/cases/{walk.case_id}/past")
        shown = await browser.get(f"/cases/{walk.case_id}/past")
    assert (told.status_code, told.json()["code"]) == (409, "history_untold")
    assert shown.status_code == 409
    assert "没有办理经过记录" in shown.text


@pytest.mark.obligation("62")
async def test_a_note_is_in_the_timeline_of_the_workroom_and_not_of_those_above(door: Door) -> None:
    walk = await assessing(door.world, persons=1)
    await walk.do("xgll.director", "write-note", text="周三再谈一次")
    acts = {}
    for login in ("xgll.director", "diqing.supervisor"):
        async with await door.program(login) as client:
            told = (await client.get(f"/api/v1/cases/{walk.case_id}/timeline")).json()
            acts[login] = [event["act"] for event in told]
            assert (await client.get(f"/api/v1/cases/{walk.case_id}/past")).json()["last_act"] == acts[login][0]
    assert acts["xgll.director"] == ["write-note", *acts["diqing.supervisor"]]
