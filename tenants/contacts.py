"""Where an office is reached: told to parties whose data goes there (个人信息保护法 23), readable by everybody."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.language import N_
from foundation.model import Base

NOT_TOLD = N_("请到其所在地信访接待窗口查询")


class OfficeContact(Base):
    """One row per office whose address and telephone somebody has recorded."""

    __tablename__ = "office_contacts"

    office_id: Mapped[int] = mapped_column(Integer, ForeignKey("offices.id"), primary_key=True, autoincrement=False)
    address: Mapped[str]
    telephone: Mapped[str] = mapped_column(comment="of the desk, nobody's own")
    recorded_at: Mapped[datetime]


async def contact_of(session: AsyncSession, office_id: int) -> str:
    """Address and telephone, or the msgid of where to ask: a notice is never without."""
    found = await session.get(OfficeContact, office_id)
    return NOT_TOLD if found is None else f"{found.address} {found.telephone}"
