"""Whose account an administrator has a hand on, when its person works, or worked, in several tenants."""

import pytest
from msgspec import structs
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from foundation.errors import InvalidInput
from foundation.ids import new_id
from organisation.account_reach import PostsElsewhere
from organisation.factors import reset_factor
from organisation.invitations import InvitationForm, OwnAccount, disable_account, enable_account, invite
from organisation.posts import PostForm, PostHeld, end_post, give_post
from tenants import sessions
from tenants.accounts import Account, Invitation
from tenants.models import Post
from tenants.sign_in import sign_in
from tenants.token_kind import SessionRequired
from tests.tenants.people import enter
from tests.world import PASSWORD, World

HERE, ABOVE, BOTH = "xgll.admin", "yunnan.admin", "diqing.admin"
SOMEBODY = "xgll.intake"


async def promoted(world: World, *, until_ended: bool) -> None:
    """SOMEBODY of 香格里拉市 gets a post at the province, and leaves the one in the county."""
    person = (await world.subject(SOMEBODY)).person_id
    async with world.as_(ABOVE) as (session, admin):
        await give_post(session, admin, PostForm(await world.office("yunnan.director"), "intake", person_id=person))
        if until_ended:
            held = select(Post.id).where(Post.person_id == person, Post.until.is_(None)).order_by(Post.since)
            post = await session.scalar(held.limit(1))
            assert post is not None
            await end_post(session, admin, post)


async def do(world: World, deed: str, by: str, login: str = SOMEBODY) -> None:
    person = (await world.subject(login)).person_id
    async with world.as_(by) as (session, admin):
        if deed == "invite":
            await invite(session, admin, InvitationForm(person, login))
        else:
            await {"disable": disable_account, "enable": enable_account}[deed](session, admin, login)


@pytest.mark.parametrize("until_ended", [True, False])
@pytest.mark.parametrize("deed", ["invite", "disable", "enable"])
async def test_who_works_above_too_is_out_of_reach_below(own_world: World, deed: str, until_ended: bool) -> None:
    await do(own_world, deed, HERE)
    await promoted(own_world, until_ended=until_ended)
    for by in (HERE, BOTH):
        with pytest.raises(PostsElsewhere):
            await do(own_world, deed, by)
    await do(own_world, deed, ABOVE)


async def test_the_database_refuses_it_too(own_world: World) -> None:
    await promoted(own_world, until_ended=True)
    async with own_world.as_(HERE) as (session, _):
        account = await session.scalar(select(Account.id).where(Account.login == SOMEBODY))
        assert account is not None, "the list still names who was here"
        hit = await session.execute(update(Account).where(Account.id == account).values(password_hash="x"))
        assert hit.rowcount == 0  # type: ignore[attr-defined]  # a cursor's result
        assert await session.scalar(select(func.forget_second_factor(account))) is False
        with pytest.raises(DBAPIError, match="row-level security"):
            now = own_world.clock.now()
            session.add(Invitation(token_hash=b"x", account_id=account, made_at=now, ends_at=now))
            await session.flush()
        await session.rollback()


async def test_a_second_factor_of_somebody_who_works_elsewhere_too_is_reset_above_both(own_world: World) -> None:
    security = await own_world.subject("yunnan.security")
    below = structs.replace(security, tier="F", tenant_id=(await own_world.subject("diqing.admin")).tenant_id)
    person = (await own_world.subject("diqing.supervisor")).person_id
    async with own_world.as_(ABOVE) as (session, admin):
        office = await own_world.office("yunnan.director")
        await give_post(session, admin, PostForm(office, "supervisor_p", person_id=person))
    async with own_world.store.scoped(below.scope) as session:
        with pytest.raises(PostsElsewhere):
            await reset_factor(session, below, "diqing.supervisor")
    async with own_world.store.scoped(security.scope) as session:
        await reset_factor(session, security, "diqing.supervisor")


async def test_no_program_manages_accounts(world: World) -> None:
    for login, deed in (("yunnan.security", reset_factor), (ABOVE, disable_account), (ABOVE, enable_account)):
        subject = structs.replace(await world.subject(login), token_id=new_id(world.clock.now()))
        async with world.store.scoped(subject.scope) as session:
            with pytest.raises(SessionRequired):
                await deed(session, subject, "diqing.supervisor")


async def test_nobody_closes_the_own_account(world: World) -> None:
    with pytest.raises(OwnAccount):
        await do(world, "disable", HERE, HERE)


async def test_an_account_closed_and_opened_again_finds_no_old_session(own_world: World) -> None:
    token = (await enter(own_world.store, SOMEBODY, PASSWORD)).token
    await do(own_world, "disable", HERE)
    await do(own_world, "enable", HERE)
    assert await sessions.subject_of(own_world.store, token) is None
    assert await sign_in(own_world.store, SOMEBODY, PASSWORD)


async def test_the_same_post_is_not_given_twice(own_world: World) -> None:
    somebody = await own_world.subject(SOMEBODY)
    assert somebody.office_id is not None
    async with own_world.as_(HERE) as (session, admin):
        with pytest.raises(PostHeld):
            await give_post(session, admin, PostForm(somebody.office_id, "intake", person_id=somebody.person_id))
        post = await session.scalar(text("select id from posts where person_id = :p"), {"p": somebody.person_id})
        await end_post(session, admin, post)
        assert await give_post(session, admin, PostForm(somebody.office_id, "intake", person_id=somebody.person_id))


async def test_a_profession_is_one_of_those_that_a_team_asks_for(own_world: World) -> None:
    office = await own_world.office(SOMEBODY)
    async with own_world.as_(HERE) as (session, admin):
        with pytest.raises(InvalidInput) as refused:
            await give_post(session, admin, PostForm(office, "lawyer", name="杨永福", profession="律师"))
        assert [(error.field, error.rule) for error in refused.value.fields] == [("profession", "not_a_choice")]
        assert await give_post(session, admin, PostForm(office, "lawyer", name="杨永福", profession="lawyer"))
