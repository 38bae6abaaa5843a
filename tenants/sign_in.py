"""Signing in, and the passwords of one's own account: what the doors call before there is a subject."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy import RowMapping, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, invalid
from foundation.language import N_
from foundation.store import Store, instant
from tenants import passwords
from tenants.accounts import Account, Invitation
from tenants.sessions import PostView, begin, end_sessions, hashed, note, own, posts_in_force, signed_in

ADMIT = text("select * from account_for_sign_in(:login)")
INVITED = text("select * from invitation_account(:token)")


class SignInRefused(DomainError):
    """One answer for an unknown login, a wrong password, a locked and a disabled account."""

    code = "sign_in_refused"
    status = 401
    message = N_("登录名或密码不对；连续多次输错后，账号会暂时锁定")


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


async def sign_in(store: Store, login: str, password: str) -> SignedIn:
    """Begin a session; raises SignInRefused.

    The attempt is charged as a failure before the password is looked at, so that parallel guesses can't pass the
    lock; a right password takes the charge back.
    """
    account = await _admitted(store, login, password)
    async with store.scoped(own(account["person_id"])) as session:
        posts = await posts_in_force(session, account["person_id"])
        only = posts[0] if len(posts) == 1 else None
        token = await begin(session, account["account_id"], only.id if only else None)
        await _settle(session, account, password)
        await note(
            session, account["person_id"], only.id if only else None, "account:sign_in", account["home_tenant_id"]
        )
    return SignedIn(token, account["person_id"], account["language"], posts)


async def change_password(store: Store, token: str, present: str, new: str) -> None:
    """Set a new password and end the person's other sessions; a wrong present one counts towards the lock."""
    subject = await signed_in(store, token)
    async with store.scoped(own(subject.person_id)) as session:
        login = await _login(session, subject.account_id)
    passwords.check_rule(new, login, "new_password")
    try:
        account = await _admitted(store, login, present)
    except SignInRefused as refused:
        raise invalid("present_password", "wrong", N_("现在的密码不对，或者账号暂时锁定")) from refused
    async with store.scoped(own(subject.person_id)) as session:
        await _settle(session, account, new, renew=True)
        await end_sessions(session, subject.person_id, keep=token)
        await note(session, subject.person_id, subject.post_id, "account:change_password", account["home_tenant_id"])


async def invitation_login(store: Store, token: str) -> str:
    """The login that an invitation is for; raises InvitationInvalid."""
    login: str = (await _invited(store, token))["login"]
    return login


async def accept_invitation(store: Store, token: str, password: str) -> None:
    """Set the first (or a forgotten) password; the link works once, and what sessions there were end."""
    account = await _invited(store, token)
    passwords.check_rule(password, account["login"], "password")
    async with store.scoped(own(account["person_id"])) as session:
        await _use_up(session, account["account_id"], hashed(token))
        await end_sessions(session, account["person_id"])
        await _settle(session, account, password, renew=True)
        await note(session, account["person_id"], None, "account:accept_invitation", account["home_tenant_id"])


async def _admitted(store: Store, login: str, password: str) -> RowMapping:
    """The account that login and password open; otherwise SignInRefused.

    Known or not, locked or not: the same steps are done, so that the time tells nothing.
    """
    async with store.anonymous() as session:
        account = (await session.execute(ADMIT, {"login": login.strip().lower()})).mappings().one()
    right = await passwords.matches(account["password_hash"], password)
    if account["admitted"] and right:
        return account
    async with store.anonymous() as session:
        await note(session, account["person_id"], None, "account:sign_in", account["home_tenant_id"], "refused")
    raise SignInRefused


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


async def _settle(session: AsyncSession, account: RowMapping, password: str, *, renew: bool = False) -> None:
    """Take the charged failure back; store a new hash when asked for or when the old one is outdated."""
    values: dict[str, object] = {"failures": 0, "locked_until": None}
    if renew or passwords.is_outdated(account["password_hash"]):
        values["password_hash"] = await passwords.digest(password)
    await session.execute(update(Account).where(Account.id == account["account_id"]).values(values))


async def _login(session: AsyncSession, account_id: UUID | None) -> str:
    account = await session.get_one(Account, account_id)
    return account.login
