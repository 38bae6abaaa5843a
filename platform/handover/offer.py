"""Offering a case, and taking the offer back: the holder's side. While an offer stands, edits are frozen."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.models import Case
from cases.timeline import holder_tenant
from cases.timers import end_of_day
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from funding.totals import totals_of
from handover.green_lane import check_lane
from handover.models import Direction, HandoverOffer, OfferState, Purpose, Reason
from handover.offer_form import ANSWER_DAYS, OfferForm, answer_days, check_reason
from handover.receivers import check_person
from handover.targets import check_target, direction_to, open_offer
from handover.telling import tell_offered
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office
from tenants.subject import Subject


class WithdrawForm(Struct, frozen=True):
    """Nothing to fill in."""


class OfferPending(Conflict):
    code = "offer_pending"
    message = N_("案件已在移交中")


class NoOffer(Conflict):
    code = "no_offer"
    message = N_("案件不在移交中")


class NotOverdue(Conflict):
    code = "not_overdue"
    message = N_("答复期限未到")


class OfferForced(Conflict):
    """条例28(3): who has a conflict of interest does not get the case back."""

    code = "offer_forced"
    message = N_(
        "因利害关系必须上提的案件，不能撤回、退回，也不因逾期失效；确有同样利害关系的，以“本单位有利害关系”转交再上一级"
    )


async def offer_handover(session: AsyncSession, subject: Subject, case: Case, form: OfferForm) -> Done:
    now = instant(session)
    days = answer_days(form, local_date(now))
    direction, office = await direction_to(session, case, form.to_office_id)
    await check_target(session, case, office)
    await check_person(session, case, form.to_person_id, office.id)
    check_reason(form.reason, direction)
    if form.reason is Reason.GREEN_LANE:
        check_lane(case, office)
    offer = offer_of(subject, case, direction, office, form.reason, now)
    offer.answer_by, offer.done_by = end_of_day(now, days), form.done_by
    offer.to_person_id, offer.purpose = form.to_person_id, form.purpose.value
    await stand(session, case, offer)
    await tell_offered(session, subject, case, offer)
    return Done(data=facts_of(offer), audience="parties", also_tenants=(office.tenant_id,))


def offer_of(
    subject: Subject, case: Case, direction: Direction, office: Office, reason: Reason, now: datetime
) -> HandoverOffer:
    return HandoverOffer(
        id=new_id(now),
        case_id=case.id,
        direction=direction.value,
        from_office_id=case.holder_office_id,
        from_tenant_id=holder_tenant(case),
        to_office_id=office.id,
        to_tenant_id=office.tenant_id,
        reason=reason.value,
        purpose=Purpose.WHOLE.value,
        answer_by=end_of_day(now, ANSWER_DAYS),
        forced=False,
        state=OfferState.OPEN.value,
        offered_by=subject.person_id,
        recorded_at=now,
    )


async def stand(session: AsyncSession, case: Case, offer: HandoverOffer) -> None:
    """From now on the case is frozen and the receiver sees its preview."""
    offer.funding = await _funding(session, case)
    session.add(offer)
    await session.flush()
    case.offer_id = offer.id
    await relations.grant(
        session,
        case,
        Relation.OFFERED,
        tenant_id=offer.to_tenant_id,
        office_id=offer.to_office_id,
        source=source_of(offer),
    )


def source_of(offer: HandoverOffer) -> str:
    """How the records that an offer makes name it."""
    return f"handover_offers:{offer.id}"


def facts_of(offer: HandoverOffer) -> dict[str, Any]:
    """For the event."""
    return {"direction": offer.direction, "to": offer.to_office_id, "reason": offer.reason}


async def _funding(session: AsyncSession, case: Case) -> dict[str, Any]:
    """Told to who has no sight of the money: totals per tenant, as they stand while nobody can add to them."""
    return {"tenants": msgspec.to_builtins(await totals_of(session, case))}


async def withdraw_handover(session: AsyncSession, subject: Subject, case: Case, form: WithdrawForm) -> Done:
    return await _ended(session, subject, case, OfferState.WITHDRAWN)


async def expire_handover(session: AsyncSession, subject: Subject, case: Case, form: WithdrawForm) -> Done:
    """By the system once the day for an answer has passed: an offer freezes no case for ever."""
    return await _ended(session, subject, case, OfferState.EXPIRED)


async def _ended(session: AsyncSession, subject: Subject, case: Case, state: OfferState) -> Done:
    """The case thaws, and the preview is gone for the receiver."""
    offer = await standing_offer(session, case)
    if offer.forced:
        raise OfferForced
    offer.state = state.value
    offer.decided_by, offer.decided_at = None if subject.system else subject.person_id, instant(session)
    case.offer_id = None
    await relations.end(session, case, Relation.OFFERED, source=source_of(offer))
    return Done(data={"to": offer.to_office_id}, audience="parties", also_tenants=(offer.to_tenant_id,))


async def standing_offer(session: AsyncSession, case: Case) -> HandoverOffer:
    offer = await open_offer(session, case.id)
    if offer is None or offer.id != case.offer_id:
        raise NoOffer
    return offer


@by_facts()
def no_pending_offer(subject: Subject, case: Case) -> DomainError | None:
    return OfferPending() if case.offer_id is not None else None


@by_facts()
def pending_offer(subject: Subject, case: Case) -> DomainError | None:
    return NoOffer() if case.offer_id is None else None


@by_facts(Fact("select answer_by < :now from handover_offers where case_id = :case and state = 'open'"))
def offer_overdue(subject: Subject, case: Case, overdue: bool | None) -> DomainError | None:
    return None if overdue else NotOverdue()


ACTS = (
    Act("offer-handover", N_("移交"), Action.HANDOVER_OFFER, OfferForm, offer_handover),
    Act(
        "withdraw-handover",
        N_("撤回移交"),
        Action.HANDOVER_WITHDRAW,
        WithdrawForm,
        withdraw_handover,
        while_frozen=True,
    ),
    Act(
        "expire-handover",
        N_("移交逾期未答复，失效"),
        Action.HANDOVER_WITHDRAW,
        WithdrawForm,
        expire_handover,
        while_frozen=True,
    ),
)
GUARDS = {"no_pending_offer": no_pending_offer, "pending_offer": pending_offer, "offer_overdue": offer_overdue}
