"""What became of suitable cases, counted for goals (三, N7): performed, in time, satisfied, withdrawn under complaint.

A mark is a fact of one accepted case, kept by triggers; the counter is by who accepted it and in which month, so that
year beside year stays comparable whatever is handed over later. How many were settled stands in `acceptance_counts`.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class GoalMark(Base):
    """Nobody reads it but the counting: the application's role has no right to it."""

    __tablename__ = "goal_marks"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[int]
    accepted_month: Mapped[date] = mapped_column(primary_key=True)


class GoalCount(Base):
    __tablename__ = "goal_counts"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    accepted_month: Mapped[date] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    cases: Mapped[int]
