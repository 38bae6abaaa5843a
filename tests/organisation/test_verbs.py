"""An administrator's verbs on offices, posts, accounts and statuses, through the application's own role."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import FrozenClock
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from foundation.ids import new_id
from foundation.store import Scope, Store
from organisation.invitations import InvitationForm, disable_account, enable_account, invite
from organisation.offices import OfficeForm, OpenedKind, open_office
from organisation.officials import OfficialForm, OfficialKind, set_official_status
from organisation.posts import OwnPost, PostForm, RolesExclude, end_post, give_post
from tenants import directory
from tenants.credentials import SignInRefused
from tenants.models import Office, Place, Post, Tenant
from tenants.sessions import subject_of
from tenants.sign_in import InvitationInvalid, accept_invitation, invitation_login, sign_in
from tenants.subject import Subject
from tenants.tiers import OfficeKind
from tests.conftest import NOON
from tests.tenants.people import enter

FIRST = "a-first-password"


async def office_id(session: AsyncSession, code: str, kind: OfficeKind) -> int:
    query = select(Office.id).join(Tenant, Tenant.id == Office.tenant_id).join(Place, Place.id == Tenant.place_id)
    return (await session.scalars(query.where(Place.code_mca == code, Office.kind == kind))).one()


@pytest.fixture
async def admin(app: Store) -> Subject:
    """System administrator of 香格里拉市."""
    async with app.scoped(Scope(1, None)) as session:
        office = await office_id(session, "533401", OfficeKind.JUSTICE_BUREAU)
        tenant = (await session.get_one(Office, office)).tenant_id
    return Subject(new_id(NOON), "sysadmin", "C", tenant, office, OfficeKind.JUSTICE_BUREAU)


@pytest.fixture
async def session(app: Store, admin: Subject) -> AsyncIterator[AsyncSession]:
    """The administrator's transaction, rolled back at the end."""
    async with app.scoped(admin.scope) as opened:
        yield opened
        await opened.rollback()


@pytest.fixture
async def workroom(session: AsyncSession) -> int:
    return await office_id(session, "533401", OfficeKind.WORKROOM)


async def newcomer(session: AsyncSession, admin: Subject, office: int, role: str = "mediator") -> Post:
    return await give_post(session, admin, PostForm(office, role, name="杨永福", profession="mediator"))


async def test_a_new_person_gets_a_post_in_the_subtree(session: AsyncSession, admin: Subject, workroom: int) -> None:
    before = {person.person_id for person in await directory.people_of(session, office_id=workroom)}
    post = await newcomer(session, admin, workroom)
    people = await directory.people_of(session, office_id=workroom)
    assert [(person.person_id, person.name, person.role) for person in people if person.person_id not in before] == [
        (post.person_id, "杨永福", "mediator")
    ]
    town = await office_id(session, "533401100", OfficeKind.WINDOW)
    assert (await newcomer(session, admin, town)).office_id == town


@pytest.mark.parametrize("code", ["533422", "533400", "530000"])
async def test_offices_outside_the_subtree_do_not_exist(session: AsyncSession, admin: Subject, code: str) -> None:
    foreign = await office_id(session, code, OfficeKind.WORKROOM)
    with pytest.raises(NotFound):
        await newcomer(session, admin, foreign)


async def test_row_level_security_refuses_a_post_outside_the_subtree_too(
    session: AsyncSession, admin: Subject, workroom: int
) -> None:
    post = await newcomer(session, admin, workroom)
    foreign = await office_id(session, "533422", OfficeKind.WORKROOM)
    insert = text("insert into posts (id, person_id, office_id, role, since) values (:id, :p, :o, 'x', scope_now())")
    with pytest.raises(Exception, match="row-level security"):
        await session.execute(insert, {"id": new_id(NOON), "p": post.person_id, "o": foreign})


@pytest.mark.parametrize("role", ["wr_director", "intake", "auditadmin"])
async def test_only_a_system_administrator_gives_posts(
    session: AsyncSession, admin: Subject, workroom: int, role: str
) -> None:
    with pytest.raises(Forbidden):
        await newcomer(session, Subject(admin.person_id, role, "C", admin.tenant_id, workroom, "workroom"), workroom)


