"""Sessions: who a token stands for, in which post; they live in PostgreSQL only and end by idleness, age or will."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct, structs
from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.clock import local_date
from foundation.errors import Forbidden, NotSignedIn
from foundation.grammar import Happening, Word
from foundation.language import LANGUAGES, N_
from foundation.store import NOW, Scope, Store, instant
from tenants.accounts import Account, PendingSignIn, SignIn
from tenants.models import Office, Post, Tenant
from tenants.second_factor import SecondFactorRequired, required
from tenants.subject import Subject
from tenants.token_kind import SessionRequired, is_token

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TOKEN_BYTES = 32

LOOK_UP = f"select s.* from {NOW}, session_subject(case when now <> '' then $2::bytea end, $3::interval) s"
WITH_BELL = LOOK_UP.replace("s.*", "s.*, unread_notices(s.person_id) as unread", 1)
"""The same for a page, whose head tells how many notices are unread: no statement of its own."""
ALIVE = f"select s.* from {NOW}, sessions_alive(case when now <> '' then $2::bytea[] end, $3::interval) s"
UNREAD = f"select unread_notices(case when now <> '' then $2::uuid end) as unread from {NOW}"
PEEK = ALIVE.replace("s.*", "s.*, unread_notices(s.person_id) as unread", 1)


class PostNotYours(Forbidden):
    code = "post_not_yours"
    message = N_("这不是您的岗位，或者任期已满")


class PostView(Struct, frozen=True):
    """One post a person may act in now; `chosen` is the one the session acts in."""

    id: UUID
    role: str
    tier: str
    office_id: int
    office: str
    tenant_id: int
    tenant: str
    chosen: bool = False
    office_kind: str = ""


async def subject_of(store: Store, token: str) -> Subject | None:
    """Who asks; None = not signed in. Touches `seen_at` at most once a minute.

    Until a post is chosen, after it has ended, and when it asks for a second factor that was not shown, the subject
    has no post, no role and no tenant.
    """
    rows = await store.ask(LOOK_UP, hashed(token), IDLE)
    return _subject(rows[0]) if rows else None


async def subject_of_page(store: Store, token: str) -> tuple[Subject | None, int]:
    """Who asks for a page, and how many notices are unread, as far as the bell counts."""
    rows = await store.ask(WITH_BELL, hashed(token), IDLE)
    return (_subject(rows[0]), rows[0]["unread"]) if rows else (None, 0)


class Peek(Struct, frozen=True):
    """What an open page may know of its session without keeping it from its idle end."""

    session: bytes
    person_id: UUID
    unread: int


async def peek(store: Store, token: str) -> Peek | None:
    """None = not signed in, or without a post in force. Touches nothing."""
    rows = await store.ask(PEEK, [hashed(token)], IDLE)
    return Peek(*rows[0]) if rows else None


async def unread_of(store: Store, person_id: UUID) -> int:
    """As far as the bell counts."""
    rows = await store.ask(UNREAD, person_id)
    count: int = rows[0]["unread"]
    return count


async def alive(store: Store, sessions: Sequence[bytes]) -> list[bytes]:
    """Which of these sessions (`Peek.session`) stand; touches none."""
    return [row["token_hash"] for row in await store.ask(ALIVE, list(sessions), IDLE)]


def _subject(row: Any) -> Subject:
    strong = row["second_factor_at"] is not None
    who = Subject(
        row["person_id"], "", "", None, None, None, account_id=row["account_id"], name=row["name"], second_factor=strong
    )
    if row["post_id"] is None or (required(row["role"], row["tier"]) and not strong):
        return who
    post = {name: row[name] for name in ("role", "tier", "tenant_id", "office_id", "office_kind", "post_id")}
    return structs.replace(who, **post)


async def posts_of(store: Store, token: str) -> Sequence[PostView]:
    """The posts in force of the token's person; raises NotSignedIn."""
    subject = await signed_in(store, token)
    async with store.scoped(own(subject.person_id)) as session:
        return await posts_in_force(session, subject.person_id, subject.post_id)


async def choose_post(store: Store, token: str, post_id: UUID) -> Subject:
    """Act in another post from now on; raises PostNotYours, SecondFactorRequired, NotSignedIn."""
    subject = await signed_in(store, token)
    async with store.scoped(own(subject.person_id)) as session:
        chosen = next((post for post in await posts_in_force(session, subject.person_id) if post.id == post_id), None)
        if chosen is None:
            raise PostNotYours
        if required(chosen.role, chosen.tier) and not subject.second_factor:
            raise SecondFactorRequired
        await session.execute(update(SignIn).where(SignIn.token_hash == hashed(token)).values(post_id=post_id))
        await note(session, subject.person_id, post_id, Happening.ACCOUNT_CHOOSE_POST, chosen.tenant_id)
    return await signed_in(store, token)


