"""Files that go with a document: PDF or picture, public as the document is."""

import asyncio
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from foundation.errors import NotFound, invalid
from foundation.file_kinds import media_type
from foundation.file_names import clean_name
from foundation.files import LARGEST, FileTooLarge
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from oversight.document_drafts import note, unsign
from oversight.document_reads import document_at, own_draft
from oversight.documents import DocumentAttachment
from policies.actions import Action
from tenants.subject import Subject

MOST = 20


async def attach(
    session: AsyncSession, subject: Subject, document_id: UUID, name: str, content: bytes
) -> DocumentAttachment:
    """To a draft. Raises Forbidden, NotFound, NotDraft, FileKindRefused, FileTooLarge."""
    row = await own_draft(session, subject, Action.DOCUMENT_DRAFT, document_id)
    if len(content) > LARGEST:
        raise FileTooLarge
    there = select(func.count()).select_from(DocumentAttachment).where(DocumentAttachment.document_id == document_id)
    if (await session.scalar(there) or 0) >= MOST:
        raise invalid("file", "out_of_range", N_("附件过多"))
    kind = await asyncio.to_thread(media_type, content)
    now = instant(session)
    found = DocumentAttachment(
        id=new_id(now), document_id=document_id, tenant_id=row.tenant_id, name=clean_name(name, kind),
        media_type=kind.value, content=content,
        recorded_at=now, recorded_by=subject.person_id,
    )  # fmt: skip
    session.add(found)
    unsign(row)
    await session.flush()
    await note(session, subject, Action.DOCUMENT_DRAFT, row, attachment=str(found.id))
    return found


async def detach(session: AsyncSession, subject: Subject, document_id: UUID, attachment_id: UUID) -> None:
    """From a draft: what nobody has issued may go. Raises Forbidden, NotFound, NotDraft."""
    row = await own_draft(session, subject, Action.DOCUMENT_DRAFT, document_id)
    of_draft = DocumentAttachment.id == attachment_id, DocumentAttachment.document_id == document_id
    removed = delete(DocumentAttachment).where(*of_draft).returning(DocumentAttachment.id)
    if await session.scalar(removed) is None:
        raise NotFound
    unsign(row)
    await session.flush()
    await note(session, subject, Action.DOCUMENT_DRAFT, row, removed=str(attachment_id))


async def attachment_at(
    session: AsyncSession, subject: Subject, document_id: UUID, attachment_id: UUID
) -> DocumentAttachment:
    """Raises Forbidden, NotFound."""
    await document_at(session, subject, document_id)
    query = select(DocumentAttachment).where(
        DocumentAttachment.id == attachment_id, DocumentAttachment.document_id == document_id
    )
    found = await session.scalar(query.options(undefer(DocumentAttachment.content)))
    if found is None:
        raise NotFound
    return found
