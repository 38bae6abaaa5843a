"""Separation of duties counts persons, not posts (31b)."""

import msgspec
import pytest
from sqlalchemy import delete, select

from cases import relations
from cases.models import Case, CaseRelation
from foundation.errors import Forbidden, InvalidInput
from foundation.ids import new_id
from foundation.store import instant
from funding.separation import DutiesNotSeparate
from funding.settlement import NoSettlement
from funding.sign_settlement import SideAlreadyApproved
from policies.relations import Relation
from tenants.models import Post
from tenants.subject import Subject
from tests.dossiers.build import Built
from tests.funding.build import approve, find, propose, review, share
from tests.world import World


async def in_post(world: World, login: str, post: str) -> Subject:
    """The person of `login`, sitting in the post of another."""
    person = (await world.subject(login)).person_id
    return msgspec.structs.replace(await world.subject(post), person_id=person)


async def proposed(world: World, built: Built) -> None:
    await find(world, built)
    await propose(world, built)


async def test_who_proposed_does_not_review(world: World, closed: Built) -> None:
    await find(world, closed)
    await propose(world, closed, await share(world, "xgll.mediator", 100))
    double = await in_post(world, "xgll.handler", "xgll.reviewer")
    with pytest.raises(DutiesNotSeparate) as refusal:
        await world.do_as(double, closed.case_id, "review-settlement", verdict="agree")
    assert refusal.value.params["part"] == "结算提出人"


async def test_who_receives_does_not_review(world: World, closed: Built) -> None:
    await proposed(world, closed)
    double = await in_post(world, "xgll.mediator", "xgll.reviewer")
    with pytest.raises(DutiesNotSeparate):
        await world.do_as(double, closed.case_id, "review-settlement", verdict="agree")


async def test_who_reviewed_does_not_approve(world: World, closed: Built) -> None:
    await proposed(world, closed)
    await review(world, closed)
    double = await in_post(world, "xgll.reviewer", "xgll.justice")
    with pytest.raises(DutiesNotSeparate):
        await world.do_as(double, closed.case_id, "approve-settlement", verdict="agree")


async def test_the_two_heads_are_two_persons(world: World, closed: Built) -> None:
    await proposed(world, closed)
    await review(world, closed)
    await approve(world, closed, "justice")
    double = await in_post(world, "xgll.justice", "xgll.petition")
    with pytest.raises(DutiesNotSeparate):
        await world.do_as(double, closed.case_id, "approve-settlement", verdict="agree")


async def test_one_side_approves_once(world: World, closed: Built) -> None:
    await proposed(world, closed)
    await review(world, closed)
    await approve(world, closed, "justice")
    with pytest.raises(SideAlreadyApproved):
        await approve(world, closed, "justice")


async def test_the_director_does_not_approve(world: World, closed: Built) -> None:
    await proposed(world, closed)
    await review(world, closed)
    double = await in_post(world, "xgll.director", "xgll.justice")
    with pytest.raises(DutiesNotSeparate) as refusal:
        await world.do_as(double, closed.case_id, "approve-settlement", verdict="agree")
    assert refusal.value.params["part"] == "工作室主任"


async def test_the_director_does_not_receive(world: World, closed: Built) -> None:
    await find(world, closed)
    director = await world.subject("xgll.director")
    async with world.owner() as session:
        case = await session.get_one(Case, closed.case_id)
        await relations.grant(
            session, case, Relation.TEAM, person_id=director.person_id, role="team_leader", source="test"
        )
    with pytest.raises(InvalidInput) as refusal:
        await propose(world, closed, await share(world, "xgll.director", 100))
    assert refusal.value.fields[0].rule == "director"


async def test_the_cashier_neither_reviewed_nor_approved(world: World, closed: Built) -> None:
    await proposed(world, closed)
    await review(world, closed)
    await approve(world, closed, "justice")
    await approve(world, closed, "petition")
    for login in ("xgll.reviewer", "xgll.justice", "xgll.petition", "xgll.handler"):
        double = await in_post(world, login, "xgll.cashier")
        with pytest.raises(DutiesNotSeparate):
            await world.do_as(double, closed.case_id, "pay-settlement", voucher_no="付1")


async def test_no_step_is_skipped(world: World, closed: Built) -> None:
    await proposed(world, closed)
    with pytest.raises(NoSettlement):
        await approve(world, closed, "justice")
    await review(world, closed)
    await approve(world, closed, "justice")
    with pytest.raises(NoSettlement):
        await world.do("xgll.cashier", closed.case_id, "pay-settlement", voucher_no="付1")


async def test_the_post_decides_whose_act_it_is(world: World, closed: Built) -> None:
    await proposed(world, closed)
    for login in ("xgll.handler", "xgll.director", "xgll.justice", "xgll.cashier"):
        with pytest.raises(Forbidden):
            await world.do(login, closed.case_id, "review-settlement", verdict="agree")


async def test_who_is_paid_for_the_case_never_finds_who_pays(world: World, closed: Built) -> None:
    payer = await world.subject("xgll.payer")
    async with world.owner() as session:
        case = await session.get_one(Case, closed.case_id)
        await relations.grant(session, case, Relation.TEAM, person_id=payer.person_id, role="lawyer", source="test")
    with pytest.raises(DutiesNotSeparate):
        await find(world, closed)


async def test_a_director_of_the_past_is_still_the_director_of_this_case(world: World, closed: Built) -> None:
    """Resigning after the case was filed does not make one a head who may approve it."""
    await proposed(world, closed)
    await review(world, closed)
    justice, director = await world.subject("xgll.justice"), await world.subject("xgll.director")
    async with world.owner() as session:
        now = instant(session)
        post = {"id": new_id(now), "person_id": justice.person_id, "office_id": director.office_id}
        case = await session.get_one(Case, closed.case_id)
        session.add(Post(**post, role="wr_director", since=case.filed_at, until=now))
    try:
        with pytest.raises(DutiesNotSeparate):
            await approve(world, closed, "justice")
    finally:
        async with world.owner() as session:
            await session.execute(delete(Post).where(Post.id == post["id"]))


async def test_what_separation_rests_on_is_seen_by_those_it_binds(world: World, closed: Built) -> None:
    """The reviewer's own session sees every seat that was taken in the case."""
    seats = select(CaseRelation.person_id).where(CaseRelation.case_id == closed.case_id)
    async with world.as_("xgll.reviewer") as (session, _):
        seen = set(await session.scalars(seats))
    assert {(await world.subject(login)).person_id for login in ("xgll.handler", "xgll.mediator")} <= seen
