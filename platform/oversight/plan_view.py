"""A document as it is read: clause beside the clause above, the changes of a new edition, receipts (64, 64a)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from oversight.document_reads import clauses_of, document_at, in_force, names_of
from oversight.document_text import Span, differences, heading_of, same_words
from oversight.documents import (
    DocumentAttachment,
    DocumentClause,
    DocumentReceipt,
    DocumentStatus,
    PolicyDocument,
    Stance,
)
from tenants.models import Person
from tenants.subject import Subject

MOST_SPANS = 400


class ClauseView(Struct, frozen=True):
    """`above`: the clause of the plan above; `source`: as read, when it was corrected; `spans`: both in one."""

    key: UUID
    path: str
    heading: str
    text: str
    source: str | None
    stance: str | None
    above: str | None
    spans: list[Span]
    reason: str | None
    report_by: date | None


class ReceiptView(Struct, frozen=True):
    """`ended_at`: since when nobody has to sign: the tenant is no more, or stands under others."""

    tenant_id: int
    tenant: str
    sent_at: datetime
    receipt_by: date | None
    signed_at: datetime | None
    signed_by: str | None
    ended_at: datetime | None


class AttachmentView(Struct, frozen=True):
    id: UUID
    name: str
    media_type: str


class Change(Struct, frozen=True):
    """What the edition above changed since the one that the plan rests on. `kind`: changed, added, dropped."""

    kind: str
    path: str
    spans: list[Span]
    own_stance: str | None


class DocumentView(Struct, frozen=True):
    id: UUID
    tenant_id: int
    tenant: str
    kind: str
    title: str
    number: str
    dated: date
    edition: int
    status: str
    parent_id: UUID | None
    commentary: str | None
    justice: str | None
    petition: str | None
    issued_at: datetime | None
    receipt_by: date | None
    report_tiers: list[str]
    clauses: list[ClauseView]
    receipts: list[ReceiptView]
    attachments: list[AttachmentView]
    changes: list[Change]
    newer_parent: UUID | None


async def document_view(session: AsyncSession, subject: Subject, document_id: UUID) -> DocumentView:
    """Raises Forbidden, NotFound."""
    row = await document_at(session, subject, document_id)
    above = {one.key: one for one in await clauses_of(session, row.parent_id)} if row.parent_id else {}
    own = await clauses_of(session, row.id)
    receipts = await _receipts(session, row.id)
    names = await names_of(session, [row.tenant_id, *(one.tenant_id for one in receipts)])
    people = await _people(session, [row.justice_by, row.petition_by, *(one.signed_by for one in receipts)])
    parent = await in_force(session, row.parent_series_id) if row.parent_series_id else None
    newer = parent if parent and parent.id != row.parent_id and row.status == DocumentStatus.ISSUED else None
    return DocumentView(
        id=row.id,
        tenant_id=row.tenant_id,
        tenant=names[row.tenant_id],
        kind=row.kind,
        title=row.title,
        number=row.number,
        dated=row.dated,
        edition=row.edition,
        status=row.status,
        parent_id=row.parent_id,
        commentary=row.commentary,
        justice=people.get(row.justice_by),
        petition=people.get(row.petition_by),
        issued_at=row.issued_at,
        receipt_by=row.receipt_by,
        report_tiers=list(row.report_tiers),
        clauses=[_clause(one, above.get(one.parent_key) if one.parent_key else None) for one in own],
        receipts=[
            ReceiptView(
                one.tenant_id, names[one.tenant_id], one.sent_at, one.receipt_by, one.signed_at,
                people.get(one.signed_by), one.ended_at,
            )
            for one in receipts
        ],
        attachments=await _attachments(session, row.id),
        changes=changes(own, above, await clauses_of(session, newer.id)) if newer else [],
        newer_parent=newer.id if newer else None,
    )  # fmt: skip


def _clause(one: DocumentClause, above: DocumentClause | None) -> ClauseView:
    differs = above is not None and one.stance == Stance.OVERRIDE
    corrected = bool(one.source) and not same_words(one.source, one.text) and one.stance != Stance.DROP
    return ClauseView(
        key=one.key,
        path=one.path,
        heading=heading_of(one.text or (above.text if above else "")),
        text=one.text,
        source=one.source if corrected else None,
        stance=one.stance,
        above=above.text if above else None,
        spans=_spans(above.text, one.text) if above is not None and differs else [],
        reason=one.reason,
        report_by=one.report_by,
    )


def _spans(above: str, below: str) -> list[Span]:
    """Word for word, as long as that can still be read; otherwise one beside the other."""
    found = list(differences(above, below))
    return found if len(found) <= MOST_SPANS else [Span("before", above), Span("after", below)]


def changes(
    own: Sequence[DocumentClause], before: Mapping[UUID, DocumentClause], after: Sequence[DocumentClause]
) -> list[Change]:
    """In the order of the newer edition; what is gone comes last."""
    stances = {one.parent_key: one.stance for one in own if one.parent_key}
    now = {one.key: one for one in after if one.stance != Stance.DROP}
    found = []
    for key, one in now.items():
        earlier = before.get(key)
        if earlier is None:
            found.append(Change("added", one.path, [Span("after", one.text)], None))
        elif not same_words(earlier.text, one.text):
            found.append(Change("changed", one.path, _spans(earlier.text, one.text), stances.get(key)))
    gone = [one for key, one in before.items() if key not in now and one.stance != Stance.DROP]
    return found + [Change("dropped", one.path, [Span("before", one.text)], stances.get(one.key)) for one in gone]


async def _receipts(session: AsyncSession, document_id: UUID) -> Sequence[DocumentReceipt]:
    query = select(DocumentReceipt).where(DocumentReceipt.document_id == document_id)
    return (await session.scalars(query.order_by(DocumentReceipt.tenant_id))).all()


async def _attachments(session: AsyncSession, document_id: UUID) -> list[AttachmentView]:
    query = select(DocumentAttachment.id, DocumentAttachment.name, DocumentAttachment.media_type).where(
        DocumentAttachment.document_id == document_id
    )
    return [AttachmentView(*row) for row in await session.execute(query.order_by(DocumentAttachment.id))]


async def _people(session: AsyncSession, persons: Sequence[UUID | None]) -> dict[UUID | None, str]:
    query = select(Person.id, Person.name).where(Person.id.in_({person for person in persons if person}))
    return {person: name for person, name in await session.execute(query)}


async def plan_of(session: AsyncSession, tenant_id: int) -> PolicyDocument | None:
    """The plan of the tenant that stands."""
    query = (
        select(PolicyDocument)
        .where(
            PolicyDocument.tenant_id == tenant_id,
            PolicyDocument.kind == "plan",
            PolicyDocument.status == DocumentStatus.ISSUED,
        )
        .order_by(PolicyDocument.issued_at.desc())
    )
    return (await session.scalars(query.limit(1))).one_or_none()
