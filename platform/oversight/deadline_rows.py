"""When the deadlines job looks at what next: one row for each thing that has a day and still runs.

The database keeps the rows by triggers (migration 0059), whoever writes the thing: an act, a plan of the tree, a load.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class Deadline(Base):
    """A new or moved deadline is looked at well before any warning could be due; that look reckons the next."""

    __tablename__ = "deadlines"
    __table_args__ = (Index("ix_deadlines_look", "look_at"),)

    source: Mapped[str] = mapped_column(primary_key=True, comment="the table")
    row_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), comment="null = of no one case")
    office_id: Mapped[int | None] = mapped_column(
        ForeignKey("offices.id"), comment="who has to do it, where nothing more need be known"
    )
    due_at: Mapped[datetime]
    look_at: Mapped[datetime]
    taken: Mapped[int] = mapped_column(SmallInteger, comment="how many of its steps have been taken")
