"""Offering a case, and taking the offer back: the holder's side. While an offer stands, edits are frozen."""

from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.catalogue import Act, Done
from cases.facts import by_facts
from cases.issue import issue
from cases.models import Case
from cases.notices import TRANSFER_NOTICE, clock_and_helpers
from cases.timeline import holder_tenant
from cases.timers import end_of_day
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from handover.green_lane import ANSWER_DAYS as LANE_DAYS
from handover.green_lane import check_lane
from handover.models import Direction, HandoverOffer, OfferState, Reason
from handover.targets import check_target, direction_to, open_offer
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office
from tenants.subject import Subject

DATA_KINDS = (N_("身份信息"), N_("联系方式"), N_("陈述、证据和调解材料"))
"""The kinds of data another processor gets (个人信息保护法 23), named in the notice."""


ANSWER_DAYS = 15
"""How long an offer stands when the sender asks for no other day (条例22, 23 by analogy); configurable later."""


class OfferForm(Struct, frozen=True, kw_only=True):
    to_office_id: Annotated[int, Meta(title=N_("移交给"), extra={"options": "handover_targets"})]
    reason: Annotated[Reason, Meta(title=N_("移交理由"))]
    answer_by: (
        Annotated[date, Meta(title=N_("请于此日前答复"), description=N_("不填为15日；逾期未答复，移交失效"))] | None
    ) = None


class WithdrawForm(Struct, frozen=True):
    """Nothing to fill in."""


class OfferPending(Conflict):
    code = "offer_pending"
    message = N_("案件已在移交中")


class NoOffer(Conflict):
    code = "no_offer"
    message = N_("案件不在移交中")


class OfferForced(Conflict):
    """条例28(3): who has a conflict of interest does not get the case back."""

    code = "offer_forced"
    message = N_(
        "因利害关系必须上提的案件，不能撤回、退回，也不因逾期失效；确有同样利害关系的，以“本单位有利害关系”转交再上一级"
    )


async def offer_handover(session: AsyncSession, subject: Subject, case: Case, form: OfferForm) -> Done:
    direction, office = await direction_to(session, case, form.to_office_id)
    await check_target(session, case, office)
    if form.reason is Reason.GREEN_LANE:
        check_lane(case, office)
    now = instant(session)
    offer = offer_of(subject, case, direction, office, form.reason, now)
    offer.answer_by = end_of_day(now, _days(form, local_date(now)))
    await stand(session, case, offer)
    await tell_parties(session, subject, case, office, form.reason.label)
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
        answer_by=end_of_day(now, ANSWER_DAYS),
        forced=False,
        state=OfferState.OPEN.value,
        offered_by=subject.person_id,
        recorded_at=now,
    )


async def stand(session: AsyncSession, case: Case, offer: HandoverOffer) -> None:
    """From now on the case is frozen and the receiver sees its preview."""
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


def _days(form: OfferForm, today: date) -> int:
    if form.answer_by is None:
        return LANE_DAYS if form.reason is Reason.GREEN_LANE else ANSWER_DAYS
    if form.answer_by < today:
        raise invalid("answer_by", "too_small", N_("日期已过"))
    return (form.answer_by - today).days


async def tell_parties(session: AsyncSession, subject: Subject, case: Case, receiver: Office, reason: str) -> None:
    """Who, why and which data (个人信息保护法 22, 23), with the remedy clock (N11)."""
    content = {
        "receiver": receiver.name,
        "reason": reason,
        "data_kinds": list(DATA_KINDS),
        **await clock_and_helpers(session, case.id),
    }
    await issue(session, subject, case, TRANSFER_NOTICE, content)


async def withdraw_handover(session: AsyncSession, subject: Subject, case: Case, form: WithdrawForm) -> Done:
    """By the sender; by the system once the day for an answer has passed: an offer freezes no case for ever."""
    offer = await standing_offer(session, case)
    if offer.forced:
        raise OfferForced
    offer.state = (OfferState.EXPIRED if subject.system else OfferState.WITHDRAWN).value
    offer.decided_by, offer.decided_at = None if subject.system else subject.person_id, instant(session)
    case.offer_id = None
    await relations.end(session, case, Relation.OFFERED, source=f"handover_offers:{offer.id}")
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
)
GUARDS = {"no_pending_offer": no_pending_offer, "pending_offer": pending_offer}
