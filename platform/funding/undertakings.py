"""The written undertaking of an enterprise that is itself a party to bear the cost (民办企业: Art. 4 keeps it free).

Without one no bill goes to it; finance bears the cost (row A3.1). It stands in the agreement, or is handed in later.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.parties import Party
from foundation.model import Base
from teams.agreement import Status, in_status


class Undertaking(Base):
    """Handed in as a file that the unit has sealed; one stands for the case."""

    __tablename__ = "undertakings"
    __table_args__ = (Index("ix_undertakings_case", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), comment="a unit that is a party")
    signed_on: Mapped[date]
    proof_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


async def given(session: AsyncSession, case_id: UUID, party_id: UUID | None) -> bool:
    """In the agreement in force, by the unit that it makes responsible, or in a paper of its own."""
    if party_id is None:
        return False
    agreement = await in_status(session, case_id, Status.EFFECTIVE)
    if agreement is not None and agreement.undertakes_cost and agreement.responsible_id == party_id:
        return True
    query = select(Undertaking.id).where(Undertaking.case_id == case_id, Undertaking.party_id == party_id).limit(1)
    return await session.scalar(query) is not None


async def unit_parties(session: AsyncSession, case_id: UUID) -> list[Party]:
    query = select(Party).where(Party.case_id == case_id, Party.kind == "unit").order_by(Party.ordinal)
    return list(await session.scalars(query))


async def lacking(session: AsyncSession, case_id: UUID, name: str | None) -> bool:
    """The unit of this name is a party, and has not undertaken anything in writing."""
    party = next((one for one in await unit_parties(session, case_id) if name and one.name == name), None)
    return party is not None and not await given(session, case_id, party.id)
