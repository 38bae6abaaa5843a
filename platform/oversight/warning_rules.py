"""Who is warned by rule (五(二), N6): type of dispute and tier → kind of office, or an office by name; data by tenant.

The nearest tenant that has rules for the occasion says it for what it holds; where none on the way up has any, what
came with the program. Each row says what help is asked of that office. Effective-dated: a row is never changed.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, SmallInteger, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Option
from foundation import audit
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import FieldError, Forbidden, InvalidInput, NotFound, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from organisation.dispute_types import dispute_types
from oversight.warning_words import word_errors
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Tenant
from tenants.subject import Subject
from tenants.tiers import OFFICE_NAMES, OfficeKind, Tier


class Occasion(Choice):
    REFUSED = "refused", N_("案件不予受理")
    FAILED = "failed", N_("调解不成、终止")


class AreaTier(Choice):
    """Of the offices, counted from the place of the dispute."""

    PREFECTURE = Tier.PREFECTURE.value, N_("州市")
    COUNTY = Tier.COUNTY.value, N_("县市区")
    TOWNSHIP = Tier.TOWNSHIP.value, N_("乡镇街道")


class Receiver(Choice):
    WORKROOM = OfficeKind.WORKROOM.value, OFFICE_NAMES[OfficeKind.WORKROOM]
    WINDOW = OfficeKind.WINDOW.value, OFFICE_NAMES[OfficeKind.WINDOW]
    JUSTICE_BUREAU = OfficeKind.JUSTICE_BUREAU.value, OFFICE_NAMES[OfficeKind.JUSTICE_BUREAU]
    PETITION_BUREAU = OfficeKind.PETITION_BUREAU.value, OFFICE_NAMES[OfficeKind.PETITION_BUREAU]
    LEADING_GROUP = OfficeKind.LEADING_GROUP.value, OFFICE_NAMES[OfficeKind.LEADING_GROUP]
    COMMITTEE = OfficeKind.COMMITTEE.value, OFFICE_NAMES[OfficeKind.COMMITTEE]


class WarningRule(Base):
    """In force from `valid_from` until the day before `valid_to`."""

    __tablename__ = "warning_rules"
    __table_args__ = (Index("ix_warning_rules_tenant", "tenant_id", "occasion", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    occasion: Mapped[str]
    dispute_type: Mapped[int | None] = mapped_column(SmallInteger, comment="null = of every type")
    tier: Mapped[str | None] = mapped_column(comment="of the place of the dispute; null = the office is named")
    office_kind: Mapped[str | None]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    help_needed: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class RuleForm(Struct, frozen=True, kw_only=True):
    occasion: Annotated[Occasion, Meta(title=N_("何时预警"))]
    dispute_type: (
        Annotated[int, Meta(title=N_("纠纷类型"), description=N_("不填为各类纠纷"), extra={"options": "dispute_types"})]
        | None
    ) = None
    tier: Annotated[AreaTier, Meta(title=N_("纠纷发生地的哪一级"))] | None = None
    office_kind: Annotated[Receiver, Meta(title=N_("哪一种机构"))] | None = None
    office_id: (
        Annotated[
            int,
            Meta(title=N_("指定的机构"), description=N_("不按种类时填写"), extra={"options": "offices_below"}),
        ]
        | None
    ) = None
    help_needed: Annotated[
        str, Meta(title=N_("请其提供的帮助"), min_length=2, max_length=500, extra={"widget": "textarea"})
    ]
    valid_from: Annotated[date, Meta(title=N_("自何日起执行"))]


class RuleEnd(Struct, frozen=True, kw_only=True):
    valid_to: Annotated[date, Meta(title=N_("自何日起不再执行"))]


class RuleView(Struct, frozen=True):
    """`own`: of the reader's tenant, which may end it. `office`: the one that is named, else empty."""

    id: UUID
    tenant: str
    own: bool
    occasion: str
    dispute_type: int | None
    tier: str | None
    office_kind: str | None
    office: str
    help_needed: str
    valid_from: date
    valid_to: date | None


async def rules_for(session: AsyncSession, subject: Subject) -> list[RuleView]:
    """Those of the own tenant and of all above it that are or will be in force; raises Forbidden."""
    gate.require_role(subject, Action.WARNING_RULE, Relation.NONE)
    own = await session.get_one(Tenant, subject.tenant_id)
    line = [one for one in (own.id, own.county_id, own.prefecture_id, own.province_id) if one is not None]
    today = local_date(instant(session))
    query = (
        select(WarningRule, Tenant.name, Office.name)
        .join(Tenant, Tenant.id == WarningRule.tenant_id)
        .outerjoin(Office, Office.id == WarningRule.office_id)
        .where(WarningRule.tenant_id.in_(line), or_(WarningRule.valid_to.is_(None), WarningRule.valid_to > today))
        .order_by(WarningRule.tenant_id.desc(), WarningRule.occasion, WarningRule.recorded_at)
    )
    rows = (await session.execute(query)).all()
    return [_view(row, tenant, office or "", own=row.tenant_id == own.id) for row, tenant, office in rows]


