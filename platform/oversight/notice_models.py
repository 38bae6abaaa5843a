"""Notices: one for each person and cause; and the rows of the routing that a tenant has switched off."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class Notice(Base):
    """Codes and ids only; words follow from the kind. Made by the worker alone (`make_notices`)."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("person_id", "cause"),
        Index("ix_notices_inbox", "person_id", "id"),
        Index("ix_notices_unread", "person_id", "id", postgresql_where=text("read_at is null")),
        Index("ix_notices_told", "told_by", "id", postgresql_where=text("told_by is not null")),
        Index("ix_notices_ends", "ends"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    cause: Mapped[str] = mapped_column(comment="names the fact itself, without anything personal")
    kind: Mapped[str] = mapped_column(comment="code of NoticeKind")
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    address: Mapped[str] = mapped_column(comment="path of the page to open; empty = the case's")
    office_id: Mapped[int | None] = mapped_column(
        ForeignKey("offices.id"), comment="of the post by which the person hears of it"
    )
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("posts.id"), comment="null = told by name")
    told_by: Mapped[UUID | None] = mapped_column(comment="whose act it was; sees the receipts")
    made_at: Mapped[datetime]
    ends: Mapped[datetime] = mapped_column(comment="when it is of no use any more")
    read_at: Mapped[datetime | None]


class NoticeSwitch(Base):
    """A tenant's own word on one row of the routing, for its own offices."""

    __tablename__ = "notice_switches"

    tenant_id: Mapped[int] = mapped_column(
        ForeignKey("tenants.id"), primary_key=True, comment="whose own offices no longer hear of it"
    )
    route: Mapped[str] = mapped_column(primary_key=True, comment="Route.code of oversight.notice_routes")
    is_off: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID]
