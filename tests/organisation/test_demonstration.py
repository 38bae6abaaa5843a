"""The people of the demonstration: every role of the walk can sign in, every tenant has somebody, all fictitious."""

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.store import instant
from organisation.demonstration import NotOfDemonstration, demonstrate, open_secret, present_code, read_rows
from organisation.staffing import staff_everyone
from tenants import one_time, passwords
from tenants.accounts import Account, SecondFactor
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


async def test_after_a_plan_has_ended_an_office_the_posts_that_stand_are_printed(session: AsyncSession) -> None:
    """Else the next start would fail for want of an office."""
    first = await demonstrate(session, PASSWORD)
    now, login = instant(session), "jiantang.contact"
    person = select(Account.person_id).where(Account.login == login).scalar_subquery()
    gone = (await session.scalars(select(Post.office_id).where(Post.person_id == person))).one()
    await session.execute(update(Post).where(Post.office_id == gone).values(until=now))
    await session.execute(update(Office).where(Office.id == gone).values(valid_to=local_date(now)))
    assert await demonstrate(session, PASSWORD) == [row for row in first if row.login != login]


async def test_who_needs_a_second_factor_has_one_whose_code_can_be_asked_for(session: AsyncSession) -> None:
    table = await demonstrate(session, PASSWORD)
    strong = {row.login for row in table if row.second_factor}
    assert {"yunnan.admin", "yunnan.security", "diqing.audit", "diqing.lgo", "yunnan.supervisor"} <= strong
    assert not {"xgll.lgo", "xgll.director", "yunnan.stats"} & strong
    enrolled = select(Account.login).join(SecondFactor, SecondFactor.account_id == Account.id)
    assert strong == set(await session.scalars(enrolled.where(Account.login.in_({row.login for row in table}))))
    now = one_time.step_of(instant(session))
    assert await present_code(session, "yunnan.admin") == one_time.code_of(open_secret("yunnan.admin"), now)


async def test_a_code_already_used_is_not_told_again_and_no_real_secrets_code_ever(session: AsyncSession) -> None:
    await demonstrate(session, PASSWORD)
    admin = (await session.scalars(select(Account.id).where(Account.login == "yunnan.admin"))).one()
    factor = await session.get_one(SecondFactor, admin)
    factor.last_step = one_time.step_of(instant(session))
    await session.flush()
    assert await present_code(session, "yunnan.admin") == one_time.code_of(factor.secret, factor.last_step + 1)
    factor.secret = one_time.new_secret()
    await session.flush()
    for login in ("yunnan.admin", "xgll.director", "nobody.at.all"):
        with pytest.raises(NotOfDemonstration):
            await present_code(session, login)


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
