"""Claims as those who work on them see them: what waits for me, and what is held and why. Open ones only; nothing
about a petitioner stands here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    and_,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.models import Case
from dossiers.closing_facts import UNVISITED
from foundation.choice import Choice
from foundation.errors import DomainError, Forbidden
from foundation.language import N_
from funding import payouts, recoveries
from funding.appeals import Appeal, AppealOpen
from funding.claims_paging import MOST, cut, gone, seen
from funding.payouts import Fate, PaidOut, Waiting
from funding.positions import Position
from funding.purposes import Ground
from funding.recoveries import Recovery
from funding.same_matter import SettledApart
from funding.settlement import GONE, UNDER_APPROVAL, Settlement, SettlementShare
from funding.share_payouts import PAYABLE, hindrance
from funding.sign_settlement import JUSTICE
from policies import gate
from policies.actions import Action
from tenants import names
from tenants.subject import Subject

SIDES = (Action.SUBSIDY_PROPOSE, Action.SUBSIDY_REVIEW, Action.SUBSIDY_APPROVE, Action.SUBSIDY_PAY)
OPENED_BY = (*SIDES, Action.SUBSIDY_APPEAL, Action.LEDGER_READ)


class Queue(Choice):
    """What is to be done, and by which act."""

    REVIEW = "review", N_("待我审核")
    APPEAL = "appeal", N_("待我复核的申诉")
    APPROVE = "approve", N_("待我批准")
    PAY = "pay", N_("待我支付")
    RETURNED = "returned", N_("退回小组，可以重新提出或者申诉")
    APPEALED = "appealed", N_("申诉中")
    HELD = "held", N_("暂不支付")
    UNDER_WAY = "under_way", N_("办理中的结算")
    WAITING = "waiting", N_("其他待支付款项")
    RECOVERIES = "recoveries", N_("误付公职人员、应予追回")
    OWN = "own", N_("我的份额")


REST = (Queue.WAITING, Queue.RECOVERIES, Queue.OWN)
"""Not of settlements that wait for an act."""


ACTS = {
    Queue.REVIEW: "review-settlement",
    Queue.APPEAL: "answer-appeal",
    Queue.APPROVE: "approve-settlement",
    Queue.PAY: "pay-settlement",
    Queue.RETURNED: "propose-settlement",
}


class Asked(Struct, frozen=True, kw_only=True):
    """By default the beginning of each list; `after`: the next page of the one named, its last row that was seen."""

    box: Queue | None = None
    after: UUID | None = None

    def shows(self, queue: Queue) -> bool:
        return self.box in (None, queue)


EVERYTHING = Asked()


class Claim(Struct, frozen=True):
    """One settlement; `position` and `why` are msgids, `why` of what holds it."""

    case_id: UUID
    number: str
    amount_fen: int
    year: int | None
    position: str
    at: datetime
    act: str | None = None
    why: str | None = None


class Waits(Struct, frozen=True):
    """A trip or a day of duty that waits to be paid. `gone`: of a case that another holder has by now."""

    ground: str
    person: str
    fen: int
    case_id: UUID | None
    why: str | None
    failure: str | None
    gone: bool = False


class OwnShare(Struct, frozen=True):
    """What the reader receives; without a number where an earlier member may not see the case any more."""

    case_id: UUID
    number: str | None
    position: str
    amount_fen: int
    percent: int | None
    at: datetime
    paid_at: datetime | None


class Owed(Struct, frozen=True):
    """What was paid to an official and is to be recovered."""

    id: UUID
    person: str
    ground: str
    amount_fen: int
    case_id: UUID | None
    at: datetime
    repaid_at: datetime | None
    receipt_no: str | None


class Line(Struct, frozen=True):
    """`after` asks for the next page; None = there are no more."""

    queue: Queue
    claims: list[Claim]
    after: UUID | None = None


class Board(Struct, frozen=True):
    """`after`: of the three other lists, by their codes, those that go on, and after which row."""

    queues: list[Line]
    waiting: list[Waits]
    own: list[OwnShare]
    recoveries: list[Owed]
    after: dict[str, UUID]


async def board(session: AsyncSession, subject: Subject, asked: Asked = EVERYTHING) -> Board:
    """Raises InvalidInput; Forbidden for a post that has nothing to do with claims, unless a case's record makes it
    part of one."""
    shown, after = [queue for queue in Queue if asked.shows(queue)], asked.after if asked.box else None
    queues = [await _claims(session, subject, queue, after) for queue in shown if queue not in REST]
    waiting, on = await _waiting(session, subject, after) if Queue.WAITING in shown else ([], None)
    own, own_on = await _own(session, subject, after) if Queue.OWN in shown else ([], None)
    owed, owed_on = await _owed(session, subject, after) if Queue.RECOVERIES in shown else ([], None)
    goes_on = {Queue.WAITING: on, Queue.OWN: own_on, Queue.RECOVERIES: owed_on}
    found = Board(
        queues=[line for line in queues if line.claims],
        waiting=waiting,
        own=own,
        recoveries=owed,
        after={queue.value: last for queue, last in goes_on.items() if last is not None},
    )
    if not (found.queues or found.own or any(gate.may(subject, action) for action in OPENED_BY)):
        raise Forbidden
    return found


async def _claims(session: AsyncSession, subject: Subject, queue: Queue, after: UUID | None) -> Line:
    rights, where = _asked(subject, queue)
    mine = [branch for action in rights for branch in gate.visible(subject, action)]
    if not mine:
        return Line(queue, [])
    query = _settlements().where(or_(*mine), where)
    if after is not None:
        last = await seen(session, Settlement, after)
        query = query.where(tuple_(Settlement.recorded_at, Settlement.id) > (last.recorded_at, last.id))
    rows, goes_on = cut((await session.execute(query.limit(MOST + 1))).all(), lambda row: row[0].id)
    return Line(queue, [_claim(queue, *row) for row in rows], goes_on)


def _asked(subject: Subject, queue: Queue) -> tuple[Sequence[Action], ColumnElement[bool]]:
    """By which rights the queue shows, and what lies in it."""
    status, me = Settlement.status, subject.person_id
    signed = Settlement.justice_by if subject.role == JUSTICE else Settlement.petition_by
    match queue:
        case Queue.REVIEW:
            return (Action.SUBSIDY_REVIEW,), and_(status == Position.PROPOSED, Settlement.proposed_by != me)
        case Queue.APPROVE:
            return (Action.SUBSIDY_APPROVE,), and_(status.in_(UNDER_APPROVAL), signed.is_(None), ~APPEALED)
        case Queue.APPEAL:
            return (Action.SUBSIDY_APPROVE,), and_(APPEALED, func.coalesce(signed != me, True))
        case Queue.APPEALED:
            return (Action.SUBSIDY_PROPOSE, Action.SUBSIDY_REVIEW, Action.SUBSIDY_APPEAL), APPEALED
        case Queue.RETURNED:
            last = and_(status == Position.RETURNED, Case.funding_position == Position.RETURNED, NEWEST)
            return (Action.SUBSIDY_PROPOSE,), and_(last, ~APPEALED)
        case Queue.PAY:
            return (Action.SUBSIDY_PAY,), and_(status.in_(PAYABLE), ~HELD)
        case Queue.HELD:
            return SIDES, and_(status.in_(PAYABLE), HELD)
        case _:
            going = or_(status.in_((Position.PROPOSED, *UNDER_APPROVAL)), and_(status.in_(PAYABLE), ~HELD))
            return (Action.SUBSIDY_PROPOSE,), and_(going, ~APPEALED)


OTHER = aliased(Settlement)
NEWEST = ~exists(
    select(OTHER.id).where(OTHER.case_id == Settlement.case_id, OTHER.recorded_at > Settlement.recorded_at)
)
APPEALED = exists(select(Appeal.id).where(Appeal.settlement_id == Settlement.id, Appeal.outcome.is_(None)))
OFFICIAL = exists(
    select(SettlementShare.id).where(
        SettlementShare.settlement_id == Settlement.id,
        func.official_at_work(SettlementShare.case_id, SettlementShare.person_id),
    )
)
UNASKED = literal_column(f"({UNVISITED.sql.replace(':case', 'settlements.case_id')})", Integer)
PRESSED = func.pressure_open(Settlement.case_id, type_=Boolean)
FOUND = func.pressure_found(Settlement.case_id, type_=Boolean)
APART = func.settled_apart(Settlement.case_id, type_=Boolean)
HELD = or_(PRESSED, FOUND, OFFICIAL, APART, UNASKED > 0)
"""As `share_payouts.hindrance` says it of an approved one."""


def _settlements() -> Select[Settlement, str, bool, bool, int, bool, bool]:
    """With what could hold each; the oldest first."""
    number = func.coalesce(Case.case_no, Case.registration_no)
    query = select(Settlement, number, PRESSED, FOUND, UNASKED, OFFICIAL, APART)
    return query.join(Case, Case.id == Settlement.case_id).order_by(Settlement.recorded_at, Settlement.id)


def _claim(
    queue: Queue,
    settlement: Settlement,
    number: str,
    pressed: bool,
    found: bool,
    unvisited: int,
    official: bool,
    apart: bool,
) -> Claim:
    held: DomainError | None = SettledApart() if apart else None
    if settlement.status in PAYABLE:
        held = hindrance(pressed, found, unvisited, official, apart)
    elif queue is Queue.APPEALED:
        held = AppealOpen()
    return Claim(
        case_id=settlement.case_id,
        number=number,
        amount_fen=settlement.amount_fen,
        year=settlement.year,
        position=Position(settlement.status).label,
        at=settlement.recorded_at,
        act=ACTS.get(queue),
        why=_message(held),
    )


def _message(error: DomainError | None) -> str | None:
    return None if error is None else error.message


async def _waiting(session: AsyncSession, subject: Subject, after: UUID | None) -> tuple[list[Waits], UUID | None]:
    """Trips and days of duty; of shares, which stand with their settlements, what came back or whose case has gone."""
    found = await payouts.waiting(session, subject)
    failures = await payouts.last_failures(session, [one.payout.ground_id for one in found])
    listed = [
        one for one in found if one.payout.ground != Ground.SETTLEMENT or one.gone or one.payout.ground_id in failures
    ]
    if after is not None:
        places = {one.payout.ground_id: place for place, one in enumerate(listed, start=1)}
        if after not in places:
            raise gone()
        listed = listed[places[after] :]
    shown, goes_on = cut(listed, lambda one: one.payout.ground_id)
    people = await names.people(session, {one.payout.person_id for one in shown})
    return [_waits(one, people, failures) for one in shown], goes_on


def _waits(one: Waiting, people: Mapping[UUID, str], failures: Mapping[UUID, str]) -> Waits:
    return Waits(
        ground=one.payout.ground.label,
        person=people[one.payout.person_id],
        fen=one.payout.fen,
        case_id=None if one.gone else one.payout.case_id,
        gone=one.gone,
        why=_message(one.hindrance),
        failure=failures.get(one.payout.ground_id),
    )


async def _own(session: AsyncSession, subject: Subject, after: UUID | None) -> tuple[list[OwnShare], UUID | None]:
    """The reader's shares, the newest first, whoever holds the case by now."""
    paid = and_(PaidOut.ground_id == SettlementShare.id, PaidOut.fate == Fate.PAID)
    number = func.coalesce(Case.case_no, Case.registration_no)
    query = (
        select(SettlementShare, Settlement.status, number, PaidOut.recorded_at)
        .join(Settlement, Settlement.id == SettlementShare.settlement_id)
        .outerjoin(Case, and_(Case.id == SettlementShare.case_id, or_(false(), *gate.visible(subject))))
        .outerjoin(PaidOut, paid)
        .where(SettlementShare.person_id == subject.person_id, Settlement.status.not_in(GONE))
        .order_by(SettlementShare.recorded_at.desc(), SettlementShare.id.desc())
    )
    if after is not None:
        last = await seen(session, SettlementShare, after)
        query = query.where(tuple_(SettlementShare.recorded_at, SettlementShare.id) < (last.recorded_at, last.id))
    rows, goes_on = cut((await session.execute(query.limit(MOST + 1))).all(), lambda row: row[0].id)
    return [
        OwnShare(one.case_id, number, Position(status).label, one.amount_fen, one.percent, one.recorded_at, at)
        for one, status, number, at in rows
    ], goes_on


async def _owed(session: AsyncSession, subject: Subject, after: UUID | None) -> tuple[list[Owed], UUID | None]:
    last = None if after is None else await seen(session, Recovery, after)
    rows, goes_on = cut(await recoveries.recoveries(session, subject, MOST + 1, last), lambda row: row.id)
    return await _recoveries(session, rows), goes_on


async def recovery_view(session: AsyncSession, recovery: Recovery) -> Owed:
    return (await _recoveries(session, [recovery]))[0]


async def _recoveries(session: AsyncSession, found: Sequence[Recovery]) -> list[Owed]:
    query = select(PaidOut.id, PaidOut.ground).where(PaidOut.id.in_([one.payout_id for one in found]))
    grounds = {payout: ground for payout, ground in await session.execute(query)}
    people = await names.people(session, {one.person_id for one in found})
    return [_recovery(one, people[one.person_id], grounds[one.payout_id]) for one in found]


def _recovery(one: Recovery, person: str, ground: str) -> Owed:
    return Owed(
        id=one.id,
        person=person,
        ground=Ground(ground).label,
        amount_fen=one.amount_fen,
        case_id=one.case_id,
        at=one.recorded_at,
        repaid_at=one.repaid_at,
        receipt_no=one.receipt_no,
    )
