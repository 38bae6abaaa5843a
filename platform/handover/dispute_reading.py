"""Disputes over the holder as those read them who have a say: both stands, no person and no statement."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.models import Case
from foundation.clock import local_date
from foundation.errors import Forbidden, NotFound
from foundation.store import instant
from handover.models import HandoverOffer, HolderDispute
from policies import gate
from policies.actions import Action
from tenants.models import Office, Place
from tenants.subject import Subject

MOST = 100


class DisputePreview(Struct, frozen=True):
    """Both stands: enough to decide who holds the case. What the other has not said is None."""

    case_id: UUID
    version: int
    registration_no: str
    case_no: str | None
    dispute_type: int
    place: str
    visited_unit: str | None
    state: str
    step: int
    person_count: int
    filed_at: datetime
    ground: str
    holder_office_id: int
    holder: str
    holder_reason: str | None
    holder_stance: str | None
    holder_claim: str | None
    holder_proof: str | None
    other_office_id: int
    other: str
    other_reason: str | None
    other_proof: str | None
    other_stance: str | None
    other_claim: str | None
    other_claim_proof: str | None
    decide_by: date
    escalated: bool
    """It waits for the joint conference: overdue, or without a common superior."""
    claimed_at: datetime


async def disputes_before(session: AsyncSession, subject: Subject) -> list[DisputePreview]:
    """Open disputes in which the subject has a say, the most urgent first."""
    mine = [and_(side, or_(*gate.visible(subject, action))) for action, side in _says(subject)]
    if not mine:
        return []
    query = _previews().where(or_(*mine)).order_by(HolderDispute.decide_by, HolderDispute.id).limit(MOST)
    today = local_date(instant(session))
    return [_preview(today, *row) for row in (await session.execute(query)).all()]


def has_a_say(subject: Subject) -> bool:
    """By role: as the superior, as one of the two, or in the joint conference."""
    return any(True for _ in _says(subject))


async def dispute_before(session: AsyncSession, subject: Subject, case_id: UUID) -> DisputePreview:
    """One open dispute, for who has a say in it; anyone else gets 404 or 403."""
    case = await fetch(session, subject, case_id)
    sides = or_(*(side for _, side in _says(subject)))
    query = _previews().where(HolderDispute.case_id == case.id, sides)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound
    return _preview(local_date(instant(session)), *row)


async def fetch(session: AsyncSession, subject: Subject, case_id: UUID) -> Case:
    """The case, by whichever right to a say the subject has in it; as any case for who has none."""
    refusal: NotFound | Forbidden = NotFound()
    for action in [action for action, _ in _says(subject)] or [Action.HANDOVER_NAME_HOLDER]:
        try:
            case: Case = await gate.fetch(session, subject, action, case_id)
        except (NotFound, Forbidden) as refused:
            refusal = refused
        else:
            return case
    raise refusal


def _says(subject: Subject) -> Iterator[tuple[Action, ColumnElement[bool]]]:
    """What the subject's role may do in a dispute, and as which side of it. The holder asked; it reads the answer."""
    sides: dict[Action, ColumnElement[bool]] = {
        Action.HANDOVER_NAME_HOLDER: HolderDispute.decider_tenant_id == subject.tenant_id,
        Action.HANDOVER_RETURN: HolderDispute.other_office_id == subject.office_id,
        Action.HANDOVER_OFFER: HolderDispute.holder_office_id == subject.office_id,
        Action.JURISDICTION_COORDINATE: HolderDispute.conference_tenant_id == subject.tenant_id,
    }
    for action, side in sides.items():
        if gate.may(subject, action) and gate.visible(subject, action):
            yield action, side


async def disputes_of(session: AsyncSession, case_id: UUID) -> Sequence[HolderDispute]:
    """Oldest first."""
    query = select(HolderDispute).where(HolderDispute.case_id == case_id).order_by(HolderDispute.recorded_at)
    return (await session.scalars(query)).all()


def _previews() -> Select[*tuple[Any, ...]]:
    holder, other = aliased(Office), aliased(Office)
    query: Select[*tuple[Any, ...]] = select(HolderDispute, HandoverOffer, Case, Place.name, holder.name, other.name)
    return (
        query.outerjoin(HandoverOffer, HandoverOffer.id == HolderDispute.offer_id)
        .join(Case, Case.id == HolderDispute.case_id)
        .join(Place, Place.id == Case.place_id)
        .join(holder, holder.id == HolderDispute.holder_office_id)
        .join(other, other.id == HolderDispute.other_office_id)
        .where(HolderDispute.decided_at.is_(None))
    )


def _preview(
    today: date, dispute: HolderDispute, offer: HandoverOffer | None, case: Case, place: str, holder: str, other: str
) -> DisputePreview:
    same = {
        name: getattr(case, name)
        for name in ("version", "registration_no", "case_no", "dispute_type", "visited_unit", "state", "step",
                     "person_count", "filed_at")
    }  # fmt: skip
    return DisputePreview(
        case_id=case.id,
        place=place,
        ground=dispute.ground,
        holder_office_id=dispute.holder_office_id,
        holder=holder,
        holder_reason=offer.reason if offer else None,
        holder_stance=dispute.stance,
        holder_claim=dispute.claim_reason,
        holder_proof=dispute.proof,
        other_office_id=dispute.other_office_id,
        other=other,
        other_reason=offer.return_reason if offer else None,
        other_proof=offer.return_proof if offer else None,
        other_stance=dispute.other_stance,
        other_claim=dispute.other_reason,
        other_claim_proof=dispute.other_proof,
        decide_by=dispute.decide_by,
        escalated=dispute.decider_tenant_id is None or dispute.decide_by < today,
        claimed_at=dispute.recorded_at,
        **same,
    )
