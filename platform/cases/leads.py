"""线索 (四(一), 四(二)): what another system or a contact point says of a dispute, before anybody has applied.

A fact of a dispute with its source and purpose; nobody is named in it (15a). Who applies is registered by 接谈.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base


class Screened(Choice):
    """What became of it (四(二): 收集、分流、调处)."""

    SETTLED = "settled", N_("当场化解")
    REGISTERED = "registered", N_("当事人申请，已接谈登记")
    DIVERTED = "diverted", N_("分流到其他机构、其他途径")
    UNFOUNDED = "unfounded", N_("经核实没有纠纷")


OPEN = "open"


class Lead(Base):
    """Discovery, handling and reporting (14) side by side: three instants of one row."""

    __tablename__ = "leads"
    __table_args__ = (
        UniqueConstraint("tenant_id", "platform", "number"),
        Index("ix_leads_found", "tenant_id", "found_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), comment="which received it")
    platform: Mapped[str] = mapped_column(comment="the system or office that sent it")
    number: Mapped[str] = mapped_column(comment="the sender's own: sent again, it is known")
    purpose: Mapped[str] = mapped_column(comment="what it was sent for (个人信息保护法 6)")
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    dispute_type: Mapped[int] = mapped_column(SmallInteger)
    facts: Mapped[str] = mapped_column(Sealed("leads.facts"))
    found_at: Mapped[datetime] = mapped_column(comment="第一时间发现")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    status: Mapped[str] = mapped_column(comment="open | codes of cases.leads.Screened")
    handled_at: Mapped[datetime | None] = mapped_column(comment="第一时间处置")
    handled_by: Mapped[UUID | None]
    reported_at: Mapped[datetime | None] = mapped_column(comment="第一时间上报")
    organ: Mapped[str | None] = mapped_column(comment="to which it was diverted or reported")
    registration_no: Mapped[str | None] = mapped_column(comment="of the case that was registered")
