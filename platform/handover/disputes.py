"""A dispute between two offices over one case: one return per pair, then the common superior decides.

条例24 by analogy. It begins when the holder does not accept the return: the second disagreement, from which the days
count.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import Select, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, NotFound
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from foundation.working_days import add_working_days
from handover.models import HandoverOffer, HolderDispute, OfferState
from handover.offer import OfferPending
from handover.target_errors import AlreadyDisputed
from policies import gate
from policies.actions import Action
from tenants.models import Office, Place
from tenants.subject import Subject

DECISION_DAYS = 5
"""Working days from the second disagreement (domain.md 13.1-7); overdue is shown and bars nothing."""
NEAREST = text("select nearest_common(:here, :there)")
MOST = 100


class ClaimForm(Struct, frozen=True, kw_only=True):
    proof: Annotated[
        str,
        Meta(
            title=N_("依据"),
            description=N_("不同意退回的依据：文书名称和编号，不写个人信息"),
            min_length=2,
            max_length=300,
        ),
    ]


class NotReturned(Conflict):
    code = "not_returned"
    message = N_("没有被退回的移交，不存在管辖分歧")


class NoDispute(Conflict):
    code = "no_dispute"
    message = N_("本案没有两个单位之间的管辖分歧")


class NoCommonSuperior(Conflict):
    code = "no_common_superior"
    message = N_("双方没有共同上级，由联席会议协调（条例第24条）")


async def claim_dispute(session: AsyncSession, subject: Subject, case: Case, form: ClaimForm) -> Done:
    """The holder does not accept the return, and the nearest common superior is to say who holds the case."""
    offer = await last_return(session, case)
    if offer is None:
        raise NotReturned
    dispute = await begin(session, subject, case, offer, form.proof)
    return Done(
        data={"to": offer.to_office_id, "decide_by": str(dispute.decide_by)},
        audience="parties",
        also_tenants=(offer.to_tenant_id, dispute.decider_tenant_id),
    )


async def begin(
    session: AsyncSession, subject: Subject, case: Case, offer: HandoverOffer, proof: str | None
) -> HolderDispute:
    """The row of a dispute over a returned offer."""
    now = instant(session)
    decider = await nearest_common(session, offer.from_tenant_id, offer.to_tenant_id)
    if decider is None:
        raise NoCommonSuperior
    dispute = HolderDispute(
        id=new_id(now),
        case_id=case.id,
        offer_id=offer.id,
        holder_office_id=offer.from_office_id,
        holder_tenant_id=offer.from_tenant_id,
        other_office_id=offer.to_office_id,
        other_tenant_id=offer.to_tenant_id,
        decider_tenant_id=decider,
        proof=proof,
        decide_by=await add_working_days(session, local_date(now), DECISION_DAYS),
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(dispute)
    await session.flush()
    return dispute


async def nearest_common(session: AsyncSession, here: int, there: int) -> int | None:
    """The lowest tenant that stands properly above both."""
    found: int | None = await session.scalar(NEAREST, {"here": here, "there": there})
    return found


async def last_return(session: AsyncSession, case: Case) -> HandoverOffer | None:
    """The newest offer of the present holder that came back, unless a naming has settled it."""
    settled = select(HolderDispute.offer_id).where(
        HolderDispute.case_id == case.id, HolderDispute.decided_at.is_not(None)
    )
    query = select(HandoverOffer).where(
        HandoverOffer.case_id == case.id,
        HandoverOffer.from_office_id == case.holder_office_id,
        HandoverOffer.state == OfferState.RETURNED,
        HandoverOffer.id.not_in(settled),
    )
    offer: HandoverOffer | None = await session.scalar(query.order_by(HandoverOffer.decided_at.desc()).limit(1))
    return offer


OPEN_DISPUTE = "from holder_disputes where case_id = :case and decided_at is null"
LAST_RETURN = f"""from handover_offers where case_id = :case and from_office_id = :desk
    and state = '{OfferState.RETURNED}'
    and id not in (select offer_id from holder_disputes where case_id = :case and decided_at is not null)
    order by decided_at desc limit 1"""
IS_OPEN, IS_RETURNED = Fact(f"exists (select {OPEN_DISPUTE})"), Fact(f"exists (select {LAST_RETURN})")
"""Whether there is what `open_dispute` and `last_return` read."""


@by_facts(IS_OPEN, IS_RETURNED)
def may_claim(subject: Subject, case: Case, is_open: bool, is_returned: bool) -> DomainError | None:
    if case.offer_id is not None:
        return OfferPending()
    if is_open:
        return AlreadyDisputed()
    return None if is_returned else NotReturned()


class DisputePreview(Struct, frozen=True):
    """Both stands: enough to decide who holds the case; no person, no statement. `decided_at` null = open."""

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
    holder_office_id: int
    holder: str
    holder_reason: str
    holder_proof: str | None
    other_office_id: int
    other: str
    other_reason: str | None
    other_proof: str | None
    decide_by: date
    claimed_at: datetime


async def disputes_before(session: AsyncSession, subject: Subject) -> list[DisputePreview]:
    """Open disputes that the subject's tenant decides, the most urgent first."""
    if subject.tenant_id is None or not gate.may(subject, Action.HANDOVER_NAME_HOLDER):
        return []
    branches = gate.visible(subject, Action.HANDOVER_NAME_HOLDER)
    if not branches:
        return []
    mine = _previews().where(HolderDispute.decider_tenant_id == subject.tenant_id, or_(*branches))
    rows = (await session.execute(mine.order_by(HolderDispute.decide_by, HolderDispute.id).limit(MOST))).all()
    return [_preview(*row) for row in rows]


