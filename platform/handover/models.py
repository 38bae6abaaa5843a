"""An offer of custody, and a right lent for a term."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Identity, Index, Integer, String, false, text
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
    REORGANISED = "reorganised", N_("组织区划调整，移交终止")


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


FITTING: Mapping[Reason, frozenset[Direction]] = {
    Reason.MAJOR: frozenset({Direction.UP, Direction.CROSS}),
    Reason.COMPANY: frozenset({Direction.UP, Direction.SIDEWAYS, Direction.CROSS}),
    Reason.CONFLICT: frozenset({Direction.UP}),
    Reason.RECUSED: frozenset({Direction.UP}),
    Reason.NEAR: frozenset({Direction.DOWN, Direction.SIDEWAYS, Direction.CROSS}),
    Reason.PROFESSIONAL: frozenset({Direction.CROSS}),
}
"""In which directions a reason can be true; those not named fit all, or have a check of their own (green lane)."""


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
    held_since: Mapped[datetime | None] = mapped_column(comment="since when the sender held the case: by the database")


class DisputeGround(Choice):
    """What makes the superior decide."""

    RETURNED = "returned", N_("对方退回，承办单位不同意")
    FORMER = "former", N_("拟退回原承办单位")
    LIMIT = "limit", N_("移交次数已达上限")


class Stance(Choice):
    """Who is to hold the case, as one of the two sees it: both may want it, or neither."""

    OURS = "ours", N_("应由本单位承办")
    THEIRS = "theirs", N_("应由对方承办")


class ClaimReason(Choice):
    """Why; a code, so that a claim can hold nothing personal."""

    PLACE = "place", N_("纠纷发生地")
    UNIT = "unit", N_("被访单位所在地或者管辖")
    LEVEL = "level", N_("超出本级权限或者能力")
    TRADE = "trade", N_("行业性、专业性强")
    LINKED = "linked", N_("与正在办理的纠纷相关联")
    NEAR = "near", N_("当事人就近，便于调解")


class HolderDispute(Base):
    """Two offices, each with its stand; the holder's by its claim, the other's by its return and its own claim."""

    __tablename__ = "holder_disputes"
    __table_args__ = (
        Index("ix_holder_disputes_case", "case_id"),
        Index("ix_holder_disputes_open", "case_id", unique=True, postgresql_where=text("decided_at is null")),
        Index(
            "ix_holder_disputes_decider", "decider_tenant_id", "decide_by", postgresql_where=text("decided_at is null")
        ),
        Index("ix_holder_disputes_other", "other_office_id", postgresql_where=text("decided_at is null")),
        Index(
            "ix_holder_disputes_conference", "conference_tenant_id", "decide_by",
            postgresql_where=text("decided_at is null"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    ground: Mapped[str] = mapped_column(server_default="returned", comment="codes of models.DisputeGround")
    offer_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("handover_offers.id"), comment="the offer that was returned; null = none was, the ground is another"
    )
    holder_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    holder_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    other_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    other_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    decider_tenant_id: Mapped[int | None] = mapped_column(
        ForeignKey("tenants.id"),
        comment="the nearest common superior; null = none, the conference coordinates",
    )
    conference_tenant_id: Mapped[int | None] = mapped_column(
        ForeignKey("tenants.id"), comment="whose joint conference coordinates what is overdue or has no superior"
    )
    stance: Mapped[str | None] = mapped_column(comment="the holder's: codes of models.Stance")
    claim_reason: Mapped[str | None] = mapped_column(comment="the holder's: codes of models.ClaimReason")
    proof: Mapped[str | None] = mapped_column(comment="the paper that proves the claim, by name and number")
    other_stance: Mapped[str | None]
    other_reason: Mapped[str | None]
    other_proof: Mapped[str | None] = mapped_column(comment="as the holder's")
    other_stated_at: Mapped[datetime | None]
    other_stated_by: Mapped[UUID | None]
    decide_by: Mapped[date]
    held_since: Mapped[datetime | None] = mapped_column(comment="since when the holder held the case: by the database")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    named_office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    direction: Mapped[str | None] = mapped_column(comment="in which the naming moved the case; null = it moved none")
    reason: Mapped[str | None] = mapped_column(comment="why that office; no personal data")
    minutes_no: Mapped[str | None] = mapped_column(comment="of the conference that coordinated; null = named")
    held_on: Mapped[date | None] = mapped_column(comment="the day of that conference")


class AssistEnd(Choice):
    """Why a right that was lent ended before its day."""

    REVOKED = "revoked", N_("已收回")
    CUSTODY = "custody", N_("案件已移出")
    GIVEN_BACK = "given_back", N_("协办方已退出")


class Assistance(Base):
    """协办: custody stays; a person or an office gets a narrower right until a day."""

    __tablename__ = "assistances"
    __table_args__ = (CheckConstraint("(person_id is null) <> (office_id is null)", "person_or_office"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    role: Mapped[str]
    actions: Mapped[list[str] | None] = mapped_column(ARRAY(String), comment="lent by name; null = all of the role")
    purpose: Mapped[str]
    since: Mapped[datetime | None] = mapped_column(comment="null = as recorded")
    until: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    end_cause: Mapped[str | None] = mapped_column(comment="codes of models.AssistEnd")
    end_reason: Mapped[str | None]


class CommitteeSponsor(Base):
    """Who has set up a committee of a trade: it takes no case in which that unit is concerned (rules.md, refusal 6)."""

    __tablename__ = "committee_sponsors"
    __table_args__ = (Index("uq_committee_sponsors_name", "office_id", "name", unique=True),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(comment="whose committee it is")
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    name: Mapped[str]
    uscc: Mapped[str | None] = mapped_column(comment="统一社会信用代码")


class Loop(Choice):
    """A case that came back to who had it before, though nobody's plan for the tree put it there."""

    PING_PONG = "ping_pong", N_("退回上一承办单位")
    CYCLE = "cycle", N_("辗转后又回到原承办单位")


class CustodyLoop(Base):
    """Found by the database with the move that closes the loop; shown to the holder and to the tiers above."""

    __tablename__ = "custody_loops"
    __table_args__ = (Index("ix_custody_loops_tenant", "from_tenant_id", "recorded_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="of the move that closed it")
    kind: Mapped[str]
    path: Mapped[list[int]] = mapped_column(ARRAY(Integer), comment="offices from its first holder round to it again")
    from_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="who passed it back")
    recorded_at: Mapped[datetime]


class PassedCount(Base):
    """What a tenant's offices passed on, by the month it was decided; triggers keep it, `recount` checks it."""

    __tablename__ = "passed_counts"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    direction: Mapped[str] = mapped_column(primary_key=True, comment="of an offer; named; loop")
    reason: Mapped[str] = mapped_column(primary_key=True, comment="of the offer, the dispute's ground, the loop's kind")
    outcome: Mapped[str] = mapped_column(primary_key=True, comment="the offer's state; named, kept; looped")
    cases: Mapped[int]
    days: Mapped[int] = mapped_column(comment="that they had been held when they left")
