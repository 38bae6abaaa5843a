"""Two organs issue a document together; it goes to every tenant below, which signs for it (64)."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Conflict, Forbidden, NotFound
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from oversight.document_drafts import note
from oversight.document_reads import NotIssued, clauses_of, own_draft, own_tenant
from oversight.documents import (
    DocumentReceipt,
    DocumentStatus,
    PolicyDocument,
    ReportDuty,
    Stance,
)
from oversight.notice_kinds import NoticeKind
from oversight.telling import tell
from policies.actions import Action
from tenants.models import Office, Tenant
from tenants.subject import Subject
from tenants.tiers import OfficeKind, Tier

JUSTICE, PETITION = "lg_head_justice", "lg_head_petition"
DESK = {tier: OfficeKind.WINDOW if tier is Tier.TOWNSHIP else OfficeKind.LEADING_GROUP for tier in Tier}
"""Where a tenant's documents arrive: the leading group's office, or the justice office's window of a township."""
UNDER = {Tier.PROVINCE: Tenant.province_id, Tier.PREFECTURE: Tenant.prefecture_id, Tier.COUNTY: Tenant.county_id}


class SideSigned(Conflict):
    code = "side_signed"
    message = N_("这一方已经会签")


class SamePerson(Forbidden):
    code = "same_person"
    message = N_("司法行政和信访两方须由不同的人会签")


class AlreadyReceipted(Conflict):
    code = "already_receipted"
    message = N_("本级已经签收")


class Receiver(Struct, frozen=True):
    tenant_id: int
    tier: str


async def approve(session: AsyncSession, subject: Subject, document_id: UUID) -> PolicyDocument:
    """One organ's approval by its head; the second one, of another person, issues it. A township's head is alone.

    Raises Forbidden, NotFound, NotDraft, SideSigned, SamePerson.
    """
    row = await own_draft(session, subject, Action.DOCUMENT_APPROVE, document_id)
    now, justice = instant(session), subject.role != PETITION
    if (row.justice_by if justice else row.petition_by) is not None:
        raise SideSigned
    if subject.person_id in (row.justice_by, row.petition_by):
        raise SamePerson
    if justice:
        row.justice_by, row.justice_at = subject.person_id, now
    else:
        row.petition_by, row.petition_at = subject.person_id, now
    alone = subject.tier == Tier.TOWNSHIP
    if row.justice_by and (row.petition_by or alone):
        await _issue(session, row, Tier(subject.tier))
    await session.flush()
    await note(session, subject, Action.DOCUMENT_APPROVE, row)
    return row


async def withdraw(session: AsyncSession, subject: Subject, document_id: UUID) -> PolicyDocument:
    """A draft that nobody will issue."""
    row = await own_draft(session, subject, Action.DOCUMENT_DRAFT, document_id)
    row.status = DocumentStatus.WITHDRAWN.value
    await session.flush()
    await note(session, subject, Action.DOCUMENT_DRAFT, row)
    return row


async def _issue(session: AsyncSession, row: PolicyDocument, tier: Tier) -> None:
    now = instant(session)
    earlier = (PolicyDocument.series_id == row.series_id) & (PolicyDocument.status == DocumentStatus.ISSUED)
    replaced = list(await session.scalars(select(PolicyDocument).where(earlier)))
    for one in replaced:
        one.status = DocumentStatus.REPLACED.value
        waiting = (ReportDuty.document_id == one.id) & ReportDuty.reported_at.is_(None)
        await session.execute(update(ReportDuty).where(waiting).values(ended_at=now))
        unsigned = (DocumentReceipt.document_id == one.id) & DocumentReceipt.signed_at.is_(None)
        await session.execute(update(DocumentReceipt).where(unsigned).values(ended_at=now))
    row.status, row.issued_at = DocumentStatus.ISSUED.value, now
    await session.flush()
    receivers = await _receivers(session, row.tenant_id, tier)
    if not receivers:
        return
    await session.execute(
        insert(DocumentReceipt),
        [
            {"document_id": row.id, "tenant_id": one.tenant_id, "issuer_id": row.tenant_id, "sent_at": now,
             "receipt_by": row.receipt_by}
            for one in receivers
        ],
    )  # fmt: skip
    await _ask_reports(session, row, receivers)
    await tell_sent(session, row.id, [one.tenant_id for one in receivers])
    if replaced:
        await _tell_derived(session, row)


