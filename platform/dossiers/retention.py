"""How long a dossier is kept, and when it goes to the archives: dated data of a tenant, never an automatic end."""

from calendar import isleap
from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import TIER_COLUMNS, Case
from cases.steps import State
from foundation.choice import Choice
from foundation.errors import Conflict
from foundation.language import N_
from foundation.model import Base
from teams.agreement import Status, in_status
from tenants.tiers import DEPTH, Tier

TRANSFER_YEARS = {Tier.PROVINCE: 20, Tier.PREFECTURE: 20, Tier.COUNTY: 10, Tier.TOWNSHIP: 10}
"""档案法实施条例 20(2), from the dossier's making."""


class Result(Choice):
    """What a case's dossier is about."""

    AGREED = "agreed", N_("达成协议")
    ENDED = "ended", N_("未达成协议")
    REFUSED = "refused", N_("不予受理")


class RetentionMissing(Conflict):
    code = "retention_missing"
    message = N_("尚未配置这类卷宗的保管期限")


class RetentionTerm(Base):
    """A term of a tenant and all below it; without a tenant, of the whole province."""

    __tablename__ = "retention_terms"
    __table_args__ = (Index("ix_retention_terms_result", "result", "tenant_id", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenants.id"))
    result: Mapped[str] = mapped_column(comment="code of dossiers.retention.Result")
    years: Mapped[int | None] = mapped_column(comment="null = for ever (永久)")
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


async def result_of(session: AsyncSession, case: Case) -> Result:
    if case.state == State.REFUSED:
        return Result.REFUSED
    agreed = await in_status(session, case.id, Status.EFFECTIVE) is not None
    return Result.AGREED if agreed else Result.ENDED


async def term_for(session: AsyncSession, case: Case, result: Result, on: date) -> RetentionTerm:
    """The nearest tenant's term in force on that day, going up the tree from the holder."""
    line = [getattr(case, column) for column in reversed(TIER_COLUMNS)]
    query = select(RetentionTerm).where(
        RetentionTerm.result == result.value,
        RetentionTerm.valid_from <= on,
        RetentionTerm.valid_to.is_(None) | (RetentionTerm.valid_to > on),
        RetentionTerm.tenant_id.is_(None) | RetentionTerm.tenant_id.in_([one for one in line if one is not None]),
    )
    found = list(await session.scalars(query.order_by(RetentionTerm.valid_from.desc())))
    ranked = sorted(found, key=lambda term: len(line) if term.tenant_id is None else line.index(term.tenant_id))
    if not ranked:
        raise RetentionMissing
    return ranked[0]


def holder_tier(case: Case) -> Tier:
    """The deepest custody column that is set (decisions.md 1)."""
    return max(
        (tier for tier, column in zip(DEPTH, TIER_COLUMNS, strict=True) if getattr(case, column) is not None),
        key=DEPTH.__getitem__,
    )


def years_later(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes the 28th where the year has none."""
    last = 28 if (day.month, day.day) == (2, 29) and not isleap(day.year + years) else day.day
    return date(day.year + years, day.month, last)


def transfer_day(made_on: date, tier: Tier) -> date:
    """When the dossier is due at the archives."""
    return years_later(made_on, TRANSFER_YEARS[tier])
