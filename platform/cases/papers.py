"""Papers (文书): every record, notice, minute and deed of a case, typed by kind, its content sealed.

A paper's kind names its field group; the gate decides who reads that group. Once issued it never changes.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.cipher import Sealed
from foundation.model import Base


class Group(StrEnum):
    """Field groups of rules.md; FINAL is O#: readable by overseers and, when addressed to it, by the sender."""

    STATEMENT = "statement"
    OPINION = "opinion"
    FINAL = "final"
    MONEY = "money"
    NOTES = "notes"


CONTENT = "papers.content"
"""For which the words of a paper are sealed."""

WITHHELD = ("order_reply", "dossier_list")
"""Final for overseers and the archive; no party reads them (0003_records)."""

BOTH_SIDES = frozenset(
    {
        *("rights_notice", "deed", "deed_signed", "team", "extension", "agreement", "performance_urged"),
        *("termination", "guided_elsewhere", "closing_report", "transfer_notice", "delegation_notice"),
        *("recusal_decision", "division_notice"),
    }
)
"""One copy that the other side reads too (0029_parties, 0043_tree_plans): no last day of a petitioner's own (N3b)."""


class PaperKind(Struct, frozen=True):
    """`title` is a msgid; `dossier_item` the number of its item in the dossier (domain.md 3.3)."""

    code: str
    title: str
    group: Group
    dossier_item: int | None = None
    form: type[Struct] | None = None
    """The form whose field titles the print view shows; None where the content is not a form's own."""

    @property
    def for_parties(self) -> bool:
        """A petitioner may read it, so it speaks of the remedies and the free helpers (N11)."""
        return self.group in (Group.STATEMENT, Group.FINAL) and self.code not in WITHHELD

    @property
    def for_both_sides(self) -> bool:
        return self.code in BOTH_SIDES


class Paper(Base):
    __tablename__ = "papers"
    __table_args__ = (Index("ix_papers_case", "case_id", "issued_at"), UniqueConstraint("number"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    field_group: Mapped[str]
    number: Mapped[str | None]
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"), comment="addressed to one party")
    content: Mapped[dict[str, Any]] = mapped_column(Sealed(CONTENT))
    sha256: Mapped[bytes] = mapped_column(LargeBinary, comment="of the canonical JSON content")
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID]
    received_at: Mapped[datetime | None] = mapped_column(comment="receipt by the addressee")
    recorded_at: Mapped[datetime]


class Note(Base):
    """An internal note: never leaves the holder's own people; allowed while a handover is pending."""

    __tablename__ = "notes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    text: Mapped[str] = mapped_column(Sealed("notes.text"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