async def test_nobody_gives_a_post_to_oneself(session: AsyncSession, admin: Subject, workroom: int) -> None:
    with pytest.raises(OwnPost):
        await give_post(session, admin, PostForm(workroom, "wr_director", person_id=admin.person_id))


async def test_administration_and_casework_exclude_each_other(
    session: AsyncSession, admin: Subject, workroom: int
) -> None:
    mediator = (await newcomer(session, admin, workroom)).person_id
    with pytest.raises(RolesExclude):
        await give_post(session, admin, PostForm(workroom, "sysadmin", person_id=mediator))
    operator = (await newcomer(session, admin, workroom, "sysadmin")).person_id
    for role in ("mediator", "auditadmin"):
        with pytest.raises(RolesExclude):
            await give_post(session, admin, PostForm(workroom, role, person_id=operator))
    assert await give_post(session, admin, PostForm(workroom, "lawyer", person_id=mediator))


async def test_an_ended_post_is_no_longer_held_and_can_not_end_twice(
    session: AsyncSession, admin: Subject, workroom: int
) -> None:
    post = await newcomer(session, admin, workroom)
    await end_post(session, admin, post.id)
    assert await directory.people_of(session, office_id=workroom) == []
    with pytest.raises(Conflict):
        await end_post(session, admin, post.id)


async def test_people_of_a_sibling_county_do_not_show(app: Store, owner: Store, admin: Subject, workroom: int) -> None:
    person = new_id(NOON)
    async with owner.anonymous() as opened:
        await opened.execute(text("insert into persons (id, name) values (:p, '李某')"), {"p": person})
        opened.add(Post(id=new_id(NOON), person_id=person, office_id=workroom, role="notary", since=NOON))
        sibling = (await opened.get_one(Office, await office_id(opened, "533422", OfficeKind.WORKROOM))).tenant_id
    shown = {}
    for tenant in (admin.tenant_id, 1, sibling):
        async with app.scoped(Scope(tenant, None)) as opened:
            shown[tenant] = len(await directory.people_of(opened, office_id=workroom))
    async with owner.anonymous() as opened:
        await opened.execute(text("delete from posts where person_id = :p"), {"p": person})
    assert shown == {admin.tenant_id: 1, 1: 1, sibling: 0}


async def test_a_station_must_name_a_committee_of_the_subtree(session: AsyncSession, admin: Subject) -> None:
    assert admin.tenant_id is not None
    committee = await office_id(session, "533401", OfficeKind.COMMITTEE)
    form = OfficeForm(admin.tenant_id, OpenedKind.WINDOW, "综治中心接待窗口")
    with pytest.raises(InvalidInput):
        await open_office(session, admin, form)
    form = OfficeForm(admin.tenant_id, OpenedKind.WINDOW, "综治中心接待窗口", committee)
    window = await open_office(session, admin, form)
    assert window.committee_id == committee
    assert window.id in {office.id for office in await directory.offices_of(session, admin.tenant_id)}
    with pytest.raises(InvalidInput):
        await open_office(session, admin, form)


async def test_offices_are_found_by_name_with_the_county_beside(session: AsyncSession) -> None:
    found = await directory.offices_named(session, "马街镇 窗口")
    assert len(found) == 4 and len({office.above for office in found}) == 4
    workroom = await directory.offices_named(session, "迪庆 工作室", [OfficeKind.WORKROOM])
    assert [office.name for office in workroom][:1] == ["迪庆藏族自治州人民调解工作室"]
    assert await directory.offices_named(session, "100%") == []


async def test_an_official_status_counts_on_its_days_only(session: AsyncSession, admin: Subject, workroom: int) -> None:
    person: UUID = (await newcomer(session, admin, workroom)).person_id
    form = OfficialForm(person, OfficialKind.CIVIL_SERVANT, date(2025, 1, 1), "任职文件", date(2026, 1, 31))
    await set_official_status(session, admin, form)
    days = (date(2024, 12, 31), date(2025, 1, 1), date(2026, 1, 31), date(2026, 2, 1))
    assert [await directory.is_official(session, person, day) for day in days] == [False, True, True, False]


