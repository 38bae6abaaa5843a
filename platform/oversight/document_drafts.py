"""Writing a document: read by its clauses, corrected with the source beside it, until both organs approve (64, 64a)."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.clock import local_date
from foundation.errors import Conflict, NotFound, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from oversight.document_reads import clauses_of, document_at, own_draft, own_tenant
from oversight.document_text import Piece, same_words, split
from oversight.documents import DocumentClause, DocumentKind, DocumentStatus, PolicyDocument, Stance
from policies.actions import Action
from tenants.subject import Subject
from tenants.tiers import TIER_NAMES, Tier

LONGEST = 100_000
CLAUSE = 8_000
MOST_CLAUSES = 400


class DraftWaits(Conflict):
    code = "draft_waits"
    message = N_("这份文件已有一版拟稿待会签")


class HeadForm(Struct, frozen=True, kw_only=True):
    """What every edition states of itself."""

    title: Annotated[str, Meta(title=N_("标题"), min_length=2, max_length=200)]
    number: Annotated[str, Meta(title=N_("文号"), min_length=2, max_length=60)]
    dated: Annotated[date, Meta(title=N_("成文日期"))]
    receipt_by: Annotated[date, Meta(title=N_("下级签收截止日"))] | None = None
    report_tiers: Annotated[
        list[Tier],
        Meta(
            title=N_("由哪些层级报告落实情况"),
            description=N_("只对写明报告日期的条款；不选为全部下级"),
            max_length=3,
            extra={"options": "lower_tiers"},
        ),
    ] = []


class NoticeForm(HeadForm, frozen=True, kw_only=True):
    kind: Annotated[DocumentKind, Meta(title=N_("种类"))]
    text: Annotated[
        str,
        Meta(
            title=N_("正文"),
            description=N_("按“一、”“（一）”“1.”分条读入，原文照录；“【解读】”之后作为解读"),
            min_length=2,
            max_length=LONGEST,
            extra={"widget": "textarea", "lines": 16},
        ),
    ]


class ClauseForm(Struct, frozen=True, kw_only=True):
    """`stance` is for a derived plan; elsewhere a clause simply stands as corrected."""

    stance: Annotated[Stance, Meta(title=N_("对上级条款"), description=N_("仅用于依上级方案制定的方案"))] | None = None
    text: Annotated[str, Meta(title=N_("条款正文"), max_length=CLAUSE, extra={"widget": "textarea", "lines": 8})] = ""
    reason: Annotated[
        str, Meta(title=N_("理由"), description=N_("改写、新增、不采用或者更正原文时填写"), max_length=500)
    ] = ""
    report_by: Annotated[date, Meta(title=N_("下级报告落实情况的截止日"))] | None = None


class NewClauseForm(Struct, frozen=True, kw_only=True):
    path: Annotated[str, Meta(title=N_("条号"), description=N_("如 六(四)8"), min_length=1, max_length=20)]
    text: Annotated[
        str, Meta(title=N_("条款正文"), min_length=2, max_length=CLAUSE, extra={"widget": "textarea", "lines": 8})
    ]
    reason: Annotated[str, Meta(title=N_("理由"), min_length=2, max_length=500)]
    report_by: Annotated[date, Meta(title=N_("下级报告落实情况的截止日"))] | None = None


def tier_options(subject: Subject) -> list[tuple[str, str]]:
    """(code, msgid) of the tiers below the subject's own."""
    tiers = list(Tier)
    return [(tier.value, TIER_NAMES[tier]) for tier in tiers[tiers.index(Tier(subject.tier)) + 1 :]]


async def draft_document(session: AsyncSession, subject: Subject, form: NoticeForm) -> PolicyDocument:
    """A first edition of the own tenant, from its text. Raises Forbidden, InvalidInput."""
    pieces, commentary = split(form.text)
    check_pieces(pieces)
    row = await new_edition(session, subject, form, form.kind, commentary)
    session.add_all(
        DocumentClause(
            document_id=row.id, key=new_id(instant(session)), tenant_id=row.tenant_id, position=number,
            path=piece.path, source=piece.text, text=piece.text,
        )
        for number, piece in enumerate(pieces)
    )  # fmt: skip
    await session.flush()
    await note(session, subject, Action.DOCUMENT_DRAFT, row)
    return row


