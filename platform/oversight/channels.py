"""A person's own channels outside of the pages: by which one hears that there are notices, never what they say."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base, Small


class ChannelKind(Choice):
    MAIL = "mail", N_("电子邮件")
    SMS = "sms", N_("短信")


class NoticeChannel(Base):
    """One of a kind for each person. Only the person and the job that sends can see it."""

    __tablename__ = "notice_channels"
    __table_args__ = (UniqueConstraint("person_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(comment="code of channels.ChannelKind")
    address: Mapped[str] = mapped_column(Sealed("notice_channels.address"))
    language: Mapped[str] = mapped_column(comment="zh | en: in which its owner reads")
    made_at: Mapped[datetime]
    verified_at: Mapped[datetime | None] = mapped_column(comment="null: nothing but a code goes")
    code: Mapped[str | None] = mapped_column(Sealed("notice_channels.code"), comment="null = none is waited for")
    code_ends_at: Mapped[datetime | None]
    code_tries: Mapped[Small] = mapped_column(default=0, comment="wrong ones since it was made")
    switched_on: Mapped[bool]
    urgent_only: Mapped[bool]
    muted: Mapped[list[str]] = mapped_column(ARRAY(String), comment="codes of NoticeKind")
    quiet_from: Mapped[Small | None] = mapped_column(comment="hour in Yunnan; null = no quiet hours")
    quiet_until: Mapped[Small | None] = mapped_column(comment="hour in Yunnan")
    digest_hour: Mapped[Small | None] = mapped_column(comment="hour in Yunnan; null = each at once")


IN_USE = (NoticeChannel.switched_on, NoticeChannel.verified_at.is_not(None))


async def wanted(session: AsyncSession, person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these persons hear of notices by some channel; asked in the scope of a system subject."""
    found = await session.scalars(
        select(NoticeChannel.person_id).where(NoticeChannel.person_id.in_(person_ids), *IN_USE)
    )
    return frozenset(found)
