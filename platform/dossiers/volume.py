"""The volume itself (一案一卷): cover data, and its inside list row by row."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import Case
from foundation.cipher import Sealed
from foundation.ids import new_id
from foundation.model import Base
from foundation.store import instant
from tenants.subject import Subject

ON_PAPER = "on_paper"
"""Source of an item that exists in the paper volume only; other sources name a table and a row."""


class Dossier(Base):
    """Open from the first check, closed by archiving. `number` is 卷号, unique in the committee that owns it."""

    __tablename__ = "dossiers"
    __table_args__ = (UniqueConstraint("case_id"), UniqueConstraint("office_id", "number"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), comment="the committee, or the holder without one")
    volumes: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[str | None]
    retention_term_id: Mapped[UUID | None] = mapped_column(ForeignKey("retention_terms.id"))
    kept_until: Mapped[date | None] = mapped_column(comment="null before archiving, and for ever; then appraised")
    transfer_on: Mapped[date | None] = mapped_column(comment="to the archives, 档案法实施条例 20(2)")
    transferred_on: Mapped[date | None] = mapped_column(comment="handed to the archives")
    archives: Mapped[str | None] = mapped_column(comment="which keep it since then")
    list_sha256: Mapped[bytes | None] = mapped_column(LargeBinary, comment="of the inside list, item by item")
    archived_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class DossierItem(Base):
    """One line of the inside list (卷内目录)."""

    __tablename__ = "dossier_items"
    __table_args__ = (UniqueConstraint("dossier_id", "ordinal"), Index("ix_dossier_items_case", "case_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    ordinal: Mapped[int | None] = mapped_column(SmallInteger, comment="given at archiving")
    item: Mapped[int] = mapped_column(SmallInteger, comment="number in dossier_items.json")
    source: Mapped[str] = mapped_column(comment="papers:<id> | evidence:<id> | performances:<id> | on_paper")
    pages: Mapped[int | None] = mapped_column(comment="null = electronic only")
    note: Mapped[str | None] = mapped_column(Sealed("dossier_items.note"))
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary, comment="null = on paper only")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


async def dossier_of(session: AsyncSession, case_id: UUID) -> Dossier | None:
    return (await session.scalars(select(Dossier).where(Dossier.case_id == case_id))).one_or_none()


async def lines_of(session: AsyncSession, dossier_id: UUID) -> list[DossierItem]:
    query = select(DossierItem).where(DossierItem.dossier_id == dossier_id)
    return list(await session.scalars(query.order_by(DossierItem.ordinal, DossierItem.id)))


async def opened(session: AsyncSession, subject: Subject, case: Case, office_id: int) -> Dossier:
    """The case's dossier, begun now if there is none yet."""
    found = await dossier_of(session, case.id)
    if found is not None:
        return found
    now = instant(session)
    dossier = Dossier(
        id=new_id(now),
        case_id=case.id,
        office_id=office_id,
        volumes=1,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(dossier)
    await session.flush()
    return dossier
