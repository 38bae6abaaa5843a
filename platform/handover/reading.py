"""What a receiver sees before it decides: enough to check for conflicts; no person, no statement, no attachment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, false, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.models import Case
from foundation.errors import NotFound
from foundation.store import instant
from handover.models import HandoverOffer, OfferState
from policies import gate
from policies.actions import Action
from tenants.models import Office, Place, Tenant
from tenants.subject import Subject

INBOX = 100
OPEN = HandoverOffer.state == literal(OfferState.OPEN.value, literal_execute=True)
"""In the text itself: a generic plan finds the partial index only so, and would else read every offer ever made."""


class Preview(Struct, frozen=True):
    """The whole of what an offer shows."""

    offer_id: UUID
    case_id: UUID
    version: int
    registration_no: str
    case_no: str | None
    direction: str
    reason: str
    forced: bool
    sender: str
    receiver: str
    dispute_type: int
    case_class: str | None
    place: str
    visited_unit: str | None
    step: int
    state: str
    person_count: int
    filed_at: datetime
    due_at: datetime | None
    answer_by: datetime | None
    offered_at: datetime
    funding_position: str | None


async def inbox(session: AsyncSession, subject: Subject) -> list[Preview]:
    """Open offers to the subject's office that it may preview, oldest first."""
    if subject.office_id is None or not gate.may(subject, Action.HANDOVER_PREVIEW):
        return []
    mine = or_(false(), *gate.visible(subject, Action.HANDOVER_PREVIEW))
    query = _previews().where(HandoverOffer.to_office_id == subject.office_id, OPEN, mine)
    rows = (await session.execute(query.order_by(HandoverOffer.recorded_at).limit(INBOX))).all()
    return [_preview(*row) for row in rows]


async def preview(session: AsyncSession, subject: Subject, case_id: UUID) -> Preview:
    """One offer, for those whom the gate lets preview it; anyone else gets 404."""
    await gate.fetch(session, subject, Action.HANDOVER_PREVIEW, case_id)
    query = _previews().where(HandoverOffer.case_id == case_id, HandoverOffer.state == OfferState.OPEN.value)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound
    return _preview(*row)


async def offers_of(session: AsyncSession, case_id: UUID) -> Sequence[HandoverOffer]:
    """The case's travels, oldest first."""
    query = select(HandoverOffer).where(HandoverOffer.case_id == case_id).order_by(HandoverOffer.recorded_at)
    return (await session.scalars(query)).all()


class Transfer(Struct, frozen=True):
    """What a party may know of a case on its way: since when, from where, to where."""

    since: datetime
    sender: str
    receiver: str


async def transfer_of(session: AsyncSession, case_id: UUID) -> Transfer | None:
    sender, receiver = aliased(Office), aliased(Office)
    query = (
        select(HandoverOffer.recorded_at, sender.name, receiver.name)
        .join(sender, sender.id == HandoverOffer.from_office_id)
        .join(receiver, receiver.id == HandoverOffer.to_office_id)
        .where(HandoverOffer.case_id == case_id, OPEN)
    )
    row = (await session.execute(query)).one_or_none()
    return Transfer(*row) if row else None


class OverdueOffer(Struct, frozen=True):
    """An open offer whose day for an answer has passed, and who sent it."""

    case_id: UUID
    version: int
    tenant_id: int
    tier: str


async def overdue_offers(session: AsyncSession) -> list[OverdueOffer]:
    """The longest overdue first, a batch of them."""
    query = (
        select(Case.id, Case.version, Tenant.id, Tenant.tier)
        .join(HandoverOffer, HandoverOffer.id == Case.offer_id)
        .join(Tenant, Tenant.id == HandoverOffer.from_tenant_id)
        .where(OPEN, HandoverOffer.forced.is_(False), HandoverOffer.answer_by < instant(session))
        .order_by(HandoverOffer.answer_by)
        .limit(INBOX)
    )
    return [OverdueOffer(*row) for row in (await session.execute(query)).all()]


def _previews() -> Select[*tuple[Any, ...]]:
    sender, receiver = aliased(Office), aliased(Office)
    query: Select[*tuple[Any, ...]] = select(HandoverOffer, Case, Place.name, sender.name, receiver.name)
    return (
        query.join(Case, Case.id == HandoverOffer.case_id)
        .join(Place, Place.id == Case.place_id)
        .join(sender, sender.id == HandoverOffer.from_office_id)
        .join(receiver, receiver.id == HandoverOffer.to_office_id)
    )


def _preview(offer: HandoverOffer, case: Case, place: str, sender: str, receiver: str) -> Preview:
    return Preview(
        offer_id=offer.id,
        case_id=case.id,
        version=case.version,
        registration_no=case.registration_no,
        case_no=case.case_no,
        direction=offer.direction,
        reason=offer.reason,
        forced=offer.forced,
        sender=sender,
        receiver=receiver,
        dispute_type=case.dispute_type,
        case_class=case.case_class,
        place=place,
        visited_unit=case.visited_unit,
        step=case.step,
        state=case.state,
        person_count=case.person_count,
        filed_at=case.filed_at,
        due_at=case.due_at,
        answer_by=offer.answer_by,
        offered_at=offer.recorded_at,
        funding_position=case.funding_position,
    )
