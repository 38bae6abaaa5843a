"""A post that reaches beyond an office's own work takes two persons, neither of whom is the one who gets it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from msgspec import structs
from sqlalchemy import select

from foundation.audit import AuditRow
from foundation.errors import Forbidden, NotFound
from organisation.grants import GrantDecided, OwnGrant, ProvinceConfirms, confirm_grant, waiting_grant, waiting_grants
from organisation.posts import PostForm, PostHeld, RolesExclude, end_post, give_post
from server.operator import OPERATOR
from tenants import directory
from tenants.models import Post, PostGrant
from tenants.sessions import posts_in_force
from tenants.token_kind import SessionRequired
from tests.organisation.granting import REASON, confirm, give, newcomer, refuse, stored
from tests.world import World

PROVINCE, PREFECTURE = "yunnan.security", "diqing.security"


async def test_a_post_that_takes_two_gives_nothing_until_it_is_confirmed_and_all_at_once_then(world: World) -> None:
    post = await give(world, "xgll.admin", "cashier", "xgll.cashier")
    for confirmed in (False, True):
        if confirmed:
            await confirm(world, PREFECTURE, post)
        async with world.owner() as session:
            assert [one.id for one in await posts_in_force(session, post.person_id)] == [post.id] * confirmed
            people = await directory.people_of(session, office_id=post.office_id, roles=["cashier"])
            assert (post.person_id in {one.person_id for one in people}) is confirmed
    assert (await stored(world, post)).since == world.clock.now()


async def test_a_post_of_the_offices_own_work_begins_as_it_is_given(world: World) -> None:
    post = await give(world, "xgll.admin", "wr_deputy", "xgll.director")
    assert post.since == world.clock.now()
    with pytest.raises(GrantDecided):
        await confirm(world, PREFECTURE, post)


async def test_what_the_operator_gives_begins_as_it_is_given(own_world: World) -> None:
    office = await own_world.office("yunnan.security")
    async with own_world.owner() as session:
        post = await give_post(session, OPERATOR, PostForm(office, "secadmin", name="杨永福"))
        assert post.since == own_world.clock.now()


async def test_a_refused_post_never_begins_and_its_giver_reads_why(world: World) -> None:
    post = await give(world, "xgll.admin", "auditor", "xgll.auditor")
    await refuse(world, PREFECTURE, post)
    for again in (confirm, refuse):
        with pytest.raises(GrantDecided):
            await again(world, PREFECTURE, post)
    kept = await stored(world, post)
    assert kept.since is None and kept.until == world.clock.now()
    async with world.as_("xgll.admin") as (session, _):
        grant = await session.get_one(PostGrant, post.id)
    assert (grant.outcome, grant.reason) == ("refused", REASON)


async def test_a_refused_post_excludes_nothing_and_may_be_given_again(world: World) -> None:
    post = await give(world, "xgll.admin", "sysadmin", "xgll.admin")
    with pytest.raises(RolesExclude):
        await give(world, "xgll.admin", "wr_deputy", "xgll.director", post.person_id)
    with pytest.raises(PostHeld):
        await give(world, "xgll.admin", "sysadmin", "xgll.admin", post.person_id)
    await refuse(world, PREFECTURE, post)
    assert await give(world, "xgll.admin", "wr_deputy", "xgll.director", post.person_id)


@pytest.mark.parametrize(
    ("by", "role", "at"),
    [
        (PREFECTURE, "supervisor_p", "yunnan.supervisor"),
        (PREFECTURE, "complaint_officer", "yunnan.complaints"),
        (PREFECTURE, "lgo_director", "gongshan.director"),
    ],
)
async def test_a_prefecture_confirms_nothing_above_it_or_beside_it(world: World, by: str, role: str, at: str) -> None:
    post = await give(world, "yunnan.admin", role, at)
    async with world.as_(by) as (session, admin):
        assert post.id not in {one.post_id for one in await waiting_grants(session, admin)}
        with pytest.raises(NotFound):
            await waiting_grant(session, admin, post.id)
    for answer in (confirm, refuse):
        with pytest.raises(NotFound):
            await answer(world, by, post)
    assert (await stored(world, post)).since is None
    await confirm(world, PROVINCE, post)


async def test_security_administrators_are_confirmed_by_another_one_of_the_province(world: World) -> None:
    post = await give(world, "diqing.admin", "secadmin", "diqing.security")
    with pytest.raises(ProvinceConfirms):
        await confirm(world, PREFECTURE, post)
    async with world.as_(PREFECTURE) as (session, admin):
        assert (await waiting_grant(session, admin, post.id)).hindrance == ProvinceConfirms.message
    assert await confirm(world, PROVINCE, post)


async def test_nobody_confirms_the_own_post_nor_one_that_the_same_person_gave(own_world: World) -> None:
    world = own_world
    receiver = (await world.subject(PROVINCE)).person_id
    own = await give(world, "yunnan.admin", "secadmin", "diqing.security", receiver)
    given = await give(world, "yunnan.admin", "auditor", "xgll.auditor")
    giver = await world.subject(PROVINCE)
    async with world.owner() as session:  # as if the giver had become security administrator in the meantime
        (await session.get_one(PostGrant, given.id)).given_by = giver.person_id
    for post in (own, given):
        for answer in (confirm, refuse):
            with pytest.raises(OwnGrant):
                await answer(world, PROVINCE, post)
        assert await confirm(world, "yunnan.security2", post)


@pytest.mark.parametrize("by", ["xgll.admin", "yunnan.admin", "yunnan.audit", "xgll.director", "diqing.supervisor"])
async def test_nobody_else_lists_confirms_or_refuses(world: World, by: str) -> None:
    post = await give(world, "xgll.admin", "payer_decider", "xgll.payer")
    async with world.as_(by) as (session, subject):
        with pytest.raises(Forbidden):
            await waiting_grants(session, subject)
    for answer in (confirm, refuse):
        with pytest.raises(Forbidden):
            await answer(world, by, post)
    assert (await stored(world, post)).since is None


async def test_no_program_confirms_posts(world: World) -> None:
    post = await give(world, "xgll.admin", "payer_decider", "xgll.payer")
    async with world.as_(PREFECTURE) as (session, admin):
        with pytest.raises(SessionRequired):
            await confirm_grant(session, structs.replace(admin, token_id=post.id), post.id)


async def end(world: World, post: Post) -> Post:
    async with world.as_("xgll.admin") as (session, admin):
        return await end_post(session, admin, post.id)


async def test_a_post_that_was_ended_while_it_waited_is_not_confirmed(world: World) -> None:
    post = await give(world, "xgll.admin", "fee_reviewer", "xgll.reviewer")
    await end(world, post)
    with pytest.raises(GrantDecided):
        await confirm(world, PREFECTURE, post)
    assert (await stored(world, post)).since is None


@pytest.mark.parametrize("other", ["end", "refuse", "confirm"])
async def test_of_two_words_at_once_one_counts(world: World, other: str) -> None:
    post = await give(world, "xgll.admin", "fee_reviewer", "xgll.reviewer")
    seconds: dict[str, Callable[[], Awaitable[Post]]] = {
        "end": lambda: end(world, post),
        "refuse": lambda: refuse(world, PROVINCE, post),
        "confirm": lambda: confirm(world, PROVINCE, post),
    }
    results = await asyncio.gather(confirm(world, PREFECTURE, post), seconds[other](), return_exceptions=True)
    kept = await stored(world, post)
    first, second = (type(result).__name__ for result in results)
    if other == "end":  # ended before it began, or after it
        assert second == "Post" and kept.until is not None
        assert first == ("Post" if kept.since else "GrantDecided")
    else:
        assert sorted([first, second]) == ["GrantDecided", "Post"]
        assert (kept.since is None) == (other == "refuse" and second == "Post")


async def test_the_word_is_on_record_in_both_chains_without_the_reason(world: World) -> None:
    post = await give(world, "xgll.admin", "cashier", "xgll.cashier")
    await refuse(world, PREFECTURE, post)
    async with world.owner() as session:
        query = select(AuditRow).where(AuditRow.object_id == str(post.id), AuditRow.action == "role:grant")
        rows = list(await session.scalars(query))
    tenants = {(await world.subject(login)).tenant_id for login in (PREFECTURE, "xgll.admin")}
    assert {row.tenant_id for row in rows} == tenants
    assert {row.actor for row in rows} == {(await world.subject(PREFECTURE)).actor}
    assert [row.detail for row in rows] == [{"refused": "cashier"}] * 2


async def test_the_list_names_who_gave_it_and_why_it_takes_two(world: World) -> None:
    person = await newcomer(world)
    post = await give(world, "xgll.admin", "auditor", "xgll.auditor", person)
    async with world.as_(PREFECTURE) as (session, admin):
        (found,) = [one for one in await waiting_grants(session, admin) if one.post_id == post.id]
    assert found.given_by == (await world.subject("xgll.admin")).name
    assert (found.person, found.tenant, found.hindrance) == ("杨永福", "香格里拉市", None)
    assert found.because == "可查阅账目、记录或个人信息的查看日志" and found.given_at == world.clock.now()
