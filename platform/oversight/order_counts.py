"""How many orders stand, are overdue and are over, for each tenant of their cases' custody: kept by the database."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class OrderCount(Base):
    """One row for a tenant and a kind, below whom the cases are; written by a trigger on the orders."""

    __tablename__ = "order_counts"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True, comment="code of models.OrderKind")
    open: Mapped[int]
    replied: Mapped[int]
    overdue: Mapped[int]
    struck_off: Mapped[int]
    left: Mapped[int]