async def dispute_before(session: AsyncSession, subject: Subject, case_id: UUID) -> DisputePreview:
    """One open dispute, for the superior that decides it; anyone else gets 404 or 403."""
    await gate.fetch(session, subject, Action.HANDOVER_NAME_HOLDER, case_id)
    query = _previews().where(HolderDispute.case_id == case_id, HolderDispute.decider_tenant_id == subject.tenant_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound
    return _preview(*row)


async def disputes_of(session: AsyncSession, case_id: UUID) -> Sequence[HolderDispute]:
    """Oldest first."""
    query = select(HolderDispute).where(HolderDispute.case_id == case_id).order_by(HolderDispute.recorded_at)
    return (await session.scalars(query)).all()


def _previews() -> Select[*tuple[Any, ...]]:
    holder, other = aliased(Office), aliased(Office)
    query: Select[*tuple[Any, ...]] = select(HolderDispute, HandoverOffer, Case, Place.name, holder.name, other.name)
    return (
        query.join(HandoverOffer, HandoverOffer.id == HolderDispute.offer_id)
        .join(Case, Case.id == HolderDispute.case_id)
        .join(Place, Place.id == Case.place_id)
        .join(holder, holder.id == HolderDispute.holder_office_id)
        .join(other, other.id == HolderDispute.other_office_id)
        .where(HolderDispute.decided_at.is_(None))
    )


def _preview(
    dispute: HolderDispute, offer: HandoverOffer, case: Case, place: str, holder: str, other: str
) -> DisputePreview:
    same = {
        name: getattr(case, name)
        for name in ("version", "registration_no", "case_no", "dispute_type", "visited_unit", "state", "step",
                     "person_count", "filed_at")
    }  # fmt: skip
    return DisputePreview(
        case_id=case.id,
        place=place,
        holder_office_id=dispute.holder_office_id,
        holder=holder,
        holder_reason=offer.reason,
        holder_proof=dispute.proof,
        other_office_id=dispute.other_office_id,
        other=other,
        other_reason=offer.return_reason,
        other_proof=offer.return_proof,
        decide_by=dispute.decide_by,
        claimed_at=dispute.recorded_at,
        **same,
    )


ACTS = (
    Act("claim-dispute", N_("报请共同上级指定承办单位"), Action.HANDOVER_OFFER, ClaimForm, claim_dispute, writes=False),
)
GUARDS = {"may_claim": may_claim}
