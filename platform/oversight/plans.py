"""A lower tenant's own plan from the plan above, clause by clause: taken as it is, or read from the tenant's own text,
clause by clause beside the one above (64). What the tier above changes later is taken over into a new edition.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Conflict, NotFound, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from oversight.document_drafts import LONGEST, HeadForm, check_pieces, copied, new_edition, note
from oversight.document_reads import NotIssued, clauses_of, document_at, in_force, own_tenant
from oversight.document_text import Piece, same_words, split
from oversight.documents import DocumentClause, DocumentKind, DocumentStatus, PolicyDocument, Stance
from policies.actions import Action
from tenants.models import Tenant
from tenants.subject import Subject


class PlanForm(HeadForm, frozen=True, kw_only=True):
    text: Annotated[
        str,
        Meta(
            title=N_("本级方案正文"),
            description=N_("留空则全部沿用上级条款；填写则逐条与上级对照，原文照录"),
            max_length=LONGEST,
            extra={"widget": "textarea", "lines": 16},
        ),
    ] = ""
    reason: Annotated[
        str, Meta(title=N_("与上级不同之处的理由"), description=N_("之后可以逐条改写"), max_length=500)
    ] = ""


class OwnDocument(Conflict):
    code = "own_document"
    message = N_("这是本级的文件，请另出新版")


class PlanThere(Conflict):
    code = "plan_there"
    message = N_("本级已有据此制定的方案，请在其上另出新版")


ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(cast(:series as text), :tenant))")


class NothingChanged(Conflict):
    code = "nothing_changed"
    message = N_("上级方案没有新版")


async def derive(session: AsyncSession, subject: Subject, document_id: UUID, form: PlanForm) -> PolicyDocument:
    """A draft plan of the own tenant. Raises Forbidden, NotFound, NotIssued, OwnDocument, PlanThere, InvalidInput."""
    tenant_id = own_tenant(subject, Action.DOCUMENT_DRAFT)
    parent = await document_at(session, subject, document_id)
    if parent.tenant_id == tenant_id:
        raise OwnDocument
    if parent.status != DocumentStatus.ISSUED or not await _lies_above(session, subject, parent):
        raise NotIssued
    await _only_one(session, tenant_id, parent.series_id)
    pieces, commentary = split(form.text)
    if form.text:
        check_pieces(pieces)
        if not form.reason:
            raise invalid("reason", "required", N_("请填写"))
    row = await new_edition(session, subject, form, DocumentKind.PLAN, commentary, None, parent)
    above = [one for one in await clauses_of(session, parent.id) if one.stance != Stance.DROP]
    made = _beside(row, above, pieces, form.reason) if form.text else (_inherited(row, one) for one in above)
    for number, clause in enumerate(made):
        clause.key = new_id(instant(session))
        clause.position = number
        session.add(clause)
    await session.flush()
    await note(session, subject, Action.DOCUMENT_DRAFT, row, parent=str(parent.id))
    return row


async def _lies_above(session: AsyncSession, subject: Subject, parent: PolicyDocument) -> bool:
    own = await session.get_one(Tenant, subject.tenant_id)
    return parent.tenant_id in (own.province_id, own.prefecture_id, own.county_id)


async def _only_one(session: AsyncSession, tenant_id: int, series_id: UUID) -> None:
    """Raises PlanThere; two at once come one after the other."""
    await session.execute(ONE_AT_A_TIME, {"series": str(series_id), "tenant": tenant_id})
    own = PolicyDocument.tenant_id == tenant_id, PolicyDocument.parent_series_id == series_id
    standing = PolicyDocument.status.in_([DocumentStatus.DRAFT.value, DocumentStatus.ISSUED.value])
    if await session.scalar(select(PolicyDocument.id).where(*own, standing).limit(1)) is not None:
        raise PlanThere


def _inherited(row: PolicyDocument, above: DocumentClause) -> DocumentClause:
    return _clause(row, above.path, above.text, Stance.INHERIT, above)


def _beside(
    row: PolicyDocument, above: Sequence[DocumentClause], pieces: Sequence[Piece], reason: str
) -> Iterator[DocumentClause]:
    """In the order of the own text; what stands above only is dropped, at the place where it stood."""
    by_path = {one.path: one for one in above}
    own = {piece.path for piece in pieces}
    for piece in pieces:
        match = by_path.get(piece.path)
        if match is None:
            yield _clause(row, piece.path, piece.text, Stance.ADD, None, reason)
        elif same_words(match.text, piece.text):
            yield _clause(row, piece.path, piece.text, Stance.INHERIT, match)
        else:
            yield _clause(row, piece.path, piece.text, Stance.OVERRIDE, match, reason)
    for one in above:
        if one.path not in own:
            yield _clause(row, one.path, "", Stance.DROP, one, reason)


def _clause(
    row: PolicyDocument, path: str, text: str, stance: Stance, above: DocumentClause | None, reason: str | None = None
) -> DocumentClause:
    return DocumentClause(
        document_id=row.id, tenant_id=row.tenant_id, path=path, source=text, text=text, stance=stance.value,
        parent_key=above.key if above else None, reason=reason,
    )  # fmt: skip


async def take_over(session: AsyncSession, subject: Subject, document_id: UUID, form: HeadForm) -> PolicyDocument:
    """The next edition of the own plan, on the parent's present edition: what was inherited follows, what was
    overridden or dropped stays, what is new above is inherited, what is gone above becomes the tenant's own.

    Raises NotFound, NotIssued, NothingChanged, DraftWaits.
    """
    before = await document_at(session, subject, document_id)
    if before.tenant_id != own_tenant(subject, Action.DOCUMENT_DRAFT) or before.parent_series_id is None:
        raise NotFound
    parent = await in_force(session, before.parent_series_id)
    if parent is None:
        raise NotIssued
    if parent.id == before.parent_id:
        raise NothingChanged
    row = await new_edition(session, subject, form, DocumentKind.PLAN, before.commentary, before, parent)
    above = {one.key: one for one in await clauses_of(session, parent.id) if one.stance != Stance.DROP}
    own = list(await clauses_of(session, before.id))
    session.add_all(_followed(row, one, above) for one in own)
    taken = {one.parent_key for one in own}
    last = own[-1].position if own else -1
    for number, one in enumerate((one for key, one in above.items() if key not in taken), last + 1):
        clause = _inherited(row, one)
        clause.key, clause.position = new_id(instant(session)), number
        session.add(clause)
    await session.flush()
    await note(session, subject, Action.DOCUMENT_DRAFT, row, parent=str(parent.id))
    return row


def _followed(row: PolicyDocument, own: DocumentClause, above: dict[UUID, DocumentClause]) -> DocumentClause:
    match = above.get(own.parent_key) if own.parent_key else None
    if own.stance == Stance.INHERIT and match is not None:
        return copied(own, row, text=match.text, report_by=None)
    if own.parent_key is not None and match is None:
        return copied(own, row, stance=Stance.ADD.value, parent_key=None, reason=GONE_ABOVE, report_by=None)
    return copied(own, row, report_by=None)


GONE_ABOVE = N_("上级新版已无此条，本级暂予保留")
