"""Relief (五(七)): hardship checked, the right organ shown, the answer tracked. The workroom itself decides nothing."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import Case
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base


class Hardship(Choice):
    POOR_HOUSEHOLD = "poor_household", N_("原建档立卡、防返贫监测或低保、特困户")
    ILLNESS = "illness", N_("重病、残疾")
    DISASTER = "disaster", N_("灾害、意外致生活困难")
    NO_INCOME = "no_income", N_("失去主要生活来源")
    OTHER = "other", N_("其他困难")


class ReliefKind(Choice):
    JUDICIAL = "judicial", N_("国家司法救助")
    TEMPORARY = "temporary", N_("临时救助")
    MINIMUM_LIVING = "minimum_living", N_("最低生活保障或特困供养")
    MEDICAL = "medical", N_("医疗救助")
    CHARITY = "charity", N_("慈善等社会救助")


class Answer(Choice):
    GRANTED = "granted", N_("已给予救助")
    REFUSED = "refused", N_("未予救助")
    GIVEN_UP = "given_up", N_("本人不再申请")


ORGANS = {
    ReliefKind.JUDICIAL: N_("办案的政法机关（中政委〔2014〕3号）"),
    ReliefKind.TEMPORARY: N_("乡镇人民政府、街道办事处（社会救助暂行办法第47–49条）"),
    ReliefKind.MINIMUM_LIVING: N_("乡镇人民政府、街道办事处（社会救助暂行办法第11、16条）"),
    ReliefKind.MEDICAL: N_("乡镇人民政府、街道办事处或医疗保障部门（社会救助暂行办法第30条）"),
    ReliefKind.CHARITY: N_("慈善组织、群团组织"),
}
"""Where the party itself applies; shown with the guidance."""


CONDITIONS = Path(__file__).parent / "data" / "relief_conditions.json"


class Conditions(Struct, frozen=True):
    """Of one kind of relief, as information: `text` is a msgid, `source` its basis, in force from `valid_from`."""

    kind: ReliefKind
    text: str
    source: str
    valid_from: date


@cache
def _conditions() -> dict[ReliefKind, Conditions]:
    rows = msgspec.json.decode(CONDITIONS.read_bytes(), type=tuple[Conditions, ...])
    return {row.kind: row for row in rows}


def conditions_of(kind: ReliefKind) -> str:
    """A hint, never a decision: whom the organ's own rules have in mind."""
    row = _conditions()[kind]
    return f"{row.text}（{row.source}）"


class ReliefCheck(Base):
    """One person's hardship, looked at once; kind and facts are sensitive and sealed."""

    __tablename__ = "relief_checks"
    __table_args__ = (Index("ix_relief_checks_case", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    hardship: Mapped[str] = mapped_column(Sealed("relief_checks.hardship"))
    facts: Mapped[str] = mapped_column(Sealed("relief_checks.facts"))
    wanted: Mapped[bool] = mapped_column(comment="the person wants help; nobody is helped against their will")
    judicial: Mapped[bool] = mapped_column(comment="judicial relief is open: 涉法涉诉 and hard to solve by law")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class ReliefReferral(Base):
    """The party's own application, and what came of it."""

    __tablename__ = "relief_referrals"
    __table_args__ = (Index("ix_relief_referrals_case", "case_id"), Index("ix_relief_referrals_check", "check_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    check_id: Mapped[UUID] = mapped_column(ForeignKey("relief_checks.id"))
    kind: Mapped[str]
    organ: Mapped[str]
    applied_on: Mapped[date]
    answer_by: Mapped[date | None] = mapped_column(comment="when the organ is asked again")
    answer: Mapped[str | None]
    answered_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Sealed("relief_referrals.note"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


async def checks_of(session: AsyncSession, case: Case) -> list[ReliefCheck]:
    query = select(ReliefCheck).where(ReliefCheck.case_id == case.id).order_by(ReliefCheck.id)
    return list(await session.scalars(query))


def latest(checks: Iterable[ReliefCheck]) -> dict[UUID, ReliefCheck]:
    """The last look at each person: who wishes no help any more is asked no further."""
    return {check.party_id: check for check in sorted(checks, key=lambda check: check.id)}


async def referrals_of(session: AsyncSession, case: Case) -> list[ReliefReferral]:
    query = select(ReliefReferral).where(ReliefReferral.case_id == case.id).order_by(ReliefReferral.id)
    return list(await session.scalars(query))


async def unanswered(session: AsyncSession, case: Case) -> list[ReliefReferral]:
    return [referral for referral in await referrals_of(session, case) if referral.answer is None]
