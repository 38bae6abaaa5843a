"""Inbox and outbox of an office: what waits here, what waits elsewhere, what came back, what was decided lately.

Keyset pages over partial indexes; only what is open or came back is counted, and never beyond MOST_COUNTED.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.models import Case
from foundation.choice import Choice
from foundation.errors import invalid
from foundation.language import N_
from foundation.store import instant
from handover.models import HandoverOffer, OfferState
from handover.reading import OPEN
from policies import gate
from policies.actions import Action
from tenants.models import Office, Place
from tenants.subject import Subject

PAGE = 50
MOST_COUNTED = 1000
LATELY = timedelta(days=30)


class Box(Choice):
    WAITING = "waiting", N_("待我方答复")
    SENT = "sent", N_("已发出，待对方答复")
    RETURNED = "returned", N_("退回我方")
    DECIDED = "decided", N_("近30天已答复")


class BoxRow(Struct, frozen=True):
    """One offer in a list; no person, no statement. `incoming`: to the reader's office."""

    offer_id: UUID
    case_id: UUID
    registration_no: str
    case_no: str | None
    direction: str
    reason: str
    forced: bool
    state: str
    sender: str
    receiver: str
    dispute_type: int
    place: str
    person_count: int
    offered_at: datetime
    answer_by: datetime | None
    overdue: bool
    decided_at: datetime | None
    return_reason: str | None
    return_proof: str | None
    for_me: bool
    incoming: bool


class BoxPage(Struct, frozen=True):
    """`after` continues the list; null = the last page."""

    rows: list[BoxRow]
    after: str | None


class BoxCounts(Struct, frozen=True):
    """Of what still asks for something; `overdue` among them. At most MOST_COUNTED of each are counted."""

    waiting: int = 0
    waiting_overdue: int = 0
    sent: int = 0
    sent_overdue: int = 0
    returned: int = 0


def boxes_of(subject: Subject) -> list[Box]:
    """Those that the post has any business with."""
    if subject.office_id is None:
        return []
    answers, offers = gate.may(subject, Action.HANDOVER_PREVIEW), gate.may(subject, Action.HANDOVER_OFFER)
    own = {Box.WAITING: answers, Box.SENT: offers, Box.RETURNED: offers, Box.DECIDED: answers or offers}
    return [box for box in Box if own[box]]


async def counts_of(session: AsyncSession, subject: Subject) -> BoxCounts:
    """One statement for each of at most three boxes, over the offers that are open or came back lately."""
    found: dict[str, int] = {}
    for box in boxes_of(subject):
        if box is not Box.DECIDED:
            late = (HandoverOffer.answer_by < instant(session)).label("late")
            some = _offers(select(late), subject, box, instant(session)).limit(MOST_COUNTED).subquery()
            number, overdue = (await session.execute(select(func.count(), func.count().filter(some.c.late)))).one()
            found |= {box.value: number, f"{box.value}_overdue": overdue}
    return BoxCounts(**{name: number for name, number in found.items() if name in BoxCounts.__struct_fields__})


async def page_of(
    session: AsyncSession, subject: Subject, box: Box, after: str | None = None, size: int = PAGE
) -> BoxPage:
    """What waits: for me by name first, then the oldest; what is decided: the latest first."""
    sender, receiver = aliased(Office), aliased(Office)
    keys = _keys(subject, box)
    query = _offers(
        select(HandoverOffer, Case, Place.name, sender.name, receiver.name, *keys), subject, box, instant(session)
    )
    query = (
        query.join(Place, Place.id == Case.place_id)
        .join(sender, sender.id == HandoverOffer.from_office_id)
        .join(receiver, receiver.id == HandoverOffer.to_office_id)
    )
    if after:
        beyond = tuple_(*map(literal, _read_cursor(after)))
        query = query.where(tuple_(*keys) > beyond if _is_open(box) else tuple_(*keys) < beyond)
    order = keys if _is_open(box) else [key.desc() for key in keys]
    rows = (await session.execute(query.order_by(*order).limit(size + 1))).all()
    shown = [_row(subject, instant(session), *row[:5]) for row in rows[:size]]
    return BoxPage(shown, _cursor(rows[size - 1][5:]) if len(rows) > size else None)


def _is_open(box: Box) -> bool:
    return box in (Box.WAITING, Box.SENT)


def _keys(subject: Subject, box: Box) -> Sequence[Any]:
    """What a page is ordered and continued by; for each box as many, so that one cursor fits all."""
    for_others = HandoverOffer.to_person_id.is_distinct_from(subject.person_id)
    moment = HandoverOffer.recorded_at if _is_open(box) else HandoverOffer.decided_at
    return (for_others if box is Box.WAITING else literal(False), moment, HandoverOffer.id)


def _offers(query: Select[Any], subject: Subject, box: Box, now: datetime) -> Select[Any]:
    """Of the subject's office, and of cases with which it may do what the box is for."""
    action = Action.HANDOVER_PREVIEW if box is Box.WAITING else Action.CASE_STATUS
    seen = or_(false(), *gate.visible(subject, action))
    return (
        query.select_from(HandoverOffer)
        .join(Case, Case.id == HandoverOffer.case_id)
        .where(_in(box, subject, now), seen)
    )


def _in(box: Box, subject: Subject, now: datetime) -> ColumnElement[bool]:
    mine = HandoverOffer.from_office_id == subject.office_id
    to_me = HandoverOffer.to_office_id == subject.office_id
    decided = and_(CLOSED, HandoverOffer.decided_at > now - LATELY)
    where = {
        Box.WAITING: and_(to_me, OPEN),
        Box.SENT: and_(mine, OPEN),
        Box.RETURNED: and_(
            mine,
            decided,
            HandoverOffer.state == OfferState.RETURNED,
            Case.offer_id.is_(None),
            Case.holder_office_id == subject.office_id,
        ),
        Box.DECIDED: and_(or_(mine, to_me), decided),
    }
    return where[box]


CLOSED = HandoverOffer.state != literal(OfferState.OPEN.value, literal_execute=True)
"""In the text itself, as OPEN: for the partial indexes of what is decided."""


def _row(
    subject: Subject, now: datetime, offer: HandoverOffer, case: Case, place: str, sender: str, receiver: str
) -> BoxRow:
    is_open = offer.state == OfferState.OPEN
    return BoxRow(
        offer_id=offer.id,
        case_id=case.id,
        registration_no=case.registration_no,
        case_no=case.case_no,
        direction=offer.direction,
        reason=offer.reason,
        forced=offer.forced,
        state=offer.state,
        sender=sender,
        receiver=receiver,
        dispute_type=case.dispute_type,
        place=place,
        person_count=case.person_count,
        offered_at=offer.recorded_at,
        answer_by=offer.answer_by,
        overdue=is_open and offer.answer_by is not None and offer.answer_by < now,
        decided_at=offer.decided_at,
        return_reason=offer.return_reason,
        return_proof=offer.return_proof,
        for_me=offer.to_person_id == subject.person_id,
        incoming=offer.to_office_id == subject.office_id,
    )


def _cursor(keys: Sequence[Any]) -> str:
    flag, moment, offer_id = keys
    return f"{int(flag)}~{moment.isoformat()}~{offer_id}"


def _read_cursor(text: str) -> tuple[bool, datetime, UUID]:
    try:
        flag, moment, offer_id = text.split("~")
        read = datetime.fromisoformat(moment)
        if flag not in ("0", "1") or read.tzinfo is None:
            raise ValueError(flag)
        return flag == "1", read, UUID(offer_id)
    except ValueError:
        raise invalid("after", "malformed", N_("翻页标记不对，请从第一页开始")) from None