def _view(row: WarningRule, tenant: str, office: str, *, own: bool) -> RuleView:
    return RuleView(
        row.id, tenant, own, row.occasion, row.dispute_type, row.tier, row.office_kind, office, row.help_needed,
        row.valid_from, row.valid_to,
    )  # fmt: skip


async def add_rule(session: AsyncSession, subject: Subject, form: RuleForm) -> UUID:
    """Raises Forbidden; InvalidInput for a day gone by, no receiver or two, a foreign office, forbidden words."""
    gate.require_role(subject, Action.WARNING_RULE, Relation.NONE)
    if subject.tenant_id is None:
        raise Forbidden
    if errors := await _faults(session, subject, form):
        raise InvalidInput(*errors)
    now = instant(session)
    rule = WarningRule(
        id=new_id(now),
        tenant_id=subject.tenant_id,
        occasion=form.occasion.value,
        dispute_type=form.dispute_type,
        tier=None if form.tier is None else form.tier.value,
        office_kind=None if form.office_kind is None else form.office_kind.value,
        office_id=form.office_id,
        help_needed=form.help_needed,
        valid_from=form.valid_from,
        valid_to=None,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(rule)
    await session.flush()
    await _audited(session, subject, rule, "added")
    return rule.id


async def _faults(session: AsyncSession, subject: Subject, form: RuleForm) -> list[FieldError]:
    errors = word_errors("help_needed", form.help_needed)
    by_kind = form.tier is not None and form.office_kind is not None
    if by_kind is (form.office_id is not None) or (form.tier is None) is not (form.office_kind is None):
        errors.append(FieldError("office_kind", "one_receiver", N_("写明层级和机构种类，或者指定一个机构")))
    if form.office_id is not None and str(form.office_id) not in {
        o.value for o in await offices_below(session, subject)
    }:
        errors.append(FieldError("office_id", "not_a_choice", N_("请从所列项目中选择")))
    if form.dispute_type is not None and form.dispute_type not in {one.code for one in await dispute_types(session)}:
        errors.append(FieldError("dispute_type", "not_a_choice", N_("请从所列项目中选择")))
    if form.valid_from < local_date(instant(session)):
        errors.append(FieldError("valid_from", "in_past", N_("不能早于今天")))
    return errors


async def end_rule(session: AsyncSession, subject: Subject, rule_id: UUID, form: RuleEnd) -> None:
    """From that day on; a rule of another tenant is not found."""
    gate.require_role(subject, Action.WARNING_RULE, Relation.NONE)
    rule = await session.get(WarningRule, rule_id, with_for_update=True)
    if rule is None or rule.tenant_id != subject.tenant_id or rule.valid_to is not None:
        raise NotFound
    if form.valid_to < max(rule.valid_from, local_date(instant(session))):
        raise invalid("valid_to", "in_past", N_("不能早于今天"))
    rule.valid_to = form.valid_to
    await _audited(session, subject, rule, "ended")


async def _audited(session: AsyncSession, subject: Subject, rule: WarningRule, what: str) -> None:
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.WARNING_RULE, "warning_rule", str(rule.id), detail={"what": what}
    )
    await audit.append(session, entry, rule.tenant_id)


async def offices_below(session: AsyncSession, subject: Subject) -> list[Option]:
    """Of the own tenant and the tenants right below it."""
    below = or_(
        Tenant.id == subject.tenant_id,
        *(
            (column == subject.tenant_id) & (Tenant.tier == tier)
            for column, tier in (
                (Tenant.province_id, Tier.PREFECTURE), (Tenant.prefecture_id, Tier.COUNTY),
                (Tenant.county_id, Tier.TOWNSHIP),
            )
        ),
    )  # fmt: skip
    query = (
        select(Office.id, Office.name)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .where(below, Office.valid_to.is_(None), Tenant.valid_to.is_(None), Office.kind != OfficeKind.CONTACT_POINT)
        .order_by(Tenant.tier, Office.id)
    )
    return [Option(str(one), name) for one, name in (await session.execute(query)).all()]
