"""Counters of cases per holder tenant and per place, leaf by leaf; triggers on cases keep them (decisions.md 17).

Sums along the tree are made when read: a counter of the province would make every registration wait for the others.
`ending`: settled (an agreement in writing or by word), refused, or empty.
"""

from datetime import date

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class TenantCount(Base):
    """Cases that the tenant's own offices hold."""

    __tablename__ = "tenant_counts"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(primary_key=True)
    ending: Mapped[str] = mapped_column(primary_key=True)
    cases: Mapped[int]


class DueCount(Base):
    """Open cases of the tenant whose nearest term ends on that day, by the calendar of Yunnan."""

    __tablename__ = "due_counts"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    cases: Mapped[int]


class PlaceCount(Base):
    """Disputes that arose at the place, whoever holds them (decisions.md 2)."""

    __tablename__ = "place_counts"

    place_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    dispute_type: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    ending: Mapped[str] = mapped_column(primary_key=True)
    cases: Mapped[int]
