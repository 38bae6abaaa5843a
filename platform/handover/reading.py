"""What a receiver sees before it decides: enough to check for conflicts; no person, no statement, no attachment."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, and_, false, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.models import Case
from cases.term_views import OF_ONE_PERSON
from cases.terms import TERMS
from foundation.clock import local_date
from foundation.errors import NotFound
from foundation.language import translate
from foundation.store import instant
from handover.models import HandoverOffer, OfferState
from handover.parties_word import word_on
from handover.staying import staying_options
from policies import gate
from policies.actions import Action
from tenants import names
from tenants.models import Office, Person, Place, Tenant
from tenants.subject import Subject

INBOX = 100
TERMS_OFFERED = text("select kind, due_at from terms_offered(:case, :kinds) order by due_at, kind")
OF_THE_CASE = sorted(kind for kind, term in TERMS.items() if not term.remedy and kind not in OF_ONE_PERSON)
"""Terms of the case as such: a party's own remedies, and what tells of one person's hardship, are not shown."""
OPEN = HandoverOffer.state == literal(OfferState.OPEN.value, literal_execute=True)
"""In the text itself: a generic plan finds the partial index only so, and would else read every offer ever made."""


class FundingShare(Struct, frozen=True):
    """What one tenant has spent and promised, in fen, as it stood at the offer; no persons (funding.totals)."""

    tenant: str
    third_party_fen: int
    incurred_fen: int
    committed_fen: int


class DueTerm(Struct, frozen=True):
    """A legal term that runs on while the case is on its way."""

    title: str
    due_at: datetime


class Preview(Struct, frozen=True):
    """What an offer shows in a list. `done_by`: by when the sender asks that the work be done; it moves no legal term,
    and `done_by_late` says that it lies after the nearest one. `for_me`: the reader is asked for by name."""

    offer_id: UUID
    case_id: UUID
    version: int
    registration_no: str
    case_no: str | None
    direction: str
    reason: str
    forced: bool
    sender: str
    receiver: str
    dispute_type: int
    case_class: str | None
    place: str
    visited_unit: str | None
    step: int
    state: str
    person_count: int
    filed_at: datetime
    due_at: datetime | None
    answer_by: datetime | None
    offered_at: datetime
    funding_position: str | None
    purpose: str
    done_by: date | None
    done_by_late: bool
    to_person: str | None
    for_me: bool
    age_days: int
    funding: list[FundingShare]


class FullPreview(Preview, frozen=True):
    """The whole of what an offer shows. `word`: whether the parties accept the receiver as their new mediator: open,
    accepted, refused; null = the law does not ask them. `team`: how many serve, among whom the receiver may choose."""

    terms: list[DueTerm] = []
    word: str | None = None
    team: int = 0


async def inbox(session: AsyncSession, subject: Subject) -> list[Preview]:
    """Open offers to the subject's office that it may preview, oldest first."""
    if subject.office_id is None or not gate.may(subject, Action.HANDOVER_PREVIEW):
        return []
    mine = or_(false(), *gate.visible(subject, Action.HANDOVER_PREVIEW))
    query = _previews().where(HandoverOffer.to_office_id == subject.office_id, OPEN, mine)
    for_me = HandoverOffer.to_person_id.is_not_distinct_from(subject.person_id)
    rows = (await session.execute(query.order_by(for_me.desc(), HandoverOffer.recorded_at).limit(INBOX))).all()
    called = await _tenants(session, [row[0] for row in rows])
    return [Preview(**_shown(session, subject, called, *row)) for row in rows]


async def preview(session: AsyncSession, subject: Subject, case_id: UUID) -> FullPreview:
    """One offer, for those whom the gate lets preview it; anyone else gets 404."""
    await gate.fetch(session, subject, Action.HANDOVER_PREVIEW, case_id)
    query = _previews().where(HandoverOffer.case_id == case_id, HandoverOffer.state == OfferState.OPEN.value)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound
    offer, case = row[:2]
    shown = _shown(session, subject, await _tenants(session, [offer]), *row)
    terms = await session.execute(TERMS_OFFERED, {"case": case_id, "kinds": OF_THE_CASE})
    return FullPreview(
        **shown,
        terms=[DueTerm(translate(TERMS[kind].title), due_at) for kind, due_at in terms],
        word=await word_on(session, case, offer.to_office_id, offer.direction),
        team=len(await staying_options(session, subject, case)),
    )


