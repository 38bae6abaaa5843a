"""A trip for the case as it stands on file: asked for, approved before it begins, borne by what it serves (六(四)4)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base


class TripStatus(Choice):
    REQUESTED = "requested", N_("待主管部门审核")
    APPROVED = "approved", N_("已事前审核同意")
    REFUSED = "refused", N_("审核不同意")
    PAID = "paid", N_("已支付")


class Trip(Base):
    """`office_id` is the holder when the trip was asked for; the competent department is that of its tier."""

    __tablename__ = "travel_requests"
    __table_args__ = (
        Index("ix_travel_requests_case", "case_id"),
        Index("ix_travel_requests_person", "person_id", "starts_on"),
        Index(
            "ix_travel_requests_awaited",
            "office_id",
            postgresql_where=text("status in ('requested', 'approved')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), comment="who travels")
    serves: Mapped[str] = mapped_column(comment="section of the payer table whose work the trip serves: A, B or C")
    purpose: Mapped[str] = mapped_column(Sealed("travel_requests.purpose"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    standard_fen: Mapped[int] = mapped_column(BigInteger, comment="by the organ's travel standard")
    status: Mapped[str]
    requested_by: Mapped[UUID]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]


async def trips_of(session: AsyncSession, case_id: UUID) -> list[Trip]:
    query = select(Trip).where(Trip.case_id == case_id).order_by(Trip.recorded_at, Trip.id)
    return list(await session.scalars(query))


async def trips_in(session: AsyncSession, case_id: UUID, status: TripStatus) -> list[Trip]:
    return [trip for trip in await trips_of(session, case_id) if trip.status == status]
