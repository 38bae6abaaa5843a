"""督办事项: a named matter that one order of its issuer is about. It gathers cases; each has its own progress.

A joint conference's order on a leadership need not rest on a case (信访工作条例 39(3)): then it has none.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base
from oversight.models import OrderGround


class Matter(Base):
    """Its deadline, its contact and its requirements are those of every order in it."""

    __tablename__ = "supervision_matters"
    __table_args__ = (
        Index("ix_supervision_matters_issuer", "issuer_office_id", "deadline"),
        Index(
            "ix_supervision_matters_addressee", "addressee_tenant_id", postgresql_where=text("struck_off_at is null")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(comment="code of models.OrderKind")
    ground: Mapped[str] = mapped_column(comment="code of models.OrderGround")
    requirements: Mapped[str] = mapped_column(Sealed("supervision_matters.requirements"))
    contact: Mapped[str]
    deadline: Mapped[datetime]
    addressee_tenant_id: Mapped[int | None] = mapped_column(
        ForeignKey("tenants.id"), comment="whose leadership is supervised; only of a joint conference's"
    )
    issuer_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    issuer_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    replied_at: Mapped[datetime | None]
    struck_off_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None] = mapped_column(comment="when the deadlines job found it overdue")


class MatterDeed(Choice):
    URGED = "urged", N_("催办")
    REPLIED = "replied", N_("登记书面回复")
    EXTENDED = "extended", N_("延长期限")
    REFUSED = "refused", N_("不予销号")
    STRUCK_OFF = "struck_off", N_("整体销号")


def deeds_open(matter: Matter) -> tuple[MatterDeed, ...]:
    """What may be chosen: only whoever is addressed as a leadership answers as a whole."""
    answered = matter.replied_at is not None
    closed = {
        MatterDeed.REPLIED: matter.addressee_tenant_id is None,
        MatterDeed.REFUSED: not answered,
        MatterDeed.STRUCK_OFF: matter.addressee_tenant_id is not None and not answered,
    }
    return tuple(deed for deed in MatterDeed if not closed.get(deed))


class MatterEntry(Base):
    """What its issuer did with the matter as a whole."""

    __tablename__ = "matter_entries"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    matter_id: Mapped[UUID] = mapped_column(ForeignKey("supervision_matters.id"), index=True)
    deed: Mapped[str] = mapped_column(comment="code of matter_models.MatterDeed")
    words: Mapped[str | None] = mapped_column(Sealed("matter_entries.words"))
    deadline: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class MatterForm(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(title=N_("事项名称"), description=N_("不写个人姓名"), min_length=2, max_length=120)]
    ground: Annotated[OrderGround, Meta(title=N_("督办理由"))]
    requirements: Annotated[
        str, Meta(title=N_("督办要求"), min_length=2, max_length=2000, extra={"widget": "textarea"})
    ]
    deadline: Annotated[date, Meta(title=N_("办结期限"))]
    contact: Annotated[str, Meta(title=N_("联系处室"), min_length=2, max_length=120)]
    numbers: Annotated[
        str,
        Meta(
            title=N_("案件"),
            description=N_("登记号或案号，每行一个；督办领导班子的可不填"),
            max_length=4000,
            extra={"widget": "textarea"},
        ),
    ] = ""
    addressee: Annotated[
        str, Meta(title=N_("被督办地区"), description=N_("行政区划代码；仅联席会议督办领导班子时填写"), max_length=12)
    ] = ""


class GatherForm(Struct, frozen=True, kw_only=True):
    numbers: Annotated[
        str,
        Meta(
            title=N_("加入案件"),
            description=N_("登记号或案号，每行一个"),
            min_length=2,
            max_length=4000,
            extra={"widget": "textarea"},
        ),
    ]


class DeedForm(Struct, frozen=True, kw_only=True):
    deed: Annotated[MatterDeed, Meta(title=N_("办理"))]
    words: Annotated[str, Meta(title=N_("依据或理由"), min_length=2, max_length=2000, extra={"widget": "textarea"})]
    deadline: Annotated[date, Meta(title=N_("新的期限"), description=N_("仅延长期限时填写"))] | None = None
