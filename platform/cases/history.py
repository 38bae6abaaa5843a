"""Rows that are the case's history: events with an audience, and its legal timers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class Audience(StrEnum):
    """Who reads an event in the timeline; each kind includes those before it."""

    WORKROOM = "workroom"
    """Who reads the workroom's own notes."""
    INTERNAL = "internal"
    """Also the tiers that oversee, and former holders up to their handover."""
    PARTIES = "parties"
    """Also petitioners on their own page, and the other side once it has consented."""


class Event(Base):
    """What was done. `data` holds codes, numbers and ids only; the page words it through the catalogue."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_case", "case_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    recorded_at: Mapped[datetime]
    act: Mapped[str] = mapped_column(comment="name of the act, as the catalogue of acts has it")
    audience: Mapped[str] = mapped_column(comment="internal | parties")
    step: Mapped[int]
    state: Mapped[str]
    actor_id: Mapped[UUID | None]
    system: Mapped[str | None]
    post_id: Mapped[UUID | None]
    office_id: Mapped[int | None]
    tenant_id: Mapped[int | None]
    data: Mapped[dict[str, Any]]


class Timer(Base):
    """One running term. Only the mediation clock may pause (domain.md 13.1-3); the remedy clock never does."""

    __tablename__ = "timers"
    __table_args__ = (
        Index("ix_timers_case", "case_id"),
        Index("ix_timers_due", "due_at", postgresql_where=text("done_at is null and paused_at is null")),
        Index(
            "ix_timers_unmarked",
            "due_at",
            postgresql_where=text("done_at is null and paused_at is null and overdue_at is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(comment="code of cases.timers: mediation, petition_notice, remedy, …")
    source: Mapped[str] = mapped_column(comment="article of law")
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    agreed_on: Mapped[date | None] = mapped_column(comment="the day set by the parties or a paper; null = reckoned")
    paused_days: Mapped[int] = mapped_column(SmallInteger, server_default="0", comment="whole days the clock stood")
    extended_days: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    paused_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None] = mapped_column(comment="when the deadlines job found it run out; marked once")
    recorded_at: Mapped[datetime]
