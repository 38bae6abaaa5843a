"""A person's own word on the own channels: an address, proved by a code that was sent there, and what goes there when.

By the person's own session alone: a program's token can't lead somebody's notices elsewhere.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit, outbox
from foundation.errors import Conflict, FieldError, InvalidInput, NotFound, invalid
from foundation.grammar import Happening
from foundation.ids import new_id
from foundation.language import N_, current_language
from foundation.store import instant
from foundation.telephones import is_mobile
from oversight.channels import ChannelKind, NoticeChannel
from oversight.notice_kinds import NoticeKind
from oversight.senders import chosen
from tenants.subject import Subject
from tenants.tokens import require_session

CODE_TOPIC = "channel.code"
CODE_MINUTES = 15
CODE_DIGITS = 6
MOST_TRIES = 5
CODES_APART = timedelta(minutes=1)
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('channel:' || cast(:person as text), 0))")
WORD = r"[A-Za-z0-9#$&'*+/=^_`{|}~-]+"
MAIL = re.compile(rf"(?=.{{1,64}}@){WORD}(?:\.{WORD})*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,62}})\.)+[A-Za-z]{{2,24}}")
"""Without quoting and without what mail servers take for routes (! and %) or encoded words (?)."""

Hour = Annotated[int, Meta(ge=0, le=23)]
ON = N_("启用")
HOURS = N_("0 至 23 时，北京时间；两项都不填则不设免打扰时段")


class ChannelNotOffered(Conflict):
    code = "channel_not_offered"
    message = N_("本平台未开通这种站外通知")


class NoCodeAwaited(Conflict):
    code = "no_code_awaited"
    message = N_("没有待验证的验证码，或已过期，请重新获取")


class CodesTooOften(Conflict):
    code = "codes_too_often"
    message = N_("验证码刚发送过，请一分钟后再试")


class ChannelForm(Struct, frozen=True, kw_only=True):
    """A changed address has to be proved anew."""

    address: Annotated[str, Meta(title=N_("地址"), description=N_("电子邮箱或手机号码"), max_length=200)]
    switched_on: Annotated[bool, Meta(title=ON)] = True
    urgent_only: Annotated[bool, Meta(title=N_("只发送紧急的通知"))] = False
    muted: Annotated[list[NoticeKind], Meta(title=N_("不发送的通知种类"), max_length=200, extra={"rare": True})] = []
    quiet_from: Annotated[Hour, Meta(title=N_("免打扰开始"), description=HOURS)] | None = None
    quiet_until: Annotated[Hour, Meta(title=N_("免打扰结束"), description=HOURS)] | None = None
    digest_hour: (
        Annotated[Hour, Meta(title=N_("每日汇总"), description=N_("几时发送；不填则逐条发送，紧急的不等汇总"))] | None
    ) = None


class CodeForm(Struct, frozen=True):
    code: Annotated[str, Meta(title=N_("验证码"), max_length=20, extra={"widget": "code", "compact": True})]


class ChannelView(Struct, frozen=True):
    """`verified` false: nothing goes there yet. `awaits_code`: one is in force."""

    kind: ChannelKind
    address: str
    verified: bool
    awaits_code: bool
    switched_on: bool
    urgent_only: bool
    muted: list[NoticeKind]
    quiet_from: int | None
    quiet_until: int | None
    digest_hour: int | None


def offered() -> Sequence[ChannelKind]:
    return [kind for kind in ChannelKind if kind in chosen().senders]


def kind_of(typed: str) -> ChannelKind:
    """Of an address; raises NotFound."""
    try:
        return ChannelKind(typed)
    except ValueError:
        raise NotFound from None


async def own_channels(session: AsyncSession, subject: Subject) -> Sequence[ChannelView]:
    require_session(subject)
    found = await session.scalars(select(NoticeChannel).where(NoticeChannel.person_id == subject.person_id))
    return sorted((_view(row, instant(session)) for row in found), key=lambda view: list(ChannelKind).index(view.kind))


async def set_channel(session: AsyncSession, subject: Subject, kind: ChannelKind, form: ChannelForm) -> ChannelView:
    """Raises InvalidInput, ChannelNotOffered, CodesTooOften. A new or changed address is sent a code."""
    require_session(subject)
    if kind not in offered():
        raise ChannelNotOffered
    address = _checked(kind, form)
    await session.execute(ONE_AT_A_TIME, {"person": str(subject.person_id)})
    row = await _own(session, subject, kind)
    unproved = row is None or row.address != address
    if row is None:
        row = _new(session, subject, kind, address)
        session.add(row)
    elif unproved:
        await session.refresh(row, with_for_update=True)
        _check_pause(session, row)
        row.address, row.verified_at = address, None
    for field in ("switched_on", "urgent_only", "quiet_from", "quiet_until", "digest_hour"):
        setattr(row, field, getattr(form, field))
    row.muted, row.language = sorted({kind.value for kind in form.muted}), current_language.get()
    await session.flush()
    if unproved:
        await _send_code(session, row)
    await _note(session, subject, Happening.ACCOUNT_SET_CHANNEL, kind)
    return _view(row, instant(session))


async def send_code_again(session: AsyncSession, subject: Subject, kind: ChannelKind) -> None:
    """Raises NotFound, CodesTooOften; Conflict where the address is proved."""
    row = await _required(session, subject, kind)
    if row.verified_at is not None:
        raise Conflict
    _check_pause(session, row)
    await _send_code(session, row)


async def verify(session: AsyncSession, subject: Subject, kind: ChannelKind, form: CodeForm) -> bool:
    """False for a wrong code, which is counted: the transaction has to commit. Raises NotFound, NoCodeAwaited."""
    row = await _required(session, subject, kind)
    now = instant(session)
    if row.code is None or row.code_ends_at is None or row.code_ends_at <= now or row.code_tries >= MOST_TRIES:
        raise NoCodeAwaited
    if not secrets.compare_digest(row.code.encode(), form.code.encode()):
        row.code_tries += 1
        await session.flush()
        return False
    row.verified_at, row.code, row.code_ends_at = now, None, None
    await session.flush()
    await _note(session, subject, Happening.ACCOUNT_PROVE_CHANNEL, kind)
    return True


def wrong_code() -> InvalidInput:
    return invalid("code", "wrong_code", N_("验证码不对，请核对"))


async def remove_channel(session: AsyncSession, subject: Subject, kind: ChannelKind) -> None:
    """Its address and what went out by it are gone; raises NotFound, and CodesTooOften while the pause between two
    codes lasts, which would be forgotten with it."""
    row = await _required(session, subject, kind)
    if row.code is not None:
        _check_pause(session, row)
    await session.execute(delete(NoticeChannel).where(NoticeChannel.id == row.id))
    await _note(session, subject, Happening.ACCOUNT_REMOVE_CHANNEL, kind)


def _checked(kind: ChannelKind, form: ChannelForm) -> str:
    """The address; raises InvalidInput naming every broken field."""
    address = form.address.strip()
    good = MAIL.fullmatch(address) if kind is ChannelKind.MAIL else is_mobile(address)
    broken = [] if good else [FieldError("address", "malformed", N_("地址格式不对"))]
    if (form.quiet_from is None) != (form.quiet_until is None):
        missing = "quiet_from" if form.quiet_from is None else "quiet_until"
        broken.append(FieldError(missing, "required", N_("免打扰的开始和结束要同时填写")))
    elif form.quiet_from is not None and form.quiet_from == form.quiet_until:
        broken.append(FieldError("quiet_until", "empty_range", N_("开始和结束不能相同")))
    if broken:
        raise InvalidInput(*broken)
    return address


def _new(session: AsyncSession, subject: Subject, kind: ChannelKind, address: str) -> NoticeChannel:
    now = instant(session)
    return NoticeChannel(
        id=new_id(now), person_id=subject.person_id, kind=kind.value, address=address, made_at=now, code_tries=0
    )


async def _send_code(session: AsyncSession, row: NoticeChannel) -> None:
    row.code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    row.code_tries, row.code_ends_at = 0, instant(session) + timedelta(minutes=CODE_MINUTES)
    await session.flush()
    await outbox.publish(session, CODE_TOPIC, channel=str(row.id))


def _check_pause(session: AsyncSession, row: NoticeChannel) -> None:
    """Nobody's letter-box is filled with codes by us; raises CodesTooOften."""
    made_at = row.code_ends_at - timedelta(minutes=CODE_MINUTES) if row.code_ends_at else None
    if made_at and instant(session) < made_at + CODES_APART:
        raise CodesTooOften


