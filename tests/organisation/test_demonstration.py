"""The people of the demonstration: every role of the walk can sign in, every tenant has somebody, all fictitious."""

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from organisation.demonstration import demonstrate, read_rows
from organisation.staffing import staff_everyone
from tenants import passwords
from tenants.accounts import Account
from tenants.models import Office, Person, Post
from tenants.roles import ROLE_NAMES
from tenants.tiers import OfficeKind

PASSWORD = "show-me-the-platform"


async def test_each_line_is_a_post_and_each_login_opens_with_the_printed_password(session: AsyncSession) -> None:
    table = await demonstrate(session, PASSWORD)
    logins = {row.login for row in table}
    shown = select(Account.person_id).where(Account.login.in_(logins))
    assert len(table) == len(read_rows())
    assert await session.scalar(select(func.count()).where(Post.person_id.in_(shown))) == len(table)
    hashes = (await session.scalars(select(Account.password_hash).where(Account.login.in_(logins)))).all()
    assert len(hashes) == len(logins)
    assert await passwords.matches(hashes[0], PASSWORD)


async def test_repeating_it_makes_nobody_twice_and_prints_the_same(session: AsyncSession) -> None:
    first = await demonstrate(session, PASSWORD)
    assert await demonstrate(session, PASSWORD) == first
    assert len({row.name for row in first}) == len({row.login for row in first})


async def test_every_role_has_its_chinese_name(session: AsyncSession) -> None:
    assert {row.role for row in read_rows()} <= ROLE_NAMES.keys()


async def test_the_official_of_the_traffic_bureau_is_known_as_an_official(session: AsyncSession) -> None:
    await demonstrate(session, PASSWORD)
    known = text(
        "select a.login, is_official(a.person_id, date '2026-03-02') from accounts a"
        " where a.login in ('xgll.traffic', 'xgll.mediator') order by a.login"
    )
    assert [tuple(row) for row in await session.execute(known)] == [("xgll.mediator", False), ("xgll.traffic", True)]


async def test_every_workroom_and_window_gets_people_but_no_account(session: AsyncSession) -> None:
    await demonstrate(session, PASSWORD)
    accounts = await session.scalar(select(func.count()).select_from(Account))
    came = await staff_everyone(session)
    assert came > 3_000
    assert await session.scalar(select(func.count()).select_from(Account)) == accounts
    for kind, role in ((OfficeKind.WORKROOM, "wr_director"), (OfficeKind.WINDOW, "sfs_head")):
        led = select(Post.office_id).where(Post.role == role)
        assert await session.scalar(select(func.count()).where(Office.kind == kind, Office.id.not_in(led))) == 0
        twice = select(Post.office_id).where(Post.role == role).group_by(Post.office_id).having(func.count() > 1)
        assert (await session.scalars(twice)).all() == []
    assert await staff_everyone(session) == 0
    assert await session.scalar(select(func.count()).select_from(Person).where(func.length(Person.name) < 2)) == 0
