"""What was accepted in a month by whom: a figure of its time; no handover and no change of the tree moves it."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class AcceptanceCount(Base):
    """Cases by the tenant that held them when they were accepted, and what became of them; triggers on cases keep them.

    `suitable_counts` beside it follows the present holder, who has to look after what still waits.
    """

    __tablename__ = "acceptance_counts"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    accepted_month: Mapped[date] = mapped_column(primary_key=True)
    ending: Mapped[str] = mapped_column(primary_key=True)
    cases: Mapped[int]