async def _receivers(session: AsyncSession, tenant_id: int, tier: Tier) -> list[Receiver]:
    """Every tenant below that stands, in the order of the tree."""
    if tier not in UNDER:
        return []
    query = select(Tenant.id, Tenant.tier).where(
        UNDER[tier] == tenant_id, Tenant.id != tenant_id, Tenant.valid_to.is_(None)
    )
    return [Receiver(*found) for found in await session.execute(query.order_by(Tenant.id))]


async def _ask_reports(session: AsyncSession, row: PolicyDocument, receivers: list[Receiver]) -> None:
    """Of each clause with a day, from each receiver of the tiers that report."""
    asked = [
        {
            "id": new_id(instant(session)), "document_id": row.id, "clause_key": clause.key,
            "tenant_id": one.tenant_id, "issuer_id": row.tenant_id, "due_on": clause.report_by,
        }
        for clause in await clauses_of(session, row.id)
        if clause.report_by is not None and clause.stance != Stance.DROP
        for one in receivers
        if one.tier in row.report_tiers
    ]  # fmt: skip
    if asked:
        await session.execute(insert(ReportDuty), asked)


async def _tell_derived(session: AsyncSession, row: PolicyDocument) -> None:
    """Whose own plan rests on an earlier edition learns what changed."""
    query = select(PolicyDocument.tenant_id).where(
        PolicyDocument.parent_series_id == row.series_id, PolicyDocument.status == DocumentStatus.ISSUED
    )
    tenants = list(await session.scalars(query.distinct()))
    if tenants:
        await tell(
            session,
            NoticeKind.PLAN_ABOVE_CHANGED,
            f"policy_documents:{row.id}:changed",
            address="/plan",
            offices=await desks_of(session, tenants),
        )


async def tell_sent(session: AsyncSession, document_id: UUID, receivers: Sequence[int]) -> None:
    """These tenants have been sent a document, when it was issued or since they stand under the issuer."""
    cause = f"policy_documents:{document_id}:issued"
    desks = await desks_of(session, receivers)
    await tell(session, NoticeKind.DOCUMENT_ISSUED, cause, address=f"/documents/{document_id}", offices=desks)


async def desks_of(session: AsyncSession, tenants: Sequence[int]) -> list[int]:
    """The offices where documents of these tenants arrive."""
    return [desk for desks in (await desks_by_tenant(session, tenants)).values() for desk in desks]


async def desks_by_tenant(session: AsyncSession, tenants: Sequence[int]) -> dict[int, list[int]]:
    kinds = {tier.value: kind.value for tier, kind in DESK.items()}
    query = (
        select(Office.id, Office.kind, Tenant.id, Tenant.tier)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .where(Office.tenant_id.in_(set(tenants)), Office.valid_to.is_(None), Office.kind.in_(set(kinds.values())))
        .order_by(Tenant.id, Office.id)
    )
    found: dict[int, list[int]] = {}
    for office, kind, tenant, tier in await session.execute(query):
        if kinds[tier] == kind:
            found.setdefault(tenant, []).append(office)
    return found


async def sign_receipt(session: AsyncSession, subject: Subject, document_id: UUID) -> DocumentReceipt:
    """For the own tenant, on record by whom and when. Raises Forbidden, NotFound, NotIssued, AlreadyReceipted."""
    tenant_id = own_tenant(subject, Action.DOCUMENT_RECEIVE)
    of_own = (DocumentReceipt.document_id == document_id) & (DocumentReceipt.tenant_id == tenant_id)
    receipt = await session.scalar(select(DocumentReceipt).where(of_own))
    if receipt is None:
        raise NotFound
    if receipt.signed_at is not None:
        raise AlreadyReceipted
    row = await session.get_one(PolicyDocument, document_id)
    if row.status != DocumentStatus.ISSUED or receipt.ended_at is not None:
        raise NotIssued
    free = of_own & DocumentReceipt.signed_at.is_(None)
    signing = update(DocumentReceipt).where(free).values(signed_by=subject.person_id, signed_at=instant(session))
    if await session.scalar(signing.returning(DocumentReceipt.tenant_id)) is None:
        raise AlreadyReceipted
    await session.refresh(receipt)
    await note(session, subject, Action.DOCUMENT_RECEIVE, row, receiver=tenant_id)
    return receipt