def check_pieces(pieces: Sequence[Piece]) -> None:
    if not pieces or len(pieces) > MOST_CLAUSES:
        raise invalid("text", "out_of_range", N_("未读出条款，或者条款过多"))
    if any(len(piece.text) > CLAUSE for piece in pieces):
        raise invalid("text", "too_long", N_("有的条款过长，请分条"))


async def new_edition(
    session: AsyncSession,
    subject: Subject,
    form: HeadForm,
    kind: DocumentKind,
    commentary: str | None = None,
    before: PolicyDocument | None = None,
    parent: PolicyDocument | None = None,
) -> PolicyDocument:
    """A draft without clauses; `before`: the last edition of the own series, `parent`: the plan above."""
    tenant_id = own_tenant(subject, Action.DOCUMENT_DRAFT)
    _check_head(form, subject, local_date(instant(session)))
    now = instant(session)
    key = new_id(now)
    row = PolicyDocument(
        id=key,
        series_id=before.series_id if before else key,
        edition=await _next_edition(session, before),
        tenant_id=tenant_id,
        kind=kind.value,
        title=form.title,
        number=form.number,
        dated=form.dated,
        parent_id=parent.id if parent else None,
        parent_series_id=parent.series_id if parent else None,
        commentary=commentary,
        status=DocumentStatus.DRAFT.value,
        receipt_by=form.receipt_by,
        report_tiers=[tier.value for tier in form.report_tiers] or [code for code, _ in tier_options(subject)],
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(row)
    await session.flush()
    return row


async def _next_edition(session: AsyncSession, before: PolicyDocument | None) -> int:
    """Raises DraftWaits while another draft of the series stands."""
    if before is None:
        return 1
    of_series = PolicyDocument.series_id == before.series_id
    drafted = select(PolicyDocument.id).where(of_series, PolicyDocument.status == DocumentStatus.DRAFT)
    if await session.scalar(drafted.limit(1)) is not None:
        raise DraftWaits
    return (await session.scalar(select(func.max(PolicyDocument.edition)).where(of_series)) or 0) + 1


def _check_head(form: HeadForm, subject: Subject, today: date) -> None:
    if form.dated > today:
        raise invalid("dated", "in_future", N_("日期不得晚于今天"))
    if form.receipt_by is not None and form.receipt_by < today:
        raise invalid("receipt_by", "in_past", N_("截止日不能早于今天"))
    below = {code for code, _ in tier_options(subject)}
    for number, tier in enumerate(form.report_tiers):
        if tier.value not in below:
            raise invalid(f"report_tiers.{number}", "not_a_choice", N_("只能选择下级"))


async def correct_clause(
    session: AsyncSession, subject: Subject, document_id: UUID, key: UUID, form: ClauseForm
) -> DocumentClause:
    """Of a draft; whoever has approved it approves again. Raises NotFound, NotDraft, InvalidInput."""
    row = await own_draft(session, subject, Action.DOCUMENT_DRAFT, document_id)
    clause = await session.get(DocumentClause, (document_id, key))
    if clause is None:
        raise NotFound
    _check_day(form.report_by, local_date(instant(session)))
    if row.parent_id is None:
        _correct(clause, form)
    else:
        above = await clause_above(session, row, clause)
        _take_stance(clause, form, above)
    clause.reason, clause.report_by = form.reason or None, form.report_by
    unsign(row)
    await session.flush()
    await note(session, subject, Action.DOCUMENT_DRAFT, row, clause=str(key))
    return clause


def _check_day(report_by: date | None, today: date) -> None:
    if report_by is not None and report_by < today:
        raise invalid("report_by", "in_past", N_("截止日不能早于今天"))


def _correct(clause: DocumentClause, form: ClauseForm) -> None:
    """The source stays as it was read; what is corrected says why (64a)."""
    if form.stance is not None:
        raise invalid("stance", "not_derived", N_("这份文件没有上级方案"))
    if not form.text:
        raise invalid("text", "required", N_("请填写"))
    if not form.reason and not same_words(clause.source, form.text):
        raise invalid("reason", "required", N_("更正原文须写明理由"))
    clause.text = form.text


def _take_stance(clause: DocumentClause, form: ClauseForm, above: DocumentClause | None) -> None:
    if form.stance is None:
        raise invalid("stance", "required", N_("请填写"))
    if (form.stance is Stance.ADD) is not (above is None):
        raise invalid("stance", "not_a_choice", N_("上级有的条款只能沿用、改写或者不采用；上级没有的只能新增"))
    if form.stance is not Stance.INHERIT and not form.reason:
        raise invalid("reason", "required", N_("改写、新增、不采用须写明理由"))
    if form.stance in (Stance.OVERRIDE, Stance.ADD) and not form.text:
        raise invalid("text", "required", N_("请填写"))
    if form.stance is Stance.OVERRIDE and above is not None and same_words(above.text, form.text):
        raise invalid("text", "no_difference", N_("与上级条款相同，请选“沿用”"))
    if form.stance is Stance.INHERIT and above is not None and form.text and not same_words(above.text, form.text):
        raise invalid("text", "differs", N_("与上级条款不同，请选“改写”"))
    clause.stance = form.stance.value
    if form.stance is Stance.INHERIT and above is not None:
        clause.text = above.text
    elif form.stance is not Stance.DROP:
        clause.text = form.text


async def clause_above(session: AsyncSession, row: PolicyDocument, clause: DocumentClause) -> DocumentClause | None:
    if clause.parent_key is None or row.parent_id is None:
        return None
    return await session.get(DocumentClause, (row.parent_id, clause.parent_key))


async def add_clause(session: AsyncSession, subject: Subject, document_id: UUID, form: NewClauseForm) -> DocumentClause:
    """At the end of the draft; in a derived plan it counts as added. Raises NotFound, NotDraft, InvalidInput."""
    row = await own_draft(session, subject, Action.DOCUMENT_DRAFT, document_id)
    _check_day(form.report_by, local_date(instant(session)))
    there = await clauses_of(session, document_id)
    if len(there) >= MOST_CLAUSES:
        raise invalid("text", "out_of_range", N_("未读出条款，或者条款过多"))
    if any(one.path == form.path for one in there):
        raise invalid("path", "taken", N_("这个条号已经有了"))
    clause = DocumentClause(
        document_id=document_id, key=new_id(instant(session)), tenant_id=row.tenant_id,
        position=there[-1].position + 1 if there else 0, path=form.path, source="", text=form.text,
        stance=Stance.ADD.value if row.parent_id else None, reason=form.reason, report_by=form.report_by,
    )  # fmt: skip
    session.add(clause)
    unsign(row)
    await session.flush()
    await note(session, subject, Action.DOCUMENT_DRAFT, row, clause=str(clause.key))
    return clause


async def revise(session: AsyncSession, subject: Subject, document_id: UUID, form: HeadForm) -> PolicyDocument:
    """The next edition of an own document, with the same clauses to be changed. Raises NotFound, DraftWaits."""
    before = await document_at(session, subject, document_id)
    if before.tenant_id != own_tenant(subject, Action.DOCUMENT_DRAFT):
        raise NotFound
    parent = await session.get(PolicyDocument, before.parent_id) if before.parent_id else None
    row = await new_edition(session, subject, form, DocumentKind(before.kind), before.commentary, before, parent)
    session.add_all(copied(one, row, report_by=None) for one in await clauses_of(session, before.id))
    await session.flush()
    await note(session, subject, Action.DOCUMENT_DRAFT, row)
    return row


def copied(clause: DocumentClause, row: PolicyDocument, **changes: object) -> DocumentClause:
    """The clause in another edition, under the same key."""
    kept = {column.key: getattr(clause, column.key) for column in DocumentClause.__table__.columns}
    return DocumentClause(**kept | {"document_id": row.id, "tenant_id": row.tenant_id} | changes)


def unsign(row: PolicyDocument) -> None:
    """What was approved has changed."""
    row.justice_by = row.justice_at = row.petition_by = row.petition_at = None


async def note(
    session: AsyncSession, subject: Subject, action: Action, row: PolicyDocument, **detail: str | int
) -> None:
    entry = audit.Entry(
        subject.actor, subject.post_id, action, "policy_document", str(row.id),
        detail={"edition": row.edition, "status": row.status, **detail},
    )  # fmt: skip
    await audit.append(session, entry, subject.tenant_id or row.tenant_id)
