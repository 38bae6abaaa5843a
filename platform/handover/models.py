"""An offer of custody, and a right lent for a term."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base


class Direction(Choice):
    UP = "up", N_("上提")
    DOWN = "down", N_("下交")
    SIDEWAYS = "sideways", N_("平级")
    CROSS = "cross", N_("跨部门")


class OfferState(Choice):
    OPEN = "open", N_("待对方答复")
    ACCEPTED = "accepted", N_("已接收")
    RETURNED = "returned", N_("已退回")
    WITHDRAWN = "withdrawn", N_("已撤回")
    EXPIRED = "expired", N_("逾期未答复，已失效")
    OVERRULED = "overruled", N_("共同上级已指定，移交终止")


class Reason(Choice):
    """Why a case is offered; a code, so that a preview can hold nothing personal."""

    MAJOR = "major", N_("重大疑难复杂，超出本级能力")
    COMPANY = "company", N_("涉及企业或跨区域单位，本级调委会不适宜")
    CONFLICT = "conflict", N_("本级机关为涉事单位，应当上提")
    JURISDICTION = "jurisdiction", N_("属对方管辖")
    RECUSED = "recused", N_("本单位负责人均须回避，应当上提")
    NEAR = "near", N_("就地调解更为适宜")
    PROFESSIONAL = "professional", N_("需行业性专业性调解组织办理")
    GREEN_LANE = "green_lane", N_("行业性专业性纠纷绿色通道（3日内答复）")


class Purpose(Choice):
    """What the receiver is to do with the case and its data (个人信息保护法 23); a code, as the reason is."""

    WHOLE = "whole", N_("承接全案，依法办理")
    ASSESS = "assess", N_("审查是否受理，适宜的依法调解")
    MEDIATE = "mediate", N_("组织调解至有结果")
    FOLLOW = "follow", N_("监督协议履行、回访和救助")


class ReturnReason(Choice):
    """Every return names its reason from this list, with proof."""

    LOCAL = "local", N_("民事诉求，按属地由原单位办理")
    NOT_OURS = "not_ours", N_("不属本单位管辖")
    CONFLICT = "conflict", N_("本单位有利害关系")
    INCOMPLETE = "incomplete", N_("移交材料不全")


class HandoverOffer(Base):
    __tablename__ = "handover_offers"
    __table_args__ = (
        Index("ix_handover_offers_open", "case_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_handover_offers_inbox", "to_office_id", "recorded_at", postgresql_where=text("state = 'open'")),
        Index("ix_handover_offers_case", "case_id", "recorded_at"),
        Index("ix_handover_offers_outbox", "from_office_id", "recorded_at", postgresql_where=text("state = 'open'")),
        Index(
            "ix_handover_offers_sent", "from_office_id", "decided_at", "id", postgresql_where=text("state <> 'open'")
        ),
        Index(
            "ix_handover_offers_received", "to_office_id", "decided_at", "id", postgresql_where=text("state <> 'open'")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    direction: Mapped[str]
    from_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    from_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    to_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    to_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    reason: Mapped[str]
    to_person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("persons.id"), comment="asked for by name; the office may answer all the same"
    )
    purpose: Mapped[str] = mapped_column(server_default="whole", comment="codes of models.Purpose")
    done_by: Mapped[date | None] = mapped_column(comment="by when the sender asks that the work be done")
    funding: Mapped[dict[str, Any] | None] = mapped_column(comment="totals per tenant at the offer, no persons")
    answer_by: Mapped[datetime | None] = mapped_column(comment="the day the sender asks for")
    forced: Mapped[bool] = mapped_column(
        server_default=false(), comment="by a conflict of interest: not withdrawn, not returned, never lapses"
    )
    state: Mapped[str]
    offered_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    return_proof: Mapped[str | None] = mapped_column(comment="the paper that proves the reason, by name and number")


class HolderDispute(Base):
    """`claim` and `proof` are the holder's; the other office's stand is its return, with reason and proof."""

    __tablename__ = "holder_disputes"
    __table_args__ = (
        Index("ix_holder_disputes_open", "case_id", unique=True, postgresql_where=text("decided_at is null")),
        Index(
            "ix_holder_disputes_decider", "decider_tenant_id", "decide_by", postgresql_where=text("decided_at is null")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("handover_offers.id"), comment="the offer that was returned")
    holder_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    holder_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    other_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    other_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    decider_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="the nearest common superior")
    proof: Mapped[str | None] = mapped_column(comment="the paper that proves the claim, by name and number")
    decide_by: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    named_office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    reason: Mapped[str | None] = mapped_column(comment="why that office; no personal data")


class Assistance(Base):
    """协办: custody stays; a named person gets a narrower right until a day."""

    __tablename__ = "assistances"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[str]
    purpose: Mapped[str]
    until: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
