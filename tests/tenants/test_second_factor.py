"""The second step: who must take it, what passes it, that no code works twice, and that guesses meet the lock."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from foundation.clock import FrozenClock
from foundation.errors import InvalidInput, NotSignedIn
from foundation.store import Store
from tenants import one_time, own_factor, sessions
from tenants.credentials import SignInRefused
from tenants.pending import PendingGone
from tenants.second_factor import SecondFactorKept, SecondFactorRequired, required
from tenants.sign_in import (
    SecondStepRefused,
    SignedIn,
    change_password,
    enrol,
    offer,
    second_step,
    sign_in,
)
from tests.tenants.people import PASSWORD, enter, first_step, person

WRONG = "wrong-horse-battery"
Change = Callable[[Store, str, str, str], Awaitable[object]]


def code(clock: FrozenClock, secret: str, later: int = 0) -> str:
    """As the phone shows it now, or some steps from now."""
    return one_time.code_of(secret, one_time.step_of(clock.now()) + later)


async def enrolled(store: Store, clock: FrozenClock, login: str) -> tuple[str, SignedIn, list[str]]:
    """(secret, session, recovery codes) of somebody who has just enrolled at sign-in; the next step has begun."""
    step = await first_step(store, login)
    secret = (await offer(store, step.pending)).secret
    signed, codes = await enrol(store, step.pending, code(clock, secret))
    clock.advance(seconds=one_time.PERIOD)
    return secret, signed, codes


async def failures(owner: Store, login: str) -> int:
    async with owner.anonymous() as session:
        count: int = await session.scalar(text("select failures from accounts where login = :l"), {"l": login})
    return count


@pytest.fixture
async def admin(owner: Store, offices: tuple[int, int]) -> str:
    """The login of a system administrator, who needs a second factor and has none."""
    login = f"admin-{offices[0]}"
    await person(owner, login, {offices[0]: "sysadmin"})
    return login


def test_administrators_and_those_who_oversee_others_need_it() -> None:
    for role in ("sysadmin", "secadmin", "auditadmin", "supervisor_p", "supervisor_f"):
        assert all(required(role, tier) for tier in "PFCT")
    assert [required("lgo_director", tier) for tier in "PFCT"] == [True, True, False, False]
    assert not any(required(role, "P") for role in ("wr_director", "intake", "auditor", "stats_reader", ""))


def test_the_codes_are_those_of_the_standard() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # noqa: S105 - RFC 6238, appendix B, in base32
    assert {at: one_time.code_of(secret, at // 30) for at in (59, 1111111109, 20000000000)} == {
        59: "287082",
        1111111109: "081804",
        20000000000: "353130",
    }


async def test_without_a_required_factor_a_password_leads_to_enrolment_and_nowhere_else(
    store: Store, clock: FrozenClock, admin: str
) -> None:
    step = await first_step(store, admin)
    assert step.enrol
    for call in (sessions.posts_of, sessions.signed_in, own_factor.state):
        with pytest.raises(NotSignedIn):
            await call(store, step.pending)
    with pytest.raises(SecondStepRefused):
        await second_step(store, step.pending, "000000")
    offered = await offer(store, step.pending)
    assert offered.secret in offered.address and admin in offered.address
    with pytest.raises(InvalidInput):
        await enrol(store, step.pending, code(clock, offered.secret, later=5))
    signed, codes = await enrol(store, step.pending, code(clock, offered.secret))
    subject = await sessions.subject_of(store, signed.token)
    assert subject is not None and (subject.role, subject.second_factor) == ("sysadmin", True)
    assert len(codes) == len(set(codes)) == 10


async def test_afterwards_the_password_and_a_code_are_both_needed(store: Store, clock: FrozenClock, admin: str) -> None:
    secret, _, _ = await enrolled(store, clock, admin)
    step = await first_step(store, admin)
    assert not step.enrol
    with pytest.raises(PendingGone):
        await offer(store, step.pending)
    subject = await sessions.subject_of(store, (await second_step(store, step.pending, code(clock, secret))).token)
    assert subject is not None and subject.second_factor


@pytest.mark.parametrize("later", [-1, 0, 1])
async def test_a_phones_clock_may_be_one_step_away(store: Store, clock: FrozenClock, admin: str, later: int) -> None:
    secret, _, _ = await enrolled(store, clock, admin)
    clock.advance(minutes=5)
    assert (await second_step(store, (await first_step(store, admin)).pending, code(clock, secret, later))).token


@pytest.mark.parametrize("later", [-2, 2])
async def test_two_steps_away_is_refused(store: Store, clock: FrozenClock, admin: str, later: int) -> None:
    secret, _, _ = await enrolled(store, clock, admin)
    clock.advance(minutes=5)
    with pytest.raises(SecondStepRefused):
        await second_step(store, (await first_step(store, admin)).pending, code(clock, secret, later))


async def test_no_code_works_twice_nor_one_before_it(store: Store, clock: FrozenClock, admin: str) -> None:
    secret, _, _ = await enrolled(store, clock, admin)
    await second_step(store, (await first_step(store, admin)).pending, code(clock, secret))
    for later in (0, -1):
        with pytest.raises(SecondStepRefused):
            await second_step(store, (await first_step(store, admin)).pending, code(clock, secret, later))
    clock.advance(seconds=one_time.PERIOD)
    assert (await second_step(store, (await first_step(store, admin)).pending, code(clock, secret))).token


async def test_of_two_who_show_the_same_code_at_once_one_gets_in(store: Store, clock: FrozenClock, admin: str) -> None:
    secret, _, _ = await enrolled(store, clock, admin)
    tokens = [(await first_step(store, admin)).pending for _ in range(2)]
    both = await asyncio.gather(
        *(second_step(store, token, code(clock, secret)) for token in tokens), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["SecondStepRefused", "SignedIn"]


async def test_spaces_and_full_width_digits_are_understood(store: Store, clock: FrozenClock, admin: str) -> None:
    secret, _, _ = await enrolled(store, clock, admin)
    shown = code(clock, secret)
    typed = f"{shown[:3]} {''.join(chr(ord(sign) + 0xFEE0) for sign in shown[3:])} "
    assert (await second_step(store, (await first_step(store, admin)).pending, typed)).token


async def test_the_pending_token_works_once_and_for_five_minutes(
    store: Store, owner: Store, clock: FrozenClock, admin: str
) -> None:
    secret, _, _ = await enrolled(store, clock, admin)
    step = await first_step(store, admin)
    async with owner.anonymous() as session:
        stored = (await session.scalars(text("select token_hash from pending_sign_ins"))).all()
    assert sessions.hashed(step.pending) in stored and step.pending.encode() not in stored
    await second_step(store, step.pending, code(clock, secret))
    clock.advance(seconds=one_time.PERIOD)
    with pytest.raises(PendingGone):
        await second_step(store, step.pending, code(clock, secret))
    late = await first_step(store, admin)
    clock.advance(minutes=5)
    with pytest.raises(PendingGone):
        await second_step(store, late.pending, code(clock, secret))
    with pytest.raises(PendingGone):
        await second_step(store, "no-such-token", code(clock, secret))


async def test_wrong_codes_meet_the_lock_of_wrong_passwords(
    store: Store, owner: Store, clock: FrozenClock, admin: str
) -> None:
    secret, _, _ = await enrolled(store, clock, admin)
    step = await first_step(store, admin)
    for _ in range(4):
        with pytest.raises(SecondStepRefused):
            await second_step(store, step.pending, "not-a-code")
    again = await first_step(store, admin)  # a right password does not wipe the wrong codes out
    assert await failures(owner, admin) == 4
    with pytest.raises(SecondStepRefused):
        await second_step(store, again.pending, "not-a-code")
    with pytest.raises(SecondStepRefused):
        await second_step(store, again.pending, code(clock, secret))
    with pytest.raises(SignInRefused):
        await sign_in(store, admin, PASSWORD)
    clock.advance(minutes=1)
    assert (await second_step(store, again.pending, code(clock, secret))).token
    assert await failures(owner, admin) == 0


async def test_parallel_guesses_of_a_code_do_not_pass_the_lock(
    store: Store, owner: Store, clock: FrozenClock, admin: str
) -> None:
    await enrolled(store, clock, admin)
    step = await first_step(store, admin)
    guesses = (second_step(store, step.pending, f"wrong-{number}") for number in range(12))
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert {type(result) for result in results} == {SecondStepRefused}
    assert await failures(owner, admin) == 5


async def test_each_recovery_code_opens_once_and_is_stored_hashed(
    store: Store, owner: Store, clock: FrozenClock, admin: str
) -> None:
    _, signed, codes = await enrolled(store, clock, admin)
    spoken = codes[0].upper().replace("-", " ")
    token = (await second_step(store, (await first_step(store, admin)).pending, spoken)).token
    with pytest.raises(SecondStepRefused):
        await second_step(store, (await first_step(store, admin)).pending, codes[0])
    assert (await own_factor.state(store, token)).codes_left == 9
    async with owner.anonymous() as session:
        stored = (await session.scalars(text("select code_hash from recovery_codes"))).all()
    assert not [one for one in codes for held in stored if one.replace("-", "").encode() in held]


async def test_a_secret_is_stored_sealed_and_shows_to_its_person_alone(
    store: Store, owner: Store, clock: FrozenClock, admin: str
) -> None:
    secret, signed, _ = await enrolled(store, clock, admin)
    async with owner.anonymous() as session:
        stored = (await session.scalars(text("select secret from second_factors"))).all()
    assert stored and not [one for one in stored if secret.encode() in one]
    for table in ("second_factors", "recovery_codes", "pending_sign_ins"):
        async with store.scoped(sessions.own(signed.person_id)) as session:
            mine = await session.scalar(text(f"select count(*) from {table}"))
        async with store.anonymous() as session:
            assert await session.scalar(text(f"select count(*) from {table}")) == 0
        assert mine == {"second_factors": 1, "recovery_codes": 10, "pending_sign_ins": 0}[table]


async def test_anyone_may_enrol_and_leave_it_again(store: Store, clock: FrozenClock, login: str) -> None:
    other, mine = [(await enter(store, login)).token for _ in range(2)]
    step = await own_factor.begin_enrolment(store, mine, PASSWORD)
    secret = (await offer(store, step.pending)).secret
    signed, _ = await enrol(store, step.pending, code(clock, secret))
    assert [await sessions.subject_of(store, token) for token in (other, mine)] == [None, None]
    assert not (await first_step(store, login)).enrol
    clock.advance(seconds=one_time.PERIOD)
    await own_factor.remove(store, signed.token, PASSWORD, code(clock, secret))
    assert (await own_factor.state(store, signed.token)).enrolled_at is None
    assert (await enter(store, login)).token


async def test_a_required_factor_is_replaced_but_never_removed(store: Store, clock: FrozenClock, admin: str) -> None:
    secret, signed, _ = await enrolled(store, clock, admin)
    assert (await own_factor.state(store, signed.token)).required
    with pytest.raises(SecondFactorKept):
        await own_factor.remove(store, signed.token, PASSWORD, code(clock, secret))
    clock.advance(seconds=one_time.PERIOD)
    step = await own_factor.begin_enrolment(store, signed.token, PASSWORD, code(clock, secret))
    newer = (await offer(store, step.pending)).secret
    await enrol(store, step.pending, code(clock, newer))
    clock.advance(seconds=one_time.PERIOD)
    with pytest.raises(SecondStepRefused):
        await second_step(store, (await first_step(store, admin)).pending, code(clock, secret))
    assert (await second_step(store, (await first_step(store, admin)).pending, code(clock, newer))).token


@pytest.mark.parametrize("change", [own_factor.begin_enrolment, own_factor.new_recovery_codes, own_factor.remove])
async def test_an_open_session_is_not_enough_to_change_the_factor(
    store: Store, owner: Store, clock: FrozenClock, admin: str, change: Change
) -> None:
    _, signed, _ = await enrolled(store, clock, admin)
    for password, shown, field in ((WRONG, "000000", "present_password"), (PASSWORD, "no-code", "code")):
        with pytest.raises(InvalidInput) as refused:
            await change(store, signed.token, password, shown)
        assert [error.field for error in refused.value.fields] == [field]
    assert await failures(owner, admin) == 2


async def test_new_recovery_codes_end_the_old_ones(store: Store, clock: FrozenClock, admin: str) -> None:
    secret, signed, old = await enrolled(store, clock, admin)
    new = await own_factor.new_recovery_codes(store, signed.token, PASSWORD, code(clock, secret))
    assert not set(new) & set(old)
    with pytest.raises(SecondStepRefused):
        await second_step(store, (await first_step(store, admin)).pending, old[0])
    assert (await second_step(store, (await first_step(store, admin)).pending, new[0])).token


async def test_a_session_begun_before_can_not_act_in_a_post_that_asks_for_it(
    store: Store, owner: Store, offices: tuple[int, int]
) -> None:
    login = f"promoted-{offices[0]}"
    await person(owner, login, {offices[0]: "wr_director"})
    token = (await enter(store, login)).token
    async with owner.anonymous() as session:
        promote = text("update posts set role = 'supervisor_p' where office_id = :o and role = 'wr_director'")
        await session.execute(promote, {"o": offices[0]})
    subject = await sessions.subject_of(store, token)
    assert subject is not None and (subject.post_id, subject.role, subject.tenant_id) == (None, "", None)
    (post,) = await sessions.posts_of(store, token)
    with pytest.raises(SecondFactorRequired):
        await sessions.choose_post(store, token, post.id)


async def test_what_happens_to_a_factor_is_in_the_audit(
    store: Store, owner: Store, clock: FrozenClock, admin: str, offices: tuple[int, int]
) -> None:
    secret, _, _ = await enrolled(store, clock, admin)
    step = await first_step(store, admin)
    with pytest.raises(SecondStepRefused):
        await second_step(store, step.pending, "not-a-code")
    await second_step(store, step.pending, code(clock, secret))
    query = text("select action || ' ' || outcome from audit_log where tenant_id = :t order by seq")
    async with owner.anonymous() as session:
        assert (await session.scalars(query, {"t": offices[0]})).all() == [
            "account:enrol_factor done",
            "account:sign_in done",
            "account:second_step refused",
            "account:sign_in done",
        ]


@pytest.mark.parametrize("take_away", [own_factor.new_recovery_codes, own_factor.remove])
async def test_where_there_is_no_factor_there_is_nothing_to_renew_or_to_take_away(
    store: Store, login: str, take_away: Change
) -> None:
    token = (await enter(store, login)).token
    with pytest.raises(InvalidInput) as refused:
        await take_away(store, token, PASSWORD, "")
    assert [(error.field, error.rule) for error in refused.value.fields] == [("code", "not_enrolled")]


async def test_a_second_step_begun_with_an_old_password_leads_nowhere(
    store: Store, clock: FrozenClock, login: str
) -> None:
    """Whoever stole the password would enrol an authenticator, and so shut the person out."""
    token = (await enter(store, login)).token
    step = await own_factor.begin_enrolment(store, token, PASSWORD)
    secret = (await offer(store, step.pending)).secret
    await change_password(store, token, PASSWORD, "a-second-password")
    with pytest.raises(PendingGone):
        await enrol(store, step.pending, code(clock, secret))