async def set_language(store: Store, token: str, language: str) -> None:
    """Remember "zh" or "en" with the account; a token that stands for nobody is no error."""
    subject = await subject_of(store, token)
    if subject is not None and language in LANGUAGES:
        async with store.scoped(own(subject.person_id)) as session:
            mine = update(Account).where(Account.person_id == subject.person_id)
            await session.execute(mine.values(language=language))


async def sign_out(store: Store, token: str) -> None:
    """End this session; a token that stands for nobody is no error."""
    subject = await subject_of(store, token)
    if subject is None:
        return
    async with store.scoped(own(subject.person_id)) as session:
        await session.execute(delete(SignIn).where(SignIn.token_hash == hashed(token)))
        await note(session, subject.person_id, subject.post_id, Happening.ACCOUNT_SIGN_OUT, subject.tenant_id)


async def sign_out_everywhere(store: Store, token: str) -> int:
    """End every session of the person, this one too; returns how many ended."""
    subject = await signed_in(store, token)
    async with store.scoped(own(subject.person_id)) as session:
        ended = await end_sessions(session, subject.person_id)
        await note(
            session, subject.person_id, subject.post_id, Happening.ACCOUNT_SIGN_OUT_EVERYWHERE, subject.tenant_id
        )
    return ended


async def signed_in(store: Store, token: str) -> Subject:
    """The subject, or NotSignedIn; a program's token is no session (SessionRequired)."""
    if is_token(token):
        raise SessionRequired
    subject = await subject_of(store, token)
    if subject is None:
        raise NotSignedIn
    return subject


async def posts_in_force(session: AsyncSession, person_id: UUID, chosen: UUID | None = None) -> list[PostView]:
    """Oldest first; the session's scope must be this person, or a tenant above the posts."""
    now = instant(session)
    today = local_date(now)
    query = (
        select(
            Post.id,
            Post.role,
            Tenant.tier,
            Office.id,
            Office.name,
            Tenant.id,
            Tenant.name,
            Post.id == chosen,
            Office.kind,
        )
        .join(Office, Office.id == Post.office_id)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .where(Post.person_id == person_id, Post.since <= now, or_(Post.until.is_(None), Post.until > now))
        .where(or_(Office.valid_to.is_(None), Office.valid_to > today))
        .order_by(Post.since, Post.id)
    )
    return [PostView(*row) for row in await session.execute(query)]


async def begin(session: AsyncSession, account_id: UUID, post_id: UUID | None, *, second_factor: bool = False) -> str:
    """A new session of the account; returns the token, which is stored only as its hash.

    In digits and a to f: one in base64 would now and then begin as a program's does (`token_kind.PREFIX`), and stand
    for nobody.
    """
    now = instant(session)
    token = secrets.token_hex(TOKEN_BYTES)
    over = or_(SignIn.ends_at <= now, SignIn.seen_at <= now - IDLE)
    await session.execute(delete(SignIn).where(SignIn.account_id == account_id, over))
    session.add(
        SignIn(
            token_hash=hashed(token),
            account_id=account_id,
            post_id=post_id,
            began_at=now,
            seen_at=now,
            ends_at=now + LONGEST,
            second_factor_at=now if second_factor else None,
        )
    )
    return token


async def end_sessions(session: AsyncSession, person_id: UUID, *, keep: str | None = None) -> int:
    """End the sessions of the person's account, but the one of the token `keep`; returns how many.

    Second steps under way end too: they rest on a password shown before.
    """
    mine = select(Account.id).where(Account.person_id == person_id)
    await session.execute(delete(PendingSignIn).where(PendingSignIn.account_id.in_(mine)))
    ending = delete(SignIn).where(SignIn.account_id.in_(mine)).returning(SignIn.token_hash)
    if keep is not None:
        ending = ending.where(SignIn.token_hash != hashed(keep))
    return len((await session.scalars(ending)).all())


async def note(
    session: AsyncSession,
    person_id: UUID | None,
    post_id: UUID | None,
    action: Word,
    tenant: int | None,
    outcome: str = "done",
) -> None:
    """Into the audit chain of the post's tenant; a person without any post has none. Nobody known: `unknown`."""
    if tenant is not None:
        who = str(person_id or "unknown")
        entry = audit.Entry(who, post_id, action, "person", who, outcome)
        await audit.append(session, entry, tenant)


def own(person_id: UUID) -> Scope:
    """The scope in which a person sees only the own account, posts and sessions."""
    return Scope(None, person_id)


def hashed(token: str) -> bytes:
    """As a token is stored: who reads the table can't sign in with it."""
    return hashlib.sha256(token.encode()).digest()
