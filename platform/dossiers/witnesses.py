"""Witnesses: who said it stands apart from what was said, sealed, and masked like a party (N4)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.cipher import Sealed
from foundation.model import Base


class Witness(Base):
    """One testimony's witness. The paper calls them by number alone."""

    __tablename__ = "witnesses"
    __table_args__ = (UniqueConstraint("case_id", "ordinal"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(Sealed("witnesses.name"))
    identity: Mapped[dict[str, Any]] = mapped_column(Sealed("witnesses.identity"), comment="id_number")
    contact: Mapped[dict[str, Any]] = mapped_column(Sealed("witnesses.contact"), comment="telephone, address")
    checked_by: Mapped[str] = mapped_column(comment="codes of dossiers.testimony.Checked")
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("papers.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
