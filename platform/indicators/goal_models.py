"""What a goal may be about. The list is closed, here and in the database: nothing about petitions stands in it (N7)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base


class Measure(Choice):
    """Each a share of suitable cases; the last one is to stay low."""

    SETTLED = "settled", N_("达成调解协议的比例")
    PERFORMED = "performed", N_("协议履行的比例")
    IN_TIME = "in_time", N_("在期限内达成协议的比例")
    SATISFIED = "satisfied", N_("回访满意的比例")
    WITHDRAWN = "withdrawn", N_("有投诉而退出调解的比例（越低越好）")


LOW = frozenset({Measure.WITHDRAWN})
OF_SETTLED = frozenset({Measure.PERFORMED, Measure.IN_TIME, Measure.SATISFIED})
"""Shares of what was settled; the others are shares of all that was accepted."""
CLOSED_LIST = ", ".join(f"'{one.value}'" for one in Measure)


class Goal(Base):
    """A share in percent that a tenant wants to reach in a year, beside what it was in the baseline year."""

    __tablename__ = "goals"
    __table_args__ = (
        CheckConstraint(f"measure in ({CLOSED_LIST})", "measure"),
        CheckConstraint("target between 0 and 100", "target"),
        CheckConstraint("baseline_year < year", "years"),
        Index(
            "uq_goals_standing", "tenant_id", "year", "measure", unique=True, postgresql_where=text("ended_at is null")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    measure: Mapped[str]
    baseline_year: Mapped[int]
    year: Mapped[int]
    target: Mapped[int] = mapped_column(comment="percent")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    ended_at: Mapped[datetime | None] = mapped_column(comment="another goal stands in its place")
