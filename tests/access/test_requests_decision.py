"""Who decides, takes back and reviews: the tier above the holder, in time, never the asker; and what never opens."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import select

from access.requests_errors import (
    AlreadyDecided,
    AlreadyEnded,
    AlreadyReviewed,
    AskerRemoved,
    NotTierAbove,
    OwnRequest,
    RequestLapsed,
    StillRuns,
)
from access.requests_inbox import inbox, waiting_count
from access.requests_models import AccessMatter
from cases import relations
from cases.history import Event
from cases.models import Case, CaseRelation
from foundation.audit import AuditRow
from foundation.errors import Forbidden, InvalidInput, NotFound
from policies.relations import Relation
from tests.access.asking import ASKER, REVIEWER, ask_for, decide, granted, number_of, rights, told
from tests.cases.build import Walk, assessing
from tests.world import World


@pytest.fixture
async def walk(world: World) -> AsyncIterator[Walk]:
    yield await assessing(world, persons=2)


async def the_relation(walk: Walk, request_id: UUID) -> CaseRelation:
    async with walk.world.owner() as session:
        query = select(CaseRelation).where(CaseRelation.source == f"access_requests:{request_id}")
        return (await session.scalars(query)).one()


async def test_a_grant_is_one_relation_of_the_asker_with_the_granted_actions_and_an_end(walk: Walk) -> None:
    asked = await granted(walk)
    row = await the_relation(walk, asked.id)
    asker = await walk.world.subject(ASKER)
    assert (row.relation, row.role, row.person_id, row.tenant_id) == ("delegated", "borrower", asker.person_id, None)
    assert row.actions == ["case:read", "case:read.statement", "case:read.timeline", "case:status", "recusal:declare"]
    assert row.until == asked.wanted_until


async def test_a_grant_may_be_narrower_and_shorter_and_never_wider_or_longer(walk: Walk) -> None:
    asked = await ask_for(walk.world, await number_of(walk))
    for wider in ({"groups": ["statement", "identity"]}, {"until": "2026-03-07"}, {"until": "2026-03-01"}):
        with pytest.raises(InvalidInput) as refusal:
            await decide(walk, asked.id, **wider)
        assert [field.field for field in refusal.value.fields] == [next(iter(wider))]
    await decide(walk, asked.id, groups=["timeline"], until="2026-03-03")
    lent = {"case:status", "recusal:declare", "case:read", "case:read.timeline"}
    assert (await rights(walk.world, walk.case_id)).actions == lent
    assert (await told(walk.world, asked)).granted == ["timeline"]


async def test_an_expired_request_can_not_be_decided_any_more(walk: Walk) -> None:
    asked = await ask_for(walk.world, await number_of(walk))
    walk.world.clock.advance(days=2)
    with pytest.raises(RequestLapsed):
        await decide(walk, asked.id)
    await ask_for(walk.world, await number_of(walk), "deqin.director")
    with pytest.raises(RequestLapsed):
        await decide(walk, asked.id)
    assert not (await rights(walk.world, walk.case_id)).actions


async def test_a_request_is_decided_once(walk: Walk) -> None:
    asked = await ask_for(walk.world, await number_of(walk))
    await decide(walk, asked.id, verdict="refused")
    with pytest.raises(AlreadyDecided):
        await decide(walk, asked.id)
    await ask_for(walk.world, await number_of(walk), "deqin.director")
    with pytest.raises(AlreadyDecided):
        await decide(walk, asked.id)


async def test_nobody_decides_the_own_request_whatever_the_post(walk: Walk) -> None:
    asked = await ask_for(walk.world, await number_of(walk), REVIEWER)
    with pytest.raises(OwnRequest):
        await decide(walk, asked.id)
    await decide(walk, asked.id, "yunnan.supervisor")
    assert "case:read.statement" in (await rights(walk.world, walk.case_id, REVIEWER)).actions


@pytest.mark.parametrize(("login", "error"), [("xgll.director", Forbidden), ("weixi.director", NotFound)])
async def test_the_holder_and_strangers_decide_nothing(walk: Walk, login: str, error: type[Exception]) -> None:
    asked = await ask_for(walk.world, await number_of(walk), "deqin.director")
    with pytest.raises(error):
        await decide(walk, asked.id, login)


async def test_a_privacy_officer_of_the_holders_own_tenant_is_not_the_tier_above(world: World, walk: Walk) -> None:
    asked = await ask_for(world, await number_of(walk))
    officer = await world.subject("xgll.privacy")
    with pytest.raises(NotTierAbove):
        await world.do_as(
            officer, walk.case_id, "decide-access", request_id=str(asked.id), verdict="granted", ground="确有必要"
        )


async def test_a_request_of_another_case_is_not_found(walk: Walk) -> None:
    other = await assessing(walk.world, persons=2)
    asked = await ask_for(walk.world, await number_of(walk))
    await ask_for(walk.world, await number_of(other))
    with pytest.raises(NotFound):
        await decide(other, asked.id)


async def test_no_emergency_opens_a_case_to_who_was_excluded_and_the_asker_does_not_learn_why(walk: Walk) -> None:
    asker = await walk.world.subject(ASKER)
    async with walk.world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        await relations.grant(session, case, Relation.EXCLUDED, person_id=asker.person_id, source="test:1")
    asked = await ask_for(walk.world, await number_of(walk), purpose="emergency")
    with pytest.raises(AskerRemoved):
        await decide(walk, asked.id)
    assert (await told(walk.world, asked)).progress == "pending"
    assert not (await rights(walk.world, walk.case_id)).actions


async def test_no_emergency_opens_a_case_to_the_tenant_complained_of(walk: Walk) -> None:
    asker = await walk.world.subject(ASKER)
    async with walk.world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        await relations.grant(session, case, Relation.COMPLAINED_OF, tenant_id=asker.tenant_id, source="test:1")
    asked = await ask_for(walk.world, await number_of(walk), purpose="emergency")
    with pytest.raises(AskerRemoved):
        await decide(walk, asked.id)


async def test_an_exclusion_ends_a_running_grant_at_once(walk: Walk) -> None:
    await granted(walk)
    asker = await walk.world.subject(ASKER)
    async with walk.world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        await relations.grant(session, case, Relation.EXCLUDED, person_id=asker.person_id, source="test:1")
    assert not (await rights(walk.world, walk.case_id)).actions


async def test_a_grant_is_taken_back_at_once_and_only_once(walk: Walk) -> None:
    asked = await granted(walk)
    await walk.do(REVIEWER, "revoke-access", request_id=str(asked.id), ground="不再需要")
    walk.world.clock.advance(seconds=1)
    assert not (await rights(walk.world, walk.case_id)).actions
    assert (await told(walk.world, asked)).progress == "ended"
    with pytest.raises(AlreadyEnded):
        await walk.do(REVIEWER, "revoke-access", request_id=str(asked.id), ground="不再需要")


async def test_after_its_end_the_tier_above_reviews_it_once(walk: Walk) -> None:
    asked = await granted(walk)
    review = {"request_id": str(asked.id), "finding": "unjustified", "ground": "查阅内容与目的无关"}
    with pytest.raises(StillRuns):
        await walk.do(REVIEWER, "review-access", **review)
    walk.world.clock.advance(days=10)
    async with walk.world.as_(REVIEWER) as (session, subject):
        found = await inbox(session, subject)
    assert [one.overdue for one in found.ended if one.request_id == asked.id] == [False]
    walk.world.clock.advance(days=4)
    async with walk.world.as_(REVIEWER) as (session, subject):
        found = await inbox(session, subject)
    assert [one.overdue for one in found.ended if one.request_id == asked.id] == [True]
    await walk.do(REVIEWER, "review-access", **review)
    for login in (REVIEWER, "yunnan.supervisor"):
        async with walk.world.as_(login) as (session, subject):
            assert asked.id in {one.request_id for one in (await inbox(session, subject)).unjustified}
    with pytest.raises(AlreadyReviewed):
        await walk.do(REVIEWER, "review-access", **review)


async def test_the_inbox_is_for_the_line_above_and_shows_number_asker_and_reason(walk: Walk) -> None:
    asked = await ask_for(walk.world, await number_of(walk))
    async with walk.world.as_(REVIEWER) as (session, subject):
        (mine,) = [one for one in (await inbox(session, subject)).waiting if one.request_id == asked.id]
        assert await waiting_count(session, subject) >= 1
    assert mine.reason.startswith("同一工程") and mine.case_number == await number_of(walk) and mine.asker
    async with walk.world.as_("xgll.director") as (session, subject):
        with pytest.raises(Forbidden):
            await inbox(session, subject)
    walk.world.clock.advance(days=2)
    async with walk.world.as_(REVIEWER) as (session, subject):
        found = await inbox(session, subject)
    assert asked.id in {one.request_id for one in found.lapsed}
    assert asked.id not in {one.request_id for one in found.waiting}


async def test_a_grant_is_an_event_for_the_parties_and_stands_in_three_chains(walk: Walk) -> None:
    asked = await granted(walk)
    async with walk.world.owner() as session:
        query = select(Event).where(Event.case_id == walk.case_id, Event.act == "decide-access")
        event = (await session.scalars(query)).one()
        rows = select(AuditRow.tenant_id).where(
            AuditRow.object_id == str(walk.case_id), AuditRow.action == "access:review"
        )
        chains = set(await session.scalars(rows))
        matter = await session.get_one(AccessMatter, asked.id)
    assert event.audience == "parties" and event.data["purpose"] == "coordination"
    assert event.data["office"] == matter.office_id
    assert len(chains) == 3


async def test_a_refusal_is_no_business_of_the_parties_or_of_the_askers_chain(walk: Walk) -> None:
    asked = await ask_for(walk.world, await number_of(walk))
    await decide(walk, asked.id, verdict="refused")
    async with walk.world.owner() as session:
        query = select(Event.audience).where(Event.case_id == walk.case_id, Event.act == "decide-access")
        assert list(await session.scalars(query)) == ["internal"]
        asker = await walk.world.subject(ASKER)
        there = select(AuditRow).where(AuditRow.object_id == str(walk.case_id), AuditRow.tenant_id == asker.tenant_id)
        assert (await session.scalars(there)).first() is None


async def test_two_who_decide_at_the_same_time_grant_once(walk: Walk) -> None:
    asked = await ask_for(walk.world, await number_of(walk))
    answers = await asyncio.gather(
        decide(walk, asked.id), decide(walk, asked.id, "yunnan.supervisor"), return_exceptions=True
    )
    assert [type(answer) for answer in answers if answer is not None] == [AlreadyDecided]
    assert (await the_relation(walk, asked.id)).until == asked.wanted_until


async def test_two_requests_for_one_number_at_the_same_time_are_one(world: World) -> None:
    both = [ask_for(world, "同时申请的号码") for _ in range(2)]
    answers = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyAsked", "Asked"]