async def offers_of(session: AsyncSession, case_id: UUID) -> Sequence[HandoverOffer]:
    """The case's travels, oldest first."""
    query = select(HandoverOffer).where(HandoverOffer.case_id == case_id).order_by(HandoverOffer.recorded_at)
    return (await session.scalars(query)).all()


class Transfer(Struct, frozen=True):
    """What a party may know of a case on its way: since when, from where, to where."""

    since: datetime
    sender: str
    receiver: str


async def transfer_of(session: AsyncSession, case_id: UUID) -> Transfer | None:
    sender, receiver = aliased(Office), aliased(Office)
    query = (
        select(HandoverOffer.recorded_at, sender.name, receiver.name)
        .join(sender, sender.id == HandoverOffer.from_office_id)
        .join(receiver, receiver.id == HandoverOffer.to_office_id)
        .where(HandoverOffer.case_id == case_id, OPEN)
    )
    row = (await session.execute(query)).one_or_none()
    return Transfer(*row) if row else None


class OverdueOffer(Struct, frozen=True):
    """An open offer whose day for an answer has passed, and who sent it."""

    case_id: UUID
    version: int
    tenant_id: int
    tier: str


async def overdue_offers(session: AsyncSession) -> list[OverdueOffer]:
    """The longest overdue first, a batch of them."""
    query = (
        select(Case.id, Case.version, Tenant.id, Tenant.tier)
        .join(HandoverOffer, and_(HandoverOffer.case_id == Case.id, HandoverOffer.id == Case.offer_id))
        .join(Tenant, Tenant.id == HandoverOffer.from_tenant_id)
        .where(OPEN, HandoverOffer.forced.is_(False), HandoverOffer.answer_by < instant(session))
        .order_by(HandoverOffer.answer_by)
        .limit(INBOX)
    )
    return [OverdueOffer(*row) for row in (await session.execute(query)).all()]


def _previews() -> Select[*tuple[Any, ...]]:
    sender, receiver = aliased(Office), aliased(Office)
    query: Select[*tuple[Any, ...]] = select(
        HandoverOffer, Case, Place.name, sender.name, receiver.name, Person.name.label("asked")
    )
    return (
        query.join(Case, Case.id == HandoverOffer.case_id)
        .join(Place, Place.id == Case.place_id)
        .join(sender, sender.id == HandoverOffer.from_office_id)
        .join(receiver, receiver.id == HandoverOffer.to_office_id)
        .outerjoin(Person, Person.id == HandoverOffer.to_person_id)
    )


async def _tenants(session: AsyncSession, offers: Sequence[HandoverOffer]) -> Mapping[int, str]:
    return await names.tenants(session, [share["tenant_id"] for offer in offers for share in _shares(offer)])


def _shares(offer: HandoverOffer) -> list[dict[str, Any]]:
    """As funding.totals told them; nobody told them of an offer made before they were asked for."""
    return list(offer.funding["tenants"]) if offer.funding else []


OF_OFFER = ("direction", "reason", "forced", "answer_by", "purpose", "done_by")
OF_CASE = (
    "version", "registration_no", "case_no", "dispute_type", "case_class", "visited_unit", "step", "state",
    "person_count", "filed_at", "due_at", "funding_position",
)  # fmt: skip


def _shown(
    session: AsyncSession,
    subject: Subject,
    called: Mapping[int, str],
    offer: HandoverOffer,
    case: Case,
    place: str,
    sender: str,
    receiver: str,
    asked: str | None,
) -> dict[str, Any]:
    return {
        "offer_id": offer.id,
        "case_id": case.id,
        **{name: getattr(offer, name) for name in OF_OFFER},
        **{name: getattr(case, name) for name in OF_CASE},
        "place": place,
        "sender": sender,
        "receiver": receiver,
        "offered_at": offer.recorded_at,
        "done_by_late": bool(offer.done_by and case.due_at and offer.done_by > local_date(case.due_at)),
        "to_person": asked,
        "for_me": offer.to_person_id == subject.person_id,
        "age_days": (local_date(instant(session)) - local_date(case.filed_at)).days,
        "funding": [
            FundingShare(called[one["tenant_id"]], one["third_party"], one["incurred"], one["committed"])
            for one in _shares(offer)
        ],
    }
