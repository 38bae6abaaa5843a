"""Travel (六(四)4): asked for and approved before it begins; who bears it follows what the trip serves."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.timeline import holder_tenant
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_, translate
from foundation.store import instant
from funding import decisions, trip_costs
from funding.answers import Answer, Decision
from funding.facts import Facts
from funding.gathering import common, fault_facts, producer_facts
from funding.payer import decide
from funding.positions import Position, note_before_settlement
from funding.recipients import was_official
from funding.refusals import NotApprovedBefore, RecipientOfficial, decided
from funding.rulebook import rulebook
from funding.separation import keep_apart, keep_director_apart
from funding.travel_requests import Trip, TripStatus, trips_in
from funding.travel_standard import check_standard
from funding.words import CostKind, Recipient
from policies.actions import Action
from tenants.models import Tenant
from tenants.subject import Subject


class Purpose(Choice):
    """What the trip is for decides its channel (default of gap l)."""

    CASE = "A", N_("为办案（调查、调解、送达等）")
    NOTARY = "B", N_("为公证、司法鉴定")
    COURT = "C", N_("为诉讼、仲裁、代理")


class TripAnswer(Choice):
    APPROVE = "approve", N_("同意")
    REFUSE = "refuse", N_("不同意")


class TripForm(Struct, frozen=True, kw_only=True):
    serves: Annotated[Purpose, Meta(title=N_("出差所办事项"))]
    purpose: Annotated[
        str, Meta(title=N_("出差事由和地点"), min_length=2, max_length=500, extra={"widget": "textarea"})
    ]
    starts_on: Annotated[date, Meta(title=N_("出发日期"))]
    ends_on: Annotated[date, Meta(title=N_("返回日期"))]
    standard_fen: Annotated[
        int, Meta(title=N_("按行政机关出差标准计算的金额"), ge=1, le=10_000_000, extra={"widget": "money"})
    ]


class TripAnswerForm(Struct, frozen=True, kw_only=True):
    trip_id: Annotated[UUID, Meta(title=N_("待审核的出差"), extra={"options": "open_trips"})]
    answer: Annotated[TripAnswer, Meta(title=N_("审核意见"))]
    reason: Annotated[str, Meta(title=N_("说明"), max_length=500, extra={"widget": "textarea"})] | None = None


REQUEST = PaperKind("travel_request", N_("出差审批表"), Group.MONEY, form=TripForm)
ANSWER = PaperKind("travel_answer", N_("出差审核意见"), Group.MONEY, form=TripAnswerForm)


async def request_travel(session: AsyncSession, subject: Subject, case: Case, form: TripForm) -> Done:
    """For oneself. An official travels on the own organ's rule, never on this fund."""
    now = instant(session)
    if form.starts_on < local_date(now):
        raise NotApprovedBefore
    if not 0 <= (form.ends_on - form.starts_on).days <= 60:
        raise invalid("ends_on", "wrong_order", N_("返回日期应在出发日期之后，且不超过60天"))
    if await was_official(session, subject.person_id, form.starts_on, form.ends_on):
        raise RecipientOfficial
    holder = await session.get_one(Tenant, holder_tenant(case))
    await check_standard(session, holder, form.starts_on, form.ends_on, form.standard_fen)
    session.add(
        Trip(
            id=new_id(now),
            case_id=case.id,
            office_id=case.holder_office_id,
            person_id=subject.person_id,
            serves=form.serves.value,
            purpose=form.purpose,
            starts_on=form.starts_on,
            ends_on=form.ends_on,
            standard_fen=form.standard_fen,
            status=TripStatus.REQUESTED.value,
            requested_by=subject.person_id,
            recorded_at=now,
        )
    )
    await issue(session, subject, case, REQUEST, form)
    note_before_settlement(case, Position.COSTS)
    return Done(data={"serves": form.serves.value})


