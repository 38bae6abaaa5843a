"""A conflict of interest sends a case up (条例28(3)): an offer that nobody takes back and no day ends."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.catalogue import Done
from cases.exclusion import take_away
from cases.hooks import HandedUp
from cases.models import Case, CaseRelation
from cases.steps import OPEN
from cases.timeline import holder_tenant
from foundation.store import instant
from handover import offer as offers
from handover.answering import WORKROOMS, answering_roles, workroom_above
from handover.models import Direction, HandoverOffer, OfferState, Reason, ReturnReason
from handover.targets import open_offer
from handover.telling import tell_offered
from policies.relations import Relation
from tenants.models import Office, Post
from tenants.subject import Subject

OFFER = offers.ACTS[0]
"""Under its name the event stands in the history, whoever caused it."""


async def hand_up(session: AsyncSession, subject: Subject, case: Case, reason: str) -> HandedUp:
    """Offer the case to the nearest tier above that has no conflict. Nothing happens where there is none.

    An offer that stands gives way, unless it is such a one itself.
    """
    standing = await open_offer(session, case.id)
    if standing is not None and standing.forced:
        return HandedUp((standing.to_tenant_id,))
    receiver = await workroom_above(session, case, holder_tenant(case))
    if receiver is None or case.state not in OPEN:
        return HandedUp()
    if standing is not None:
        _decided(session, subject, standing, OfferState.WITHDRAWN)
        await session.flush()
    made = await _offer_up(session, subject, case, receiver, Reason(reason))
    await tell_offered(session, subject, case, made)
    return HandedUp((made.to_tenant_id,), offers.source_of(standing) if standing else None)


async def pass_on(
    session: AsyncSession, subject: Subject, case: Case, offer: HandoverOffer, reason: ReturnReason, proof: str
) -> Done:
    """A receiver with the same conflict does not return a forced offer: it goes on to the next tier above."""
    receiver = await workroom_above(session, case, offer.to_tenant_id)
    if reason is not ReturnReason.CONFLICT or receiver is None:
        raise offers.OfferForced
    offer.return_reason, offer.return_proof = reason.value, proof
    await _replace(session, subject, case, offer, receiver)

    async def sight_ends() -> None:
        source = f"handover_returns:{offer.id}"
        tenant, ends = offer.to_tenant_id, offers.source_of(offer)
        await take_away(session, case, Relation.COMPLAINED_OF, tenant_id=tenant, source=source, ends=ends)

    data = {"to": receiver.id, "reason": reason.value}
    return Done(
        data=data, audience="parties", also_tenants=(offer.from_tenant_id, receiver.tenant_id), closing=sight_ends
    )


async def answerer_leaves(session: AsyncSession, subject: Subject, case: Case, person_id: UUID) -> HandedUp:
    """A forced offer that nobody at the receiver's could accept any more goes to the next tier above."""
    offer = await open_offer(session, case.id)
    if offer is None or not offer.forced or subject.office_id != offer.to_office_id:
        return HandedUp()
    if await _others_answer(session, offer, person_id):
        return HandedUp()
    receiver = await workroom_above(session, case, offer.to_tenant_id)
    if receiver is None:
        return HandedUp()
    offer.return_reason = ReturnReason.CONFLICT.value
    await _replace(session, subject, case, offer, receiver)
    return HandedUp((receiver.tenant_id,), offers.source_of(offer))


async def _others_answer(session: AsyncSession, offer: HandoverOffer, person_id: UUID) -> bool:
    now = instant(session)
    gone = select(CaseRelation.person_id).where(
        CaseRelation.case_id == offer.case_id, CaseRelation.relation == Relation.EXCLUDED, CaseRelation.until > now
    )
    query = select(Post.id).where(
        Post.office_id == offer.to_office_id, Post.role.in_(answering_roles(WORKROOMS)), Post.person_id != person_id,
        Post.since <= now, or_(Post.until.is_(None), Post.until > now), Post.person_id.not_in(gone),
    )  # fmt: skip
    return await session.scalar(query.limit(1)) is not None


async def _replace(
    session: AsyncSession, subject: Subject, case: Case, offer: HandoverOffer, receiver: Office
) -> HandoverOffer:
    _decided(session, subject, offer, OfferState.RETURNED)
    await session.flush()
    return await _offer_up(session, subject, case, receiver, Reason(offer.reason))


async def _offer_up(
    session: AsyncSession, subject: Subject, case: Case, receiver: Office, reason: Reason
) -> HandoverOffer:
    made = offers.offer_of(subject, case, Direction.UP, receiver, reason, instant(session))
    made.forced = True
    await offers.stand(session, case, made)
    done = Done(data=offers.facts_of(made), audience="parties", also_tenants=(receiver.tenant_id,))
    await timeline.record(session, subject, case, OFFER, done)
    return made


def _decided(session: AsyncSession, subject: Subject, offer: HandoverOffer, state: OfferState) -> None:
    offer.state, offer.decided_by, offer.decided_at = state.value, subject.person_id, instant(session)
