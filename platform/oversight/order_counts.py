"""How many orders stand, are overdue and are over, for each tenant of their cases' custody: kept by the database."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class OrderCount(Base):
    """One row for a tenant, a kind and where its orders stand; noted by a trigger and added before the commit."""

    __tablename__ = "order_counts"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True, comment="code of models.OrderKind")
    standing: Mapped[str] = mapped_column(
        primary_key=True, comment="code of models.OrderState, or overdue: those of open that are"
    )
    cases: Mapped[int] = mapped_column(comment="how many orders")
