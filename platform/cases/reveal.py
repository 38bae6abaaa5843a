"""Revealing masked personal data: by a right and a reason, logged, shown to the petitioner (N4); ends by itself."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Act, Done
from cases.models import Case
from cases.parties import Party
from foundation.choice import Choice
from foundation.errors import NotFound
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

REVEALED_FOR = timedelta(minutes=15)


class Purpose(Choice):
    CONTACT = "contact", N_("联系当事人办理本案")
    IDENTITY = "identity", N_("核对身份")
    DELIVERY = "delivery", N_("送达文书")
    SUPERVISION = "supervision", N_("督办核查")


class Reveal(Base):
    """One look at one party's clear data: office, purpose and time are shown to the petitioner."""

    __tablename__ = "reveals"
    __table_args__ = (
        Index("ix_reveals_case", "case_id", "party_id", "recorded_at"),
        Index("ix_reveals_month", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    person_id: Mapped[UUID]
    office_id: Mapped[int | None]
    purpose: Mapped[str]
    recorded_at: Mapped[datetime]


class RevealForm(Struct, frozen=True, kw_only=True):
    party_id: Annotated[UUID, Meta(title=N_("当事人"), extra={"options": "parties_by_number"})]
    purpose: Annotated[Purpose, Meta(title=N_("查看理由"), description=N_("查看会记录，当事人可以看到"))]


async def reveal_party(session: AsyncSession, subject: Subject, case: Case, form: RevealForm) -> Done:
    party = await session.get(Party, form.party_id)
    if party is None or party.case_id != case.id:
        raise NotFound
    now = instant(session)
    session.add(
        Reveal(
            id=new_id(now),
            case_id=case.id,
            party_id=party.id,
            person_id=subject.person_id,
            office_id=subject.office_id,
            purpose=form.purpose.value,
            recorded_at=now,
        )
    )
    return Done(data={"party": party.ordinal, "side": party.side, "purpose": form.purpose.value}, audience="parties")


async def revealed_to(session: AsyncSession, subject: Subject, case_id: UUID) -> frozenset[UUID]:
    """Parties whose data the subject asked for in the last quarter of an hour."""
    query = select(Reveal.party_id).where(
        Reveal.case_id == case_id,
        Reveal.person_id == subject.person_id,
        Reveal.recorded_at > instant(session) - REVEALED_FOR,
    )
    return frozenset(await session.scalars(query))


ACTS = (Act("reveal-party", N_("查看当事人信息"), Action.PARTY_REVEAL, RevealForm, reveal_party, writes=False),)
