"""Signing in, and the passwords of one's own account: what the doors call before there is a subject."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy import RowMapping, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, invalid
from foundation.grammar import Happening
from foundation.language import N_
from foundation.store import Store, instant
from tenants import credentials, one_time, passwords, pending, second_factor
from tenants.accounts import Invitation
from tenants.credentials import SignInRefused
from tenants.pending import SecondStep
from tenants.sessions import PostView, begin, end_sessions, hashed, note, own, posts_in_force, signed_in

INVITED = text("select * from invitation_account(:token)")


class SecondStepRefused(DomainError):
    """One answer for a wrong, a used and an old code, and for a locked account."""

    code = "second_step_refused"
    status = 401
    message = N_("验证码不对或已用过；连续多次输错后，账号会暂时锁定")


class InvitationInvalid(DomainError):
    code = "invitation_invalid"
    status = 404
    message = N_("这个邀请链接已用过、已过期或不存在")


class SignedIn(Struct, frozen=True):
    """`token` goes into the cookie. With one post it is chosen already; with several the person chooses first."""

    token: str
    person_id: UUID
    language: str
    posts: Sequence[PostView]


class Offer(Struct, frozen=True):
    """A secret to put into an authenticator: as text, and as the address that its QR code holds."""

    login: str
    secret: str
    address: str


async def sign_in(store: Store, login: str, password: str) -> SignedIn | SecondStep:
    """Begin a session, or the second step where one is due; raises SignInRefused."""
    account = await credentials.admitted(store, login, password)
    async with store.scoped(own(account["person_id"])) as session:
        await credentials.keep_hash(session, account, password)
        posts = await posts_in_force(session, account["person_id"])
        enrolled = await second_factor.enrolled_at(session, account["account_id"])
        if enrolled or _required(posts):
            await credentials.take_back(session, account["account_id"])
            return await pending.begin(session, account["account_id"], account["language"], enrol=not enrolled)
        return await _begin(session, account, posts)


async def second_step(store: Store, token: str, given: str) -> SignedIn:
    """Begin the session with the authenticator's code or a recovery code; raises SecondStepRefused, PendingGone.

    Charged like a password before it is looked at: parallel guesses can't pass the lock.
    """
    account = await pending.account_of(store, token, charge=True)
    async with store.scoped(own(account["person_id"])) as session:
        await pending.take_turn(session, account["account_id"])
        if account["admitted"] and await second_factor.passes(session, account["account_id"], given):
            await pending.use_up(session, token)
            posts = await posts_in_force(session, account["person_id"])
            return await _begin(session, account, posts, second_factor=True)
    async with store.anonymous() as session:
        await note(
            session, account["person_id"], None, Happening.ACCOUNT_SECOND_STEP, account["home_tenant_id"], "refused"
        )
    raise SecondStepRefused


async def offer(store: Store, token: str) -> Offer:
    """What this pending sign-in may enrol; raises PendingGone."""
    account = await pending.account_of(store, token, charge=False)
    async with store.scoped(own(account["person_id"])) as session:
        secret = await pending.offered(session, token)
    return Offer(account["login"], secret, one_time.address(secret, account["login"]))


async def enrol(store: Store, token: str, code: str) -> tuple[SignedIn, list[str]]:
    """Set the offered secret once the authenticator shows its code; every other session of the person ends.

    Returns the new session and the recovery codes; raises InvalidInput, PendingGone. A wrong code is no guess here:
    whoever asks has just been shown the secret.
    """
    account = await pending.account_of(store, token, charge=False)
    async with store.scoped(own(account["person_id"])) as session:
        secret = await pending.offered(session, token)
        step = one_time.matching_step(secret, second_factor.plain(code), instant(session))
        if step is None:
            raise invalid("code", "wrong", N_("验证码不对：请核对手机时间，并输入最新的 6 位数字"))
        await pending.take_turn(session, account["account_id"])
        await pending.use_up(session, token)
        codes = await second_factor.set_factor(session, account["account_id"], secret, step)
        await end_sessions(session, account["person_id"])
        await note(session, account["person_id"], None, Happening.ACCOUNT_ENROL_FACTOR, account["home_tenant_id"])
        posts = await posts_in_force(session, account["person_id"])
        return await _begin(session, account, posts, second_factor=True), codes


async def change_password(store: Store, token: str, present: str, new: str) -> None:
    """Set a new password and end the person's other sessions; a wrong present one counts towards the lock."""
    subject = await signed_in(store, token)
    async with store.scoped(own(subject.person_id)) as session:
        login = await credentials.login_of(session, subject.account_id)
    passwords.check_rule(new, login, "new_password")
    try:
        account = await credentials.admitted(store, login, present)
    except SignInRefused as refused:
        raise invalid("present_password", "wrong", N_("现在的密码不对，或者账号暂时锁定")) from refused
    async with store.scoped(own(subject.person_id)) as session:
        await credentials.settle(session, account["account_id"])
        await credentials.keep_hash(session, account, new, renew=True)
        await end_sessions(session, subject.person_id, keep=token)
        await note(
            session, subject.person_id, subject.post_id, Happening.ACCOUNT_CHANGE_PASSWORD, account["home_tenant_id"]
        )


async def invitation_login(store: Store, token: str) -> str:
    """The login that an invitation is for; raises InvitationInvalid."""
    login: str = (await _invited(store, token))["login"]
    return login


async def accept_invitation(store: Store, token: str, password: str) -> None:
    """Set the first (or a forgotten) password; the link works once, and what sessions there were end.

    A second factor stays: who has the link alone, or makes it, does not get in.
    """
    account = await _invited(store, token)
    passwords.check_rule(password, account["login"], "password")
    async with store.scoped(own(account["person_id"])) as session:
        await _use_up(session, account["account_id"], hashed(token))
        await end_sessions(session, account["person_id"])
        await credentials.settle(session, account["account_id"])
        await credentials.keep_hash(session, account, password, renew=True)
        await note(session, account["person_id"], None, Happening.ACCOUNT_ACCEPT_INVITATION, account["home_tenant_id"])


async def _begin(
    session: AsyncSession, account: RowMapping, posts: Sequence[PostView], *, second_factor: bool = False
) -> SignedIn:
    only = posts[0].id if len(posts) == 1 else None
    token = await begin(session, account["account_id"], only, second_factor=second_factor)
    await credentials.settle(session, account["account_id"])
    await note(session, account["person_id"], only, Happening.ACCOUNT_SIGN_IN, account["home_tenant_id"])
    return SignedIn(token, account["person_id"], account["language"], posts)


def _required(posts: Sequence[PostView]) -> bool:
    return any(second_factor.required(post.role, post.tier) for post in posts)


async def _invited(store: Store, token: str) -> RowMapping:
    async with store.anonymous() as session:
        account = (await session.execute(INVITED, {"token": hashed(token)})).mappings().one_or_none()
    if account is None:
        raise InvitationInvalid
    return account


async def _use_up(session: AsyncSession, account_id: UUID, token: bytes) -> None:
    """Close every open invitation of the account; of two that use the same one at once, the second is refused."""
    open_ones = update(Invitation).where(Invitation.account_id == account_id, Invitation.used_at.is_(None))
    closed = await session.scalars(open_ones.values(used_at=instant(session)).returning(Invitation.token_hash))
    if token not in closed.all():
        raise InvitationInvalid
