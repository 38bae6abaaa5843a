"""Signals as reviewers and auditors see them: the claim, what it was compared with, the figures of both. Nobody is
named; the number of another case shows to those alone who may see that case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.choice import Choice
from foundation.errors import Forbidden, NotFound
from foundation.language import N_
from funding import claims_paging
from funding.duty_days import PersonDay
from funding.settlement import Settlement
from funding.signal_words import Line, lines_of
from funding.signals import Answer, Effect, Ground, Kind, Signal
from funding.travel_requests import Trip
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants import names
from tenants.subject import Subject

ANSWERERS = (Action.SUBSIDY_REVIEW, Action.SUBSIDY_APPROVE)
OPENED_BY = (*ANSWERERS, Action.VOUCHER_READ)
"""Reviewers and the heads answer; an auditor reads."""


class Side(Struct, frozen=True):
    """The claim, or what it was compared with; no address where the reader may not see it. `what` is a msgid."""

    what: str
    number: str | None = None
    address: str | None = None


class SignalView(Struct, frozen=True):
    """`ground`, `answer` and `effect` are msgids."""

    id: UUID
    ground: str
    claim: Side
    other: Side
    lines: list[Line]
    found_at: datetime
    answer: str | None = None
    effect: str | None = None
    reason: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None


class Board(Struct, frozen=True):
    """Of each list the newest first; `after`: of the lists that go on, by their codes, after which row."""

    open: list[SignalView]
    answered: list[SignalView]
    after: dict[str, UUID] = {}


class Box(Choice):
    OPEN = "open", N_("待核查")
    ANSWERED = "answered", N_("已经答复")


async def board(session: AsyncSession, subject: Subject, box: Box | None = None, after: UUID | None = None) -> Board:
    """Both lists; or one, after the row of it that was seen last. Raises InvalidInput; Forbidden for whoever neither
    reviews claims nor audits."""
    if not any(gate.may(subject, action) for action in OPENED_BY):
        raise Forbidden
    found = {one: await _some(session, subject, one, after if box else None) for one in Box if box in (None, one)}
    seen = {one: await views(session, subject, signals) for one, (signals, _) in found.items()}
    goes_on = {one.value: last for one, (_, last) in found.items() if last is not None}
    return Board(seen.get(Box.OPEN, []), seen.get(Box.ANSWERED, []), goes_on)


async def _some(
    session: AsyncSession, subject: Subject, box: Box, after: UUID | None
) -> tuple[Sequence[Signal], UUID | None]:
    which = Signal.answer.is_(None) if box is Box.OPEN else Signal.answer.is_not(None)
    query = shown(subject).where(which).order_by(Signal.found_at.desc(), Signal.id.desc())
    if after is not None:
        last = await claims_paging.seen(session, Signal, after)
        query = query.where(tuple_(Signal.found_at, Signal.id) < (last.found_at, last.id))
    rows = (await session.scalars(query.limit(claims_paging.MOST + 1))).all()
    return claims_paging.cut(rows, lambda row: row.id)


async def of_case(session: AsyncSession, subject: Subject, case_id: UUID) -> list[SignalView]:
    """For the box at the claim; empty for everybody else."""
    if not any(gate.may(subject, action) for action in OPENED_BY):
        return []
    query = shown(subject).where(Signal.case_id == case_id).order_by(Signal.found_at.desc(), Signal.id)
    return await views(session, subject, (await session.scalars(query)).all())


async def one(session: AsyncSession, subject: Subject, signal_id: UUID, *, lock: bool = False) -> Signal:
    """Raises NotFound for what the subject may not see."""
    query = shown(subject).where(Signal.id == signal_id)
    query = query.with_for_update(of=Signal) if lock else query
    signal = (await session.scalars(query)).one_or_none()
    if signal is None:
        raise NotFound
    return signal


def shown(subject: Subject) -> Select[Signal]:
    """Of cases by the gate; of days of duty in the own tenant, and for auditors below it as far as the rows show."""
    mine = [branch for action in OPENED_BY for branch in gate.visible(subject, action)]
    days: ColumnElement[bool] = false()
    if gate.may(subject, Action.SUBSIDY_REVIEW, Relation.GOVERNS):
        days = PersonDay.tenant_id == subject.tenant_id
    elif gate.may(subject, Action.VOUCHER_READ):
        days = PersonDay.id.is_not(None)
    return (
        select(Signal)
        .outerjoin(Case, Case.id == Signal.case_id)
        .outerjoin(PersonDay, and_(PersonDay.id == Signal.claim_id, Signal.claim_kind == Kind.DUTY))
        .where(or_(and_(Signal.case_id.is_not(None), or_(false(), *mine)), and_(Signal.case_id.is_(None), days)))
    )


async def views(session: AsyncSession, subject: Subject, signals: Sequence[Signal]) -> list[SignalView]:
    cases = await _cases_behind(session, signals)
    numbers = await _numbers(session, subject, {*cases.values(), *(each.case_id for each in signals)})
    people = await names.people(session, {each.answered_by for each in signals if each.answered_by})
    days = await _days(session, signals)
    return [
        SignalView(
            id=each.id,
            ground=Ground(each.ground).label,
            claim=_side(each.claim_kind, each.case_id, numbers, days.get(each.claim_id)),
            other=_side(each.other_kind, cases.get(each.other_id), numbers, days.get(each.other_id)),
            lines=lines_of(each),
            found_at=each.found_at,
            answer=Answer(each.answer).label if each.answer else None,
            effect=Effect(each.effect).label if each.effect else None,
            reason=each.reason,
            answered_by=people[each.answered_by] if each.answered_by else None,
            answered_at=each.answered_at,
        )
        for each in signals
    ]


def _side(kind: str, case_id: UUID | None, numbers: dict[UUID, str], day: str | None) -> Side:
    what = Kind(kind).label
    if day is not None:
        return Side(what, day, f"/funding/duty?month={day}")
    if case_id is None or case_id not in numbers:
        return Side(what)
    return Side(what, numbers[case_id], f"/cases/{case_id}#money-title")


async def _cases_behind(session: AsyncSession, signals: Sequence[Signal]) -> dict[UUID, UUID]:
    """What was compared with -> its case, as far as the reader's rows show it. A class is the claim's own."""
    behind = {each.other_id: each.case_id for each in signals if each.other_kind == Kind.CLASS and each.case_id}
    for kind, model in ((Kind.SETTLEMENT, Settlement), (Kind.TRIP, Trip)):
        ids = [each.other_id for each in signals if each.other_kind == kind]
        query = select(model.id, model.case_id).where(model.id.in_(ids))
        behind |= {thing: case for thing, case in await session.execute(query)} if ids else {}
    return behind


async def _numbers(session: AsyncSession, subject: Subject, cases: set[UUID | None]) -> dict[UUID, str]:
    """Of those that the reader may see."""
    if not (wanted := cases - {None}):
        return {}
    query = select(Case.id, func.coalesce(Case.case_no, Case.registration_no)).where(
        Case.id.in_(wanted), or_(false(), *gate.visible(subject))
    )
    return {case: number for case, number in await session.execute(query)}


async def _days(session: AsyncSession, signals: Sequence[Signal]) -> dict[UUID, str]:
    """Days of duty that the reader's rows show."""
    claimed = [each.claim_id for each in signals if each.claim_kind == Kind.DUTY]
    ids = claimed + [each.other_id for each in signals if each.other_kind == Kind.DUTY]
    query = select(PersonDay.id, PersonDay.day).where(PersonDay.id.in_(ids))
    return {thing: day.isoformat() for thing, day in await session.execute(query)} if ids else {}
