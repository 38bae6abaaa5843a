"""Webhooks: other systems that are told of a tenant's cases by ids and codes, and what was delivered to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base, Small


class WebhookEvent(Choice):
    """The stations of a case, as any board of the office shows them. Steps between them could hint at more (N3)."""

    REGISTERED = "case.registered", N_("登记")
    ACCEPTED = "case.accepted", N_("受理")
    REFUSED = "case.refused", N_("不予受理")
    TAKEN_OVER = "case.taken_over", N_("接收移交")
    AGREED = "case.agreed", N_("达成协议")
    TERMINATED = "case.terminated", N_("终止调解")
    CLOSED = "case.closed", N_("结案")
    ARCHIVED = "case.archived", N_("归档")
    REOPENED = "case.reopened", N_("重新启动")


OF_ACT = {
    "register": WebhookEvent.REGISTERED,
    "import": WebhookEvent.REGISTERED,
    "accept-case": WebhookEvent.ACCEPTED,
    "refuse-case": WebhookEvent.REFUSED,
    "accept-handover": WebhookEvent.TAKEN_OVER,
    "sign-agreement": WebhookEvent.AGREED,
    "terminate": WebhookEvent.TERMINATED,
    "close-case": WebhookEvent.CLOSED,
    "archive-dossier": WebhookEvent.ARCHIVED,
    "reopen-case": WebhookEvent.REOPENED,
}


class OffWhy(Choice):
    BY_HAND = "by_hand", N_("人工停用")
    FAILING = "failing", N_("长期无法送达，自动停用")


class WebhookState(Choice):
    WAITING = "waiting", N_("待送达")
    DELIVERED = "delivered", N_("已送达")
    SET_ASIDE = "set_aside", N_("多次失败，已搁置")


class Webhook(Base):
    __tablename__ = "webhooks"
    __table_args__ = (Index("ix_webhooks_tenant_id", "tenant_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str] = mapped_column(comment="the administrator's own word for the system")
    url: Mapped[str] = mapped_column(Sealed("webhooks.url"))
    secret: Mapped[str] = mapped_column(Sealed("webhooks.secret"), comment="shown once; signs what is sent")
    events: Mapped[list[str]] = mapped_column(ARRAY(String), comment="codes of webhook_models.WebhookEvent")
    registered_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    registered_at: Mapped[datetime]
    off_at: Mapped[datetime | None] = mapped_column(comment="null = switched on")
    off_why: Mapped[str | None] = mapped_column(comment="code of webhook_models.OffWhy")
    failing_since: Mapped[datetime | None] = mapped_column(comment="null = the last one arrived")


class WebhookDelivery(Base):
    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_deliveries_list", "webhook_id", "id"),
        Index("ix_webhook_deliveries_due", "next_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the other system's mark of what it has had already")
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhooks.id"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="the webhook's")
    event_id: Mapped[UUID] = mapped_column(comment="message of the outbox")
    event: Mapped[str] = mapped_column(comment="code of webhook_models.WebhookEvent")
    body: Mapped[dict[str, Any]] = mapped_column(comment="ids and codes only")
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(comment="code of webhook_models.WebhookState")
    next_at: Mapped[datetime] = mapped_column(comment="not before; a lease while it is sent")
    attempts: Mapped[Small] = mapped_column(default=0)
    answered: Mapped[Small | None] = mapped_column(comment="status of the last answer")
    last_error: Mapped[str | None] = mapped_column(comment="the error's name, never its text")
    done_at: Mapped[datetime | None]
