"""Supervision orders and warnings."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base


class OrderKind(Choice):
    """Kinds that are kept apart (domain.md 13.1-4); the issuer's office decides which. The first two are one in law
    (六(一)): the leading group's office over its own house, and a tier above over a workroom's case."""

    BUSINESS = "business", N_("领导小组办公室挂牌督办")
    OVERSEEING = "overseeing", N_("上级督办")
    UNIT = "unit", N_("信访部门督办责任单位")
    JOINT = "joint", N_("联席会议挂牌督办")


class OrderGround(Choice):
    OVERDUE = "overdue", N_("超过办理期限")
    SHUFFLING = "shuffling", N_("推诿、敷衍、拖延")
    NO_CONSENT = "no_consent", N_("违反自愿原则")
    MAJOR = "major", N_("重大疑难复杂，限时化解")
    COMPLAINT = "complaint", N_("当事人投诉")
    LEADERSHIP = "leadership", N_("未履行信访工作职责（条例第39条第三款）")
    NO_SUPERIOR = "no_superior", N_("没有共同上级，需协调管辖（条例第24条）")


class UrgingGround(Choice):
    """信访工作条例 40(1): what a unit is urged for; never the workroom."""

    PROCEDURE = "procedure", N_("违反信访工作规定受理、办理")
    SHUFFLING = "shuffling", N_("推诿、敷衍、拖延")
    FALSEHOOD = "falsehood", N_("弄虚作假")
    DEFIANCE = "defiance", N_("拒不执行处理意见")


JOINT_GROUNDS = frozenset({OrderGround.LEADERSHIP, OrderGround.NO_SUPERIOR})
"""The joint conference's own (domain.md 13.1-4, -6); nobody else orders on them, and it on no others."""


class OrderState(Choice):
    OPEN = "open", N_("督办中")
    REPLIED = "replied", N_("已回复，待销号")
    STRUCK_OFF = "struck_off", N_("已销号")
    LEFT = "left", N_("案件已移出督办范围，督办终止")


def _tier_indexes() -> list[Index]:
    """For the board of each tier: what stands by its deadline, what is over by its end."""
    tiers = ("province", "prefecture", "county", "township")
    return [
        *(
            Index(
                f"ix_supervision_orders_{tier}",
                f"{tier}_id",
                "deadline",
                "id",
                postgresql_where=text("struck_off_at is null"),
            )
            for tier in tiers
        ),
        *(
            Index(
                f"ix_supervision_orders_{tier}_over",
                f"{tier}_id",
                "struck_off_at",
                "id",
                postgresql_where=text("struck_off_at is not null"),
            )
            for tier in tiers
        ),
    ]


class Order(Base):
    """督办单. Listed across cases, so it carries the case's custody (decisions.md 5)."""

    __tablename__ = "supervision_orders"
    __table_args__ = (
        Index("ix_supervision_orders_case", "case_id"),
        Index(
            "ix_supervision_orders_issuer",
            "issuer_office_id",
            "deadline",
            postgresql_where=text("struck_off_at is null"),
        ),
        *_tier_indexes(),
        Index("ix_supervision_orders_matter", "matter_id", postgresql_where=text("matter_id is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    ground: Mapped[str]
    requirements: Mapped[str] = mapped_column(Sealed("supervision_orders.requirements"))
    contact: Mapped[str]
    deadline: Mapped[datetime]
    state: Mapped[str]
    urged: Mapped[int]
    issuer_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    issuer_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    struck_off_at: Mapped[datetime | None]
    strike_off_proof: Mapped[str | None]
    unit: Mapped[str | None] = mapped_column(comment="the unit that is urged, never a person; only of kind unit")
    matter_id: Mapped[UUID | None] = mapped_column(ForeignKey("supervision_matters.id"), comment="of many cases")
    asked_deadline: Mapped[datetime | None] = mapped_column(comment="the holder asks for it; null = nothing is asked")
    overdue_at: Mapped[datetime | None] = mapped_column(comment="when the deadlines job found it overdue")
    province_id: Mapped[int]
    prefecture_id: Mapped[int | None]
    county_id: Mapped[int | None]
    township_id: Mapped[int | None]


class OrderExtension(Base):
    """One extension of an order's own deadline; no term of the law moves with it (domain.md 13.1-2)."""

    __tablename__ = "order_extensions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("supervision_orders.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    before: Mapped[datetime]
    after: Mapped[datetime]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class CaseWarning(Base):
    """预警 (N6): dispute, place, what help is needed, until when; never a person."""

    __tablename__ = "warnings"
    __table_args__ = (
        Index("ix_warnings_receiver", "receiver_office_id", "ends_at"),
        Index("ix_warnings_receipt_due", "receipt_due_at", postgresql_where=text("watched_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    receiver_office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    police: Mapped[bool] = mapped_column(comment="only on the ground of 人民调解法 25")
    help_needed: Mapped[str]
    founding_fact: Mapped[str | None] = mapped_column(Sealed("warnings.founding_fact"))
    ends_at: Mapped[datetime]
    occasion: Mapped[str | None] = mapped_column(comment="by rule: refused | failed; null = a person's own decision")
    rule_id: Mapped[UUID | None] = mapped_column(ForeignKey("warning_rules.id"))
    receipt_due_at: Mapped[datetime | None] = mapped_column(comment="null = nobody to receive it, or an old one")
    watched_at: Mapped[datetime | None] = mapped_column(comment="when the job has looked whether it was received")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
