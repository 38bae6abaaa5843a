"""A dispute of ten persons or more goes up the chain: the overseeing offices above hear that help may be needed, once
each, and where it changes hands those too that stand above it from then on.

They are told what their rules show them anyway, no more: no words of the dispute, nobody's name (信访工作条例 25, N6).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Integer, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.classes import MASS
from cases.facts import Fact
from cases.hooks import Aftermath, Follows, Moved
from cases.models import Case
from foundation.model import Base
from foundation.store import instant
from oversight import telling
from oversight.notice_kinds import NoticeKind
from tenants.models import Office
from tenants.subject import Subject
from tenants.tiers import OfficeKind

WHEN = frozenset({"approve-registration", "add-party", "accept-case", "refuse-case", "accept-handover"})
"""Acts by which it can come to light that so many persons take part."""


class MassTelling(Base):
    """That it has gone up, and to which offices at first."""

    __tablename__ = "mass_tellings"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    office_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    recorded_at: Mapped[datetime]


async def go_up(session: AsyncSession, subject: Subject, case: Case) -> None:
    offices = await _above(session, case)
    session.add(MassTelling(case_id=case.id, office_ids=offices, recorded_at=instant(session)))
    await session.flush()
    await _tell(session, case, offices)


async def go_on(session: AsyncSession, subject: Subject, case: Case, moved: Moved) -> None:
    """To those above the new holder that have not heard of it. By the one cause nobody hears twice, wherever the case
    goes and comes back from."""
    told = await session.get_one(MassTelling, case.id)
    offices = [office for office in await _above(session, case) if office not in told.office_ids]
    if offices:
        await _tell(session, case, offices)


async def _above(session: AsyncSession, case: Case) -> list[int]:
    """Of each tier above the holder, and of prefecture and province about what they hold themselves."""
    county = case.county_id if case.township_id is not None else None
    above = [tenant for tenant in (county, case.prefecture_id, case.province_id) if tenant is not None]
    query = select(Office.id).where(
        Office.tenant_id.in_(above), Office.kind == OfficeKind.LEADING_GROUP, Office.valid_to.is_(None)
    )
    return list(await session.scalars(query.order_by(Office.id)))


async def _tell(session: AsyncSession, case: Case, offices: list[int]) -> None:
    await telling.tell(session, NoticeKind.MASS_DISPUTE, f"mass_tellings:{case.id}", case_id=case.id, offices=offices)


def concerns_many(case: Case) -> bool:
    return case.person_count >= MASS


TOLD = "exists (select from mass_tellings where case_id = :case)"
aftermath = Aftermath(WHEN, Fact(f"not {TOLD}"), go_up, concerns_many)
follows = Follows(Fact(TOLD), go_on)
