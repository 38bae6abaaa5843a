"""What went out by a person's channel: deliveries, and the notices that each of them told of."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base, Small


class DeliveryState(Choice):
    WAITING = "waiting", N_("待发送")
    SENT = "sent", N_("已发送")
    SET_ASIDE = "set_aside", N_("多次失败，已搁置")
    NEEDLESS = "needless", N_("已在平台阅读或渠道已关闭，未发送")


class Delivery(Base):
    """One message to one address, of one notice or of all that waited for the same hour."""

    __tablename__ = "channel_deliveries"
    __table_args__ = (
        Index("ix_channel_deliveries_channel_id", "channel_id", "made_at"),
        Index("ix_channel_deliveries_due", "next_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("notice_channels.id", ondelete="CASCADE"))
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(comment="code of channel_models.DeliveryState")
    next_at: Mapped[datetime] = mapped_column(comment="not before; a lease while it is sent")
    attempts: Mapped[Small] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(comment="the error's name, never its text")
    done_at: Mapped[datetime | None]


class DeliveryItem(Base):
    """A notice goes by a channel once: that is the key."""

    __tablename__ = "channel_items"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("notice_channels.id", ondelete="CASCADE"), primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("channel_deliveries.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(comment="code of NoticeKind")
