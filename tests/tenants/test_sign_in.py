"""Signing in: one answer for every refusal, a lock with back-off, sessions that end by idleness, age and will."""

import asyncio

import pytest
from sqlalchemy import text

from foundation.clock import FrozenClock
from foundation.errors import InvalidInput, NotSignedIn
from foundation.store import Store
from tenants import sessions
from tenants.credentials import SignInRefused
from tenants.sign_in import change_password, sign_in
from tests.tenants.people import PASSWORD, enter, person

WRONG = "wrong-horse-battery"


async def fail(store: Store, login: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            await sign_in(store, login, WRONG)


async def test_the_only_post_is_chosen_at_sign_in(store: Store, login: str, offices: tuple[int, int]) -> None:
    token = (await enter(store, login.upper(), PASSWORD)).token
    subject = await sessions.subject_of(store, token)
    assert subject is not None
    assert (subject.role, subject.tier, subject.tenant_id) == ("intake", "C", offices[0])
    assert (subject.office_id, subject.office_kind, subject.name) == (offices[0], "workroom", "和秀英")


async def test_a_person_with_several_posts_chooses_and_can_change(
    store: Store, owner: Store, offices: tuple[int, int]
) -> None:
    await person(owner, f"two-{offices[0]}", {offices[0]: "mediator", offices[1]: "wr_director"})
    signed = await enter(store, f"two-{offices[0]}", PASSWORD)
    before = await sessions.subject_of(store, signed.token)
    assert before is not None and before.post_id is None and before.role == "" and before.tenant_id is None
    for post in signed.posts:
        subject = await sessions.choose_post(store, signed.token, post.id)
        assert (subject.role, subject.tenant_id) == (post.role, post.tenant_id)
    assert [post.chosen for post in await sessions.posts_of(store, signed.token)] == [False, True]


async def test_nobody_can_choose_a_post_of_another_person(
    store: Store, owner: Store, login: str, offices: tuple[int, int]
) -> None:
    await person(owner, f"other-{offices[0]}", {offices[1]: "wr_director"})
    foreign = (await enter(store, f"other-{offices[0]}", PASSWORD)).posts[0]
    token = (await enter(store, login, PASSWORD)).token
    with pytest.raises(sessions.PostNotYours):
        await sessions.choose_post(store, token, foreign.id)


async def test_an_unknown_login_and_a_wrong_password_get_the_same_answer(store: Store, login: str) -> None:
    answers = []
    for name in (login, "nobody-by-this-name"):
        with pytest.raises(SignInRefused) as refused:
            await sign_in(store, name, WRONG)
        answers.append((refused.value.code, refused.value.status, refused.value.params))
    assert answers[0] == answers[1]


async def test_five_failures_lock_for_one_minute_then_for_two(store: Store, login: str, clock: FrozenClock) -> None:
    await fail(store, login, 5)
    with pytest.raises(SignInRefused):
        await sign_in(store, login, PASSWORD)
    clock.advance(minutes=1)
    await fail(store, login, 1)
    clock.advance(minutes=1)
    with pytest.raises(SignInRefused):
        await sign_in(store, login, PASSWORD)
    clock.advance(minutes=1)
    assert (await enter(store, login, PASSWORD)).token


async def test_parallel_guesses_do_not_pass_the_lock(store: Store, owner: Store, login: str) -> None:
    guesses = await asyncio.gather(*(sign_in(store, login, WRONG) for _ in range(12)), return_exceptions=True)
    assert {type(guess) for guess in guesses} == {SignInRefused}
    async with owner.anonymous() as session:
        query = text("select failures, locked_until > scope_now() from accounts where login = :l")
        assert tuple((await session.execute(query, {"l": login})).one()) == (5, True)


async def test_the_lock_never_lasts_longer_than_an_hour(store: Store, login: str, clock: FrozenClock) -> None:
    for _ in range(14):
        await fail(store, login, 1)
        clock.advance(hours=1)
    assert (await enter(store, login, PASSWORD)).token


async def test_success_forgets_earlier_failures(store: Store, login: str) -> None:
    for _ in range(3):
        await fail(store, login, 4)
        await sign_in(store, login, PASSWORD)


async def test_an_idle_session_ends_after_thirty_minutes(store: Store, login: str, clock: FrozenClock) -> None:
    token = (await enter(store, login, PASSWORD)).token
    for _ in range(3):
        clock.advance(minutes=29)
        assert await sessions.subject_of(store, token) is not None
    clock.advance(minutes=30)
    assert await sessions.subject_of(store, token) is None


async def test_a_busy_session_ends_after_twelve_hours(store: Store, login: str, clock: FrozenClock) -> None:
    token = (await enter(store, login, PASSWORD)).token
    for _ in range(35):
        clock.advance(minutes=20)
        assert await sessions.subject_of(store, token) is not None
    clock.advance(minutes=20)
    assert await sessions.subject_of(store, token) is None


async def test_signing_out_ends_one_session_and_everywhere_ends_all(store: Store, login: str) -> None:
    tokens = [(await enter(store, login, PASSWORD)).token for _ in range(3)]
    await sessions.sign_out(store, tokens[0])
    assert [await sessions.subject_of(store, token) is None for token in tokens] == [True, False, False]
    assert await sessions.sign_out_everywhere(store, tokens[1]) == 2
    assert [await sessions.subject_of(store, token) for token in tokens] == [None, None, None]
    with pytest.raises(NotSignedIn):
        await sessions.posts_of(store, tokens[2])


async def test_an_ended_post_leaves_the_session_without_role_and_tenant(
    store: Store, owner: Store, login: str, offices: tuple[int, int]
) -> None:
    token = (await enter(store, login, PASSWORD)).token
    async with owner.anonymous() as session:
        await session.execute(text("update posts set until = scope_now() where office_id = :o"), {"o": offices[0]})
    subject = await sessions.subject_of(store, token)
    assert subject is not None and (subject.post_id, subject.role, subject.tenant_id) == (None, "", None)
    assert await sessions.posts_of(store, token) == []


async def test_a_disabled_account_is_out_at_once(store: Store, owner: Store, login: str) -> None:
    token = (await enter(store, login, PASSWORD)).token
    async with owner.anonymous() as session:
        await session.execute(text("update accounts set disabled_at = scope_now() where login = :l"), {"l": login})
    assert await sessions.subject_of(store, token) is None
    with pytest.raises(SignInRefused):
        await sign_in(store, login, PASSWORD)


async def test_a_new_password_ends_the_other_sessions(store: Store, login: str) -> None:
    kept, other = [(await enter(store, login, PASSWORD)).token for _ in range(2)]
    await change_password(store, kept, PASSWORD, "another-horse-battery")
    assert await sessions.subject_of(store, kept) is not None
    assert await sessions.subject_of(store, other) is None
    await fail(store, login, 1)
    assert (await enter(store, login, "another-horse-battery")).token


async def test_the_present_password_must_be_right_to_change_it(store: Store, login: str) -> None:
    token = (await enter(store, login, PASSWORD)).token
    with pytest.raises(InvalidInput) as refused:
        await change_password(store, token, WRONG, "another-horse-battery")
    assert [error.field for error in refused.value.fields] == ["present_password"]


async def test_only_the_hash_of_a_token_is_stored(store: Store, owner: Store, login: str) -> None:
    token = (await enter(store, login, PASSWORD)).token
    async with owner.anonymous() as session:
        stored = (await session.scalars(text("select token_hash from sign_ins"))).all()
    assert sessions.hashed(token) in stored
    assert token.encode() not in stored


async def test_the_application_can_not_read_password_hashes(store: Store) -> None:
    async with store.anonymous() as session:
        readable = await session.scalar(text("select has_column_privilege('accounts', 'password_hash', 'select')"))
    assert readable is False


async def test_an_unknown_login_is_in_the_audit_of_the_province(store: Store, owner: Store, login: str) -> None:
    query = text("select count(*) from audit_log where actor = 'unknown' and outcome = 'refused'")
    async with owner.anonymous() as session:
        before = await session.scalar(query)
    await fail(store, "nobody-by-this-name", 2)
    async with owner.anonymous() as session:
        assert await session.scalar(query) == (before or 0) + 2


async def test_sign_in_and_refusal_are_in_the_audit_of_the_posts_tenant(
    store: Store, owner: Store, login: str, offices: tuple[int, int]
) -> None:
    await fail(store, login, 1)
    await sign_in(store, login, PASSWORD)
    query = text("select outcome from audit_log where tenant_id = :t and action = 'account:sign_in' order by seq")
    async with owner.anonymous() as session:
        assert (await session.scalars(query, {"t": offices[0]})).all() == ["refused", "done"]


async def test_the_language_is_remembered_with_the_account(store: Store, login: str) -> None:
    first = await enter(store, login, PASSWORD)
    await sessions.set_language(store, first.token, "en")
    await sessions.set_language(store, first.token, "tlh")
    assert (first.language, (await enter(store, login, PASSWORD)).language) == ("zh", "en")
