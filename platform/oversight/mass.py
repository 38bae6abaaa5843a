"""A dispute of ten persons or more goes up the chain, once: the overseeing offices above hear that help may be needed.

They are told what their rules show them anyway, no more: no words of the dispute, nobody's name (信访工作条例 25, N6).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Integer, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.classes import MASS
from cases.facts import Fact
from cases.hooks import Aftermath
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
    """That it has gone up, and to which offices."""

    __tablename__ = "mass_tellings"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    office_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    recorded_at: Mapped[datetime]


async def go_up(session: AsyncSession, subject: Subject, case: Case) -> None:
    above = [tenant for tenant in (case.prefecture_id, case.province_id) if tenant is not None]
    query = select(Office.id).where(
        Office.tenant_id.in_(above), Office.kind == OfficeKind.LEADING_GROUP, Office.valid_to.is_(None)
    )
    offices = list(await session.scalars(query.order_by(Office.id)))
    session.add(MassTelling(case_id=case.id, office_ids=offices, recorded_at=instant(session)))
    await session.flush()
    await telling.tell(session, NoticeKind.MASS_DISPUTE, f"mass_tellings:{case.id}", case_id=case.id, offices=offices)


UNTOLD = Fact(f"""(select person_count >= {MASS} from cases where id = :case)
    and not exists (select from mass_tellings where case_id = :case)""")
aftermath = Aftermath(WHEN, UNTOLD, go_up)