async def _own(session: AsyncSession, subject: Subject, kind: ChannelKind) -> NoticeChannel | None:
    own = (NoticeChannel.person_id == subject.person_id, NoticeChannel.kind == kind.value)
    found: NoticeChannel | None = await session.scalar(select(NoticeChannel).where(*own))
    return found


async def _required(session: AsyncSession, subject: Subject, kind: ChannelKind) -> NoticeChannel:
    require_session(subject)
    row = await _own(session, subject, kind)
    if row is None:
        raise NotFound
    await session.refresh(row, with_for_update=True)
    return row


async def _note(session: AsyncSession, subject: Subject, word: Happening, kind: ChannelKind) -> None:
    """The kind only: an address is personal."""
    entry = audit.Entry(subject.actor, subject.post_id, word, "notice_channel", kind.value)
    await audit.append(session, entry, *([subject.tenant_id] if subject.tenant_id is not None else []))


def _view(row: NoticeChannel, now: datetime) -> ChannelView:
    return ChannelView(
        kind=ChannelKind(row.kind),
        address=row.address,
        verified=row.verified_at is not None,
        awaits_code=row.code is not None and row.code_ends_at is not None and row.code_ends_at > now,
        switched_on=row.switched_on,
        urgent_only=row.urgent_only,
        muted=[NoticeKind(kind) for kind in row.muted],
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        digest_hour=row.digest_hour,
    )