async def approve_travel(session: AsyncSession, subject: Subject, case: Case, form: TripAnswerForm) -> Done:
    """By the competent department, by another person, and before the trip begins."""
    trip = next((one for one in await trips_in(session, case.id, TripStatus.REQUESTED) if one.id == form.trip_id), None)
    if trip is None:
        raise invalid("trip_id", "not_a_choice", N_("请从所列项目中选择"))
    keep_apart(subject, {trip.person_id: N_("出差人")})
    await keep_director_apart(session, subject, case)
    now = instant(session)
    approved = form.answer is TripAnswer.APPROVE
    if approved and trip.starts_on < local_date(now):
        raise NotApprovedBefore
    if not approved and not form.reason:
        raise invalid("reason", "required", N_("不同意须说明理由"))
    trip.status = (TripStatus.APPROVED if approved else TripStatus.REFUSED).value
    trip.decided_by, trip.decided_at = subject.person_id, now
    await issue(session, subject, case, ANSWER, form)
    await decide_again(session, subject, case)
    await (trip_costs.promise(session, subject, case, trip) if approved else trip_costs.drop(session, subject, trip))
    return Done(data={"answer": form.answer.value})


async def answer_for(session: AsyncSession, case: Case, trip: Trip) -> tuple[Facts, Answer]:
    """What the table says today of a trip, with the facts on file."""
    official = await was_official(session, trip.person_id, trip.starts_on, trip.ends_on)
    facts = Facts(
        cost=CostKind.TRAVEL,
        approved_before=trip.status in (TripStatus.APPROVED, TripStatus.PAID),
        recipient=Recipient.OFFICIAL if official else Recipient.ELIGIBLE,
        trip_serves=CostKind(trip.serves),
        standard_fen=trip.standard_fen,
        **await common(session, case, trip.starts_on),
        **await (producer_facts if trip.serves == CostKind.SUBSIDY else fault_facts)(session, case),
    )
    return facts, decide(facts, await rulebook(session))


async def decide_again(
    session: AsyncSession, subject: Subject, case: Case, cause: decisions.Cause = decisions.Cause.COST
) -> None:
    """An approved trip gets its payer as soon as the finding that it waits for is there."""
    for trip in await trips_in(session, case.id, TripStatus.APPROVED):
        facts, answer = await answer_for(session, case, trip)
        if not isinstance(answer, Decision) or answer.refusal is None:
            await decisions.renew(session, subject, case, decisions.About.TRAVEL, trip.id, facts, answer, cause)


async def decide_trips(session: AsyncSession, subject: Subject, case: Case) -> list[Trip]:
    """Every trip to be paid has its payer on file; raises the named error for one that can't be decided."""
    trips = await payable_trips(session, subject, case)
    for trip in trips:
        facts, answer = await answer_for(session, case, trip)
        await decisions.renew(session, subject, case, decisions.About.TRAVEL, trip.id, facts, decided(answer))
    return trips


async def payable_trips(session: AsyncSession, subject: Subject, case: Case) -> list[Trip]:
    """Approved trips; one whose traveller turns out to have been an official is refused, and promised no more."""
    trips: list[Trip] = []
    for trip in await trips_in(session, case.id, TripStatus.APPROVED):
        if await was_official(session, trip.person_id, trip.starts_on, trip.ends_on):
            trip.status = TripStatus.REFUSED.value
            await trip_costs.drop(session, subject, trip)
        else:
            trips.append(trip)
    return trips


async def open_trip_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [
        Option(str(trip.id), f"{trip.starts_on}—{trip.ends_on} {translate(Purpose(trip.serves).label)}")
        for trip in await trips_in(session, case.id, TripStatus.REQUESTED)
    ]


ACTS = (
    Act("request-travel", N_("申请出差"), Action.TRAVEL_REQUEST, TripForm, request_travel, step=4),
    Act("approve-travel", N_("审核出差"), Action.TRAVEL_APPROVE, TripAnswerForm, approve_travel),
)
OPTIONS = {"open_trips": open_trip_options}
PAPERS = (REQUEST, ANSWER)
