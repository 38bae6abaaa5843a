"""Objects (物证) and the chain of their custody: from whom received, then each hand into which they went.

A link names the receiver alone: who gives is the receiver of the link before, so that no gap can be written.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base


class Change(Choice):
    RECEIVED = "received", N_("接收")
    TRANSFERRED = "transferred", N_("移交")
    RETURNED = "returned", N_("返还")
    DISPOSED = "disposed", N_("处置")


FINAL = frozenset({Change.RETURNED, Change.DISPOSED})
"""After these there is no further link."""


class Exhibit(Base):
    """One object; whom it came from is a party, or somebody by name."""

    __tablename__ = "exhibits"
    __table_args__ = (UniqueConstraint("case_id", "ordinal"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(Sealed("exhibits.name"))
    marks: Mapped[str | None] = mapped_column(Sealed("exhibits.marks"), comment="how it is told from others; damage")
    from_party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"))
    from_name: Mapped[str | None] = mapped_column(Sealed("exhibits.from_name"), comment="when it came from no party")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class CustodyLink(Base):
    """Into whose hands: one of us, a party, or somebody outside. Never altered, never removed."""

    __tablename__ = "custody_links"
    __table_args__ = (
        UniqueConstraint("exhibit_id", "ordinal"),
        Index("ix_custody_links_case", "case_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    exhibit_id: Mapped[UUID] = mapped_column(ForeignKey("exhibits.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    change: Mapped[str] = mapped_column(comment="codes of dossiers.objects.Change")
    to_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    to_party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"))
    to_name: Mapped[str | None] = mapped_column(Sealed("custody_links.to_name"))
    kept_at: Mapped[str | None] = mapped_column(Sealed("custody_links.kept_at"), comment="where it lies from now on")
    reason: Mapped[str | None] = mapped_column(Sealed("custody_links.reason"))
    moved_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
