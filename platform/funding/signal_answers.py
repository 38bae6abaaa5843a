"""Answering a signal: explained, or upheld, and then the claim goes back by the same act by which it always does.

A reviewer has had no hand in the claim (31b). What was paid already can't go back: that is said, and is for supervision
and audit to follow.
"""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.acts import perform
from cases.catalogue import Catalogue
from cases.models import Case
from foundation import audit
from foundation.errors import Conflict, Forbidden
from foundation.language import N_
from foundation.store import instant
from funding import trip_costs
from funding.duty_approval import OPEN, ReturnForm, return_pay
from funding.duty_days import DayStatus, DutyPay, PayStatus, PersonDay
from funding.payment_batches import in_batch
from funding.payouts import InBatch
from funding.positions import Position
from funding.purposes import Ground as Books
from funding.separation import keep_apart
from funding.settlement import GONE, UNDER_APPROVAL, Settlement, parts_of, recipients_of
from funding.sign_settlement import ReviewForm, ReviewVerdict, Verdict, VerdictForm
from funding.signal_reading import ANSWERERS, one
from funding.signals import Answer, Effect, Ground, Kind, Signal
from funding.travel import TripAnswer, TripAnswerForm
from funding.travel_requests import Trip, TripStatus
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

REFUSED = N_("疑点核查属实")


class AnswerForm(Struct, frozen=True, kw_only=True):
    answer: Annotated[
        Answer, Meta(title=N_("核查结论"), description=N_("属实的，申报退回；已经支付的，移送监督、审计查处"))
    ]
    reason: Annotated[
        str,
        Meta(
            title=N_("核查理由"),
            description=N_("不写姓名、证件号、电话、住址"),
            min_length=4,
            max_length=1000,
            pattern=r"\S",
            extra={"widget": "textarea"},
        ),
    ]


class AlreadyAnswered(Conflict):
    code = "already_answered"
    message = N_("这一疑点已经答复")


class AnotherStage(Forbidden):
    code = "another_stage"
    message = N_("这笔申报已到另一环节，属实的须由该环节的审签人退回")


async def answer(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, signal_id: UUID, form: AnswerForm
) -> Signal:
    """Raises NotFound, AlreadyAnswered, Forbidden, and what the act refuses with by which the claim goes back."""
    signal = await one(session, subject, signal_id, lock=True)
    if signal.answer is not None:
        raise AlreadyAnswered
    await _check_answerer(session, subject, signal)
    signal.answer, signal.reason = form.answer.value, form.reason
    signal.answered_by, signal.answered_at = subject.person_id, instant(session)
    if form.answer is Answer.UPHELD:
        effect = await BACK[Kind(signal.claim_kind)](session, subject, catalogue, signal, form.reason)
        signal.effect = effect.value
    await session.flush()
    detail = {"ground": signal.ground, "answer": signal.answer, "effect": signal.effect}
    action = Action.SUBSIDY_REVIEW if gate.may(subject, Action.SUBSIDY_REVIEW) else Action.SUBSIDY_APPROVE
    entry = audit.Entry(subject.actor, subject.post_id, action, "funding_signal", str(signal.id), detail=detail)
    await audit.append(session, entry, *{signal.tenant_id, subject.tenant_id or signal.tenant_id})
    return signal


def answers(subject: Subject) -> bool:
    """Whether the post answers signals at all; an auditor reads them."""
    return any(gate.may(subject, action) for action in ANSWERERS)


async def _check_answerer(session: AsyncSession, subject: Subject, signal: Signal) -> None:
    if signal.case_id is None:
        gate.require_role(subject, Action.SUBSIDY_REVIEW, Relation.GOVERNS)
    else:
        right = next((action for action in ANSWERERS if gate.may(subject, action)), Action.SUBSIDY_REVIEW)
        await gate.fetch(session, subject, right, signal.case_id)
    keep_apart(subject, await _parts(session, signal))


async def _parts(session: AsyncSession, signal: Signal) -> dict[UUID | None, str]:
    """Who claims and who receives; where it is about who signs, who has signed too."""
    if signal.claim_kind == Kind.DUTY:
        return {(await session.get_one(PersonDay, signal.claim_id)).person_id: N_("值班人员")}
    if signal.claim_kind == Kind.TRIP:
        return {(await session.get_one(Trip, signal.claim_id)).person_id: N_("出差人")}
    settlement = await session.get_one(Settlement, signal.claim_id)
    if signal.ground == Ground.ONE_SIGNER:
        return await parts_of(session, settlement)
    receive: dict[UUID | None, str] = {who: N_("领取人") for who in await recipients_of(session, settlement)}
    return receive | {settlement.proposed_by: N_("结算提出人")}


async def _settlement_back(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, signal: Signal, reason: str
) -> Effect:
    """By the reviewer while it is proposed, by a head until it is paid."""
    settlement = await session.get_one(Settlement, signal.claim_id)
    if settlement.status in GONE:
        return Effect.GONE
    if settlement.status == Position.PROPOSED:
        review = ReviewForm(verdict=ReviewVerdict.RETURN, reason=reason)
        await _do(session, subject, catalogue, settlement.case_id, "review-settlement", review)
    elif settlement.status in (*UNDER_APPROVAL, Position.APPROVED):
        verdict = VerdictForm(verdict=Verdict.RETURN, reason=reason)
        await _do(session, subject, catalogue, settlement.case_id, "approve-settlement", verdict)
    else:
        return Effect.PAID
    return Effect.RETURNED


async def _trip_back(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, signal: Signal, reason: str
) -> Effect:
    """Refused; one that was approved already is promised no more."""
    trip = await session.get_one(Trip, signal.claim_id)
    if trip.status == TripStatus.REQUESTED:
        refusal = TripAnswerForm(trip_id=trip.id, answer=TripAnswer.REFUSE, reason=reason)
        await _do(session, subject, catalogue, trip.case_id, "approve-travel", refusal)
        return Effect.RETURNED
    if trip.status != TripStatus.APPROVED:
        return Effect.PAID if trip.status == TripStatus.PAID else Effect.GONE
    if await in_batch(session, Books.TRIP, trip.id):
        raise InBatch
    await gate.fetch(session, subject, Action.TRAVEL_APPROVE, trip.case_id, lock=True)
    trip.status = TripStatus.REFUSED.value
    await trip_costs.drop(session, subject, trip)
    return Effect.RETURNED


async def _day_back(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, signal: Signal, reason: str
) -> Effect:
    """Refused; a pay that it is in is given back, and its other days wait for approval again."""
    day = await session.get_one(PersonDay, signal.claim_id, with_for_update=True)
    if day.status == DayStatus.APPROVED and day.pay_id is not None:
        if (await session.get_one(DutyPay, day.pay_id)).status == PayStatus.PAID:
            return Effect.PAID
        await return_pay(session, subject, day.pay_id, ReturnForm(reason=REFUSED))
    if day.status not in OPEN:
        return Effect.GONE
    day.status, day.fen = DayStatus.REFUSED.value, 0
    return Effect.RETURNED


BACK = {Kind.SETTLEMENT: _settlement_back, Kind.TRIP: _trip_back, Kind.DUTY: _day_back}


async def _do(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case_id: UUID, act: str, form: Struct
) -> None:
    """The act itself, with all that it asks; who has no right to it at this stage is told so."""
    if not gate.may(subject, catalogue[act].action):
        raise AnotherStage
    case: Case = await gate.fetch(session, subject, catalogue[act].action, case_id, lock=True)
    await perform(session, subject, catalogue, case_id, act, form, case.version)