class TestInvitation:
    """Committed: the doors that use an invitation open their own transactions."""

    async def make(self, app: Store, admin: Subject, login: str) -> str:
        async with app.scoped(admin.scope) as session:
            post = await newcomer(session, admin, await office_id(session, "533401", OfficeKind.WORKROOM))
            return await invite(session, admin, InvitationForm(post.person_id, login))

    async def test_it_opens_the_account_once(self, app: Store, admin: Subject) -> None:
        token = await self.make(app, admin, "invited.once")
        with pytest.raises(SignInRefused):
            await sign_in(app, "invited.once", FIRST)
        assert await invitation_login(app, token) == "invited.once"
        await accept_invitation(app, token, FIRST)
        subject = await subject_of(app, (await enter(app, "invited.once", FIRST)).token)
        assert subject is not None and subject.role == "mediator"
        with pytest.raises(InvitationInvalid):
            await accept_invitation(app, token, "another-password")

    async def test_of_two_who_use_it_at_once_one_is_refused(self, app: Store, admin: Subject) -> None:
        token = await self.make(app, admin, "invited.race")
        both = (accept_invitation(app, token, password) for password in (FIRST, "the-second-password"))
        results = await asyncio.gather(*both, return_exceptions=True)
        assert sorted(type(result).__name__ for result in results) == ["InvitationInvalid", "NoneType"]

    async def test_a_password_set_anew_ends_the_sessions(self, app: Store, admin: Subject) -> None:
        await accept_invitation(app, await self.make(app, admin, "invited.again"), FIRST)
        signed = await enter(app, "invited.again", FIRST)
        async with app.scoped(admin.scope) as session:
            token = await invite(session, admin, InvitationForm(signed.person_id, "invited.again"))
        await accept_invitation(app, token, "the-second-password")
        assert await subject_of(app, signed.token) is None

    async def test_every_verb_is_in_the_audit_of_the_tenant(self, app: Store, owner: Store, admin: Subject) -> None:
        await self.make(app, admin, "invited.audited")
        query = text("select object_kind from audit_log where tenant_id = :t and actor = :a order by seq")
        async with owner.anonymous() as session:
            kinds = await session.scalars(query, {"t": admin.tenant_id, "a": admin.actor})
            assert kinds.all() == ["post", "account"]

    async def test_it_ends_after_seven_days(self, app: Store, admin: Subject, clock: FrozenClock) -> None:
        token = await self.make(app, admin, "invited.late")
        clock.advance(days=7)
        with pytest.raises(InvitationInvalid):
            await accept_invitation(app, token, FIRST)

    async def test_a_weak_password_leaves_it_open(self, app: Store, admin: Subject) -> None:
        token = await self.make(app, admin, "invited.weak")
        for weak in ("Sh0rt-1", "onlysmall", "invited.weak-2026", "123456789012", "aaaaaaaaaaaaaaaa", "x" * 129):
            with pytest.raises(InvalidInput):
                await accept_invitation(app, token, weak)
        await accept_invitation(app, token, FIRST)

    async def test_a_login_taken_anywhere_is_refused_by_name(self, app: Store, owner: Store, admin: Subject) -> None:
        await self.make(app, admin, "invited.taken")
        with pytest.raises(InvalidInput) as refused:
            await self.make(app, admin, "invited.taken")
        assert [(error.field, error.rule) for error in refused.value.fields] == [("login", "taken")]

    async def test_a_disabled_account_can_be_opened_again(self, app: Store, admin: Subject) -> None:
        await accept_invitation(app, await self.make(app, admin, "invited.off"), FIRST)
        async with app.scoped(admin.scope) as session:
            await disable_account(session, admin, "invited.off")
        with pytest.raises(SignInRefused):
            await sign_in(app, "invited.off", FIRST)
        async with app.scoped(admin.scope) as session:
            await enable_account(session, admin, "invited.off")
        assert (await enter(app, "invited.off", FIRST)).posts
