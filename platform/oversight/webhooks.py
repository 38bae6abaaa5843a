"""The administrator's hand on webhooks of the own tenant and those below: registered, listed, switched off and on."""

import ipaddress
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.errors import Conflict, Forbidden, NotFound, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.outgoing import in_networks, is_permitted
from foundation.store import instant
from oversight.webhook_models import OffWhy, Webhook, WebhookEvent
from oversight.webhook_signing import new_secret
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tokens import require_session

MOST = 20
"""Switched on at a tenant."""
SHOWN = 200


class TooManyWebhooks(Conflict):
    code = "too_many_webhooks"
    message = N_("启用的推送已达 %(most)s 个，请先停用不用的")


class WebhookForm(Struct, frozen=True):
    """It serves the administrator's own tenant: cases in its custody and in that of those below."""

    name: Annotated[str, Meta(title=N_("系统名称"), min_length=1, max_length=40)]
    url: Annotated[
        str,
        Meta(
            title=N_("推送地址"),
            description=N_("https 开头；不得指向内部网络"),
            max_length=500,
            examples=["https://platform.example.cn/hooks/tiaojie"],
        ),
    ]
    events: Annotated[list[WebhookEvent], Meta(title=N_("推送的事件"), min_length=1, max_length=20)]


class WebhookView(Struct, frozen=True):
    """Without its secret, which is shown once. `host`: where it goes, without the path."""

    id: UUID
    name: str
    tenant: str
    host: str
    events: list[WebhookEvent]
    registered_at: datetime
    off_at: datetime | None
    off_why: OffWhy | None
    failing_since: datetime | None


async def register(
    session: AsyncSession, subject: Subject, form: WebhookForm, networks: Collection[str]
) -> tuple[str, WebhookView]:
    """The secret, which is never shown again, and what lists show. Raises InvalidInput, TooManyWebhooks, Forbidden."""
    require_administrator(subject)
    if subject.tenant_id is None:
        raise Forbidden
    url = checked_url(form.url, networks)
    on = (Webhook.tenant_id == subject.tenant_id, Webhook.off_at.is_(None))
    await session.get_one(Tenant, subject.tenant_id)
    if (await session.scalar(select(func.count()).where(*on)) or 0) >= MOST:
        raise TooManyWebhooks(most=MOST)
    now, secret = instant(session), new_secret()
    row = Webhook(
        id=new_id(now),
        tenant_id=subject.tenant_id,
        name=form.name.strip(),
        url=url,
        secret=secret,
        events=sorted({event.value for event in form.events}),
        registered_by=subject.person_id,
        registered_at=now,
    )
    session.add(row)
    await session.flush()
    await _note(session, subject, row, "register")
    return secret, await webhook(session, subject, row.id)


async def webhooks(session: AsyncSession, subject: Subject) -> Sequence[WebhookView]:
    """Of the own tenant and those below, the newest first."""
    require_administrator(subject)
    found = await session.execute(_listed().order_by(Webhook.id.desc()).limit(SHOWN))
    return [_view(hook, tenant) for hook, tenant in found]


async def webhook(session: AsyncSession, subject: Subject, webhook_id: UUID) -> WebhookView:
    """Raises NotFound."""
    require_administrator(subject)
    found = (await session.execute(_listed().where(Webhook.id == webhook_id))).one_or_none()
    if found is None:
        raise NotFound
    return _view(found[0], found[1])


async def switch(session: AsyncSession, subject: Subject, webhook_id: UUID, *, on: bool) -> None:
    """Switched off, nothing new goes there, and what waits is set aside. Raises NotFound."""
    require_administrator(subject)
    row = await session.get(Webhook, webhook_id, with_for_update=True)
    if row is None:
        raise NotFound
    if (row.off_at is None) == on:
        return
    row.off_at = None if on else instant(session)
    row.off_why = None if on else OffWhy.BY_HAND.value
    row.failing_since = None
    await session.flush()
    await _note(session, subject, row, "on" if on else "off")


def require_administrator(subject: Subject) -> None:
    """By an own session: a program's token opens no way out for data."""
    require_session(subject)
    gate.require_role(subject, Action.TENANT_MANAGE, Relation.NONE)


def checked_url(typed: str, networks: Collection[str]) -> str:
    """https to a public address; in a network that the deployment allows, http too. Names are looked up when called."""
    url = typed.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise invalid("url", "malformed", N_("地址格式不对")) from None
    strange = not url.isascii() or not url.isprintable() or " " in url or port == 0
    if not host or parts.username or parts.password or parts.fragment or strange:
        raise invalid("url", "malformed", N_("地址格式不对"))
    if parts.scheme != "https" and not (parts.scheme == "http" and networks):
        raise invalid("url", "not_https", N_("地址须以 https 开头"))
    _check_host(host, networks, secure=parts.scheme == "https")
    return url


def _check_host(host: str, networks: Collection[str], *, secure: bool) -> None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if "." not in host.rstrip(".") or host.rstrip(".").endswith((".local", ".localhost", ".internal")):
            raise invalid("url", "private", N_("不得指向内部网络")) from None
        return
    if not is_permitted(address, networks):
        raise invalid("url", "private", N_("不得指向内部网络"))
    if not secure and not in_networks(address, networks):
        raise invalid("url", "not_https", N_("地址须以 https 开头"))


def _listed() -> Select[Webhook, str]:
    return select(Webhook, Tenant.name).join(Tenant, Tenant.id == Webhook.tenant_id)


def _view(row: Webhook, tenant: str) -> WebhookView:
    return WebhookView(
        id=row.id,
        name=row.name,
        tenant=tenant,
        host=urlsplit(row.url).hostname or "",
        events=[WebhookEvent(event) for event in row.events],
        registered_at=row.registered_at,
        off_at=row.off_at,
        off_why=OffWhy(row.off_why) if row.off_why else None,
        failing_since=row.failing_since,
    )


async def _note(session: AsyncSession, subject: Subject, row: Webhook, word: str) -> None:
    detail = {"webhook": word}
    entry = audit.Entry(subject.actor, subject.post_id, Action.TENANT_MANAGE, "webhook", str(row.id), detail=detail)
    await audit.append(session, entry, row.tenant_id, *([subject.tenant_id] if subject.tenant_id is not None else []))
