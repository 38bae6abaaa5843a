"""Counters of cases per holder tenant and per place, leaf by leaf; triggers on cases keep them (decisions.md 17).

Sums along the tree are made when read: a counter of the province would make every registration wait for the others.
`ending`: settled (an agreement in writing or by word), refused, or empty.
"""

from datetime import date

from sqlalchemy import ARRAY, BigInteger, Identity, SmallInteger, String, text
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


class CountChange(Base):
    """What a transaction has to add to a counter: written at once, added up and removed just before it commits."""

    __tablename__ = "count_changes"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    transaction_id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, server_default=text("pg_current_xact_id()::text::bigint")
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    counter: Mapped[str] = mapped_column(comment="the table")
    key: Mapped[list[str]] = mapped_column(ARRAY(String), comment="its primary key, in order")
    cases: Mapped[int] = mapped_column(comment="to be added")
    days: Mapped[int] = mapped_column(server_default="0", comment="to be added")
