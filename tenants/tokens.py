"""Bearer tokens of programs: one person's, for one post, with scopes and an end; shown once and stored hashed."""

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, LargeBinary, Row, Select, String, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation import audit
from foundation.choice import Choice
from foundation.clock import SHANGHAI, local_date
from foundation.errors import Conflict, Forbidden, NotFound, invalid
from foundation.grammar import Happening, Word
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import NOW, Store, instant
from tenants.accounts import Account
from tenants.models import Office, Person, Post
from tenants.post_choice import PostNotChosen
from tenants.sessions import TOKEN_BYTES, hashed
from tenants.subject import Subject
from tenants.token_kind import PREFIX, SessionRequired

LONGEST = timedelta(days=365)
A_MOMENT = timedelta.resolution
MOST = 20
"""Tokens in force of one person."""

LOOK_UP = f"select s.* from {NOW}, token_subject(case when now <> '' then $2::bytea end) s"


class TokenScope(Choice):
    """What a token may be used for, within what its post may do."""

    READ = "read", N_("查看")
    ACT = "act", N_("登记和办理案件")
    FILES = "files", N_("上传和下载文件")
    MONEY = "money", N_("办理经费事项")


class TokenScopeMissing(Forbidden):
    code = "scope_missing"
    message = N_("这个令牌的使用范围不含“%(scope)s”")


class TooManyTokens(Conflict):
    code = "too_many_tokens"
    message = N_("有效的令牌已达 %(most)s 个，请先撤销不用的")


class Token(Base):
    """It dies with its end, its revocation, its post, its office and its account, whichever comes first."""

    __tablename__ = "tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(
        LargeBinary, unique=True, deferred=True, comment="read by a definer function only"
    )
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), index=True)
    name: Mapped[str] = mapped_column(comment="the person's own word for the program")
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String), comment="read act files money")
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None] = mapped_column(comment="to the minute")


class TokenForm(Struct, frozen=True):
    """It stands for the post that the session acts in."""

    name: Annotated[str, Meta(title=N_("用途"), description=N_("给哪个程序用"), min_length=1, max_length=40)]
    scopes: Annotated[list[TokenScope], Meta(title=N_("使用范围"), min_length=1, max_length=4)]
    ends_on: Annotated[date, Meta(title=N_("有效至"), description=N_("当日有效；最长一年"), examples=["2027-01-31"])]


class TokenView(Struct, frozen=True):
    """A token without its secret."""

    id: UUID
    name: str
    scopes: list[TokenScope]
    person: str
    role: str
    office: str
    made_at: datetime
    ends_at: datetime
    ends_on: date
    """The last day in Yunnan."""
    revoked_at: datetime | None
    last_used_at: datetime | None


async def token_subject(store: Store, token: str) -> Subject | None:
    """Whom the token stands for; None when it is unknown, over, revoked, or its post or account has ended."""
    rows = await store.ask(LOOK_UP, hashed(token))
    return Subject(**{**rows[0], "scopes": frozenset(rows[0]["scopes"])}) if rows else None


async def make_token(session: AsyncSession, subject: Subject, form: TokenForm) -> tuple[str, TokenView]:
    """The token itself, which is never shown again, and what lists show. Raises InvalidInput, TooManyTokens."""
    require_session(subject)
    now = instant(session)
    ends_at = _end(form.ends_on, now)
    await _require_room(session, subject, now)
    secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = Token(
        id=new_id(now),
        token_hash=hashed(secret),
        account_id=subject.account_id,
        post_id=subject.post_id,
        name=form.name,
        scopes=sorted({scope.value for scope in form.scopes}),
        made_at=now,
        ends_at=ends_at,
    )
    session.add(row)
    await session.flush()
    await note(session, subject, Happening.ACCOUNT_MAKE_TOKEN, row.id, scopes=row.scopes)
    return secret, view((await session.execute(listed().where(Token.id == row.id))).one())


async def own_tokens(session: AsyncSession, subject: Subject) -> Sequence[TokenView]:
    """Newest first: those in force, and those that ended within a year."""
    require_session(subject)
    recent = Token.ends_at > instant(session) - LONGEST
    found = await session.execute(listed().where(Token.account_id == subject.account_id, recent))
    return [view(row) for row in found]


async def revoke_token(session: AsyncSession, subject: Subject, token_id: UUID) -> None:
    """One of the own; from its next request on it is refused. Raises NotFound; repeating it changes nothing."""
    require_session(subject)
    token = await session.get(Token, token_id)
    if token is None or token.account_id != subject.account_id:
        raise NotFound
    await end_token(session, subject, token)


async def end_token(session: AsyncSession, subject: Subject, token: Token, *tenants: int) -> None:
    """Revoke it, on record in the chain of the subject's tenant and of those named."""
    if token.revoked_at is None:
        token.revoked_at = instant(session)
        await session.flush()
        await note(session, subject, Happening.ACCOUNT_REVOKE_TOKEN, token.id, *tenants)


async def revoke_all(session: AsyncSession, account_id: UUID) -> None:
    """With a disabled account its tokens end for good: opening it again brings none back."""
    in_force = (Token.account_id == account_id, Token.revoked_at.is_(None))
    await session.execute(update(Token).where(*in_force).values(revoked_at=instant(session)))


def require_session(subject: Subject) -> None:
    if subject.token_id is not None:
        raise SessionRequired
    if subject.post_id is None:
        raise PostNotChosen


def require_scope(subject: Subject, scope: TokenScope) -> None:
    """A session may do all that its post may; a token only what its scopes say."""
    if subject.token_id is not None and scope not in subject.scopes:
        raise TokenScopeMissing(scope=scope.label)


def listed() -> Select[Token, str, str, str]:
    """Tokens with person, role and office, newest first."""
    return (
        select(Token, Person.name, Post.role, Office.name)
        .join(Post, Post.id == Token.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Office, Office.id == Post.office_id)
        .order_by(Token.made_at.desc(), Token.id.desc())
    )


def view(row: Row[Token, str, str, str]) -> TokenView:
    token, person, role, office = row
    return TokenView(
        id=token.id,
        name=token.name,
        scopes=[scope for scope in TokenScope if scope.value in token.scopes],
        person=person,
        role=role,
        office=office,
        made_at=token.made_at,
        ends_at=token.ends_at,
        ends_on=local_date(token.ends_at - A_MOMENT),
        revoked_at=token.revoked_at,
        last_used_at=token.last_used_at,
    )


async def note(
    session: AsyncSession, subject: Subject, action: Word, token_id: UUID, *tenants: int, **detail: object
) -> None:
    entry = audit.Entry(subject.actor, subject.post_id, action, "token", str(token_id), detail=detail)
    own = () if subject.tenant_id is None else (subject.tenant_id,)
    await audit.append(session, entry, *own, *tenants)


def _end(last_day: date, now: datetime) -> datetime:
    """Midnight after the last day, in Yunnan."""
    today = local_date(now)
    if last_day < today:
        raise invalid("ends_on", "in_past", N_("不得早于今天"))
    if last_day - today > LONGEST:
        raise invalid("ends_on", "too_late", N_("最长一年"))
    return datetime.combine(last_day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


async def _require_room(session: AsyncSession, subject: Subject, now: datetime) -> None:
    await session.get(Account, subject.account_id, with_for_update=True)  # two at once would both be the twentieth
    in_force = (Token.account_id == subject.account_id, Token.revoked_at.is_(None), Token.ends_at > now)
    if (await session.scalar(select(func.count()).where(*in_force)) or 0) >= MOST:
        raise TooManyTokens(most=MOST)
