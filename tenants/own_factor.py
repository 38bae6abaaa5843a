"""One's own second factor, while signed in: its state, a new one, new recovery codes, none any more.

Every change asks for the password again, and for a code where there is a factor: a session left open is not enough.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import invalid
from foundation.grammar import Happening
from foundation.language import N_
from foundation.store import Store
from tenants import credentials, pending, recovery_codes, second_factor
from tenants.credentials import SignInRefused
from tenants.pending import SecondStep
from tenants.second_factor import FactorState, SecondFactorKept
from tenants.sessions import end_sessions, note, own, posts_in_force, signed_in
from tenants.subject import Subject


async def state(store: Store, token: str) -> FactorState:
    """Raises NotSignedIn."""
    subject = await signed_in(store, token)
    async with store.scoped(own(subject.person_id)) as session:
        return await _state(session, subject)


async def begin_enrolment(store: Store, token: str, password: str, code: str = "") -> SecondStep:
    """A new secret is offered; the one in use stays until the new one is confirmed."""
    subject = await _proved(store, token, password, code)
    async with store.scoped(own(subject.person_id)) as session:
        return await pending.begin(session, _account(subject), "", enrol=True)


async def new_recovery_codes(store: Store, token: str, password: str, code: str) -> list[str]:
    """A new set; raises InvalidInput at `code` where there is no factor to recover."""
    subject = await _proved(store, token, password, code)
    async with store.scoped(own(subject.person_id)) as session:
        await pending.take_turn(session, _account(subject))
        await _require_enrolled(session, subject)
        codes = await recovery_codes.renew(session, _account(subject))
        await note(session, subject.person_id, subject.post_id, Happening.ACCOUNT_RENEW_CODES, subject.tenant_id)
    return codes


async def remove(store: Store, token: str, password: str, code: str) -> None:
    """Back to the password alone, and other sessions end; raises SecondFactorKept where a post asks for it."""
    subject = await _proved(store, token, password, code)
    async with store.scoped(own(subject.person_id)) as session:
        if (await _require_enrolled(session, subject)).required:
            raise SecondFactorKept
        await second_factor.remove(session, _account(subject))
        await end_sessions(session, subject.person_id, keep=token)
        await note(session, subject.person_id, subject.post_id, Happening.ACCOUNT_REMOVE_FACTOR, subject.tenant_id)


async def _proved(store: Store, token: str, password: str, code: str) -> Subject:
    """Charged as one attempt until both are right; raises InvalidInput at the field."""
    subject = await signed_in(store, token)
    async with store.scoped(own(subject.person_id)) as session:
        login = await credentials.login_of(session, subject.account_id)
        enrolled = await second_factor.enrolled_at(session, _account(subject))
    try:
        await credentials.admitted(store, login, password)
    except SignInRefused as refused:
        raise invalid("present_password", "wrong", N_("现在的密码不对，或者账号暂时锁定")) from refused
    async with store.scoped(own(subject.person_id)) as session:
        await pending.take_turn(session, _account(subject))
        if enrolled and not await second_factor.passes(session, _account(subject), code):
            raise invalid("code", "wrong", N_("验证码不对或已用过"))
        await credentials.settle(session, _account(subject))
    return subject


async def _require_enrolled(session: AsyncSession, subject: Subject) -> FactorState:
    found = await _state(session, subject)
    if found.enrolled_at is None:
        raise invalid("code", "not_enrolled", N_("尚未登记两步验证"))
    return found


async def _state(session: AsyncSession, subject: Subject) -> FactorState:
    account_id = _account(subject)
    posts = await posts_in_force(session, subject.person_id)
    needed = any(second_factor.required(post.role, post.tier) for post in posts)
    left = await recovery_codes.left(session, account_id)
    return FactorState(await second_factor.enrolled_at(session, account_id), left, needed)


def _account(subject: Subject) -> UUID:
    """Who is signed in has an account."""
    assert subject.account_id is not None
    return subject.account_id
