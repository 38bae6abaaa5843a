"""Pieces of evidence (五(四)): testimony, documents, photographs, things, appraisals, each with its hash."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Act, Done
from cases.models import Case
from dossiers.parties import party_at
from foundation import files
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.clock import local_date
from foundation.digests import digest
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class EvidenceKind(Choice):
    PHOTOGRAPH = "photograph", N_("照片")
    DOCUMENT = "document", N_("书证")
    LEASE = "lease", N_("租赁、流转等合同")
    TESTIMONY = "testimony", N_("证人证言")
    PHYSICAL = "physical", N_("物证")
    APPRAISAL = "appraisal", N_("鉴定意见")
    IDENTITY = "identity", N_("当事人身份证明")
    MANDATE = "mandate", N_("授权委托书")
    PAYMENT = "payment", N_("收条、汇款单等履行凭证")
    CONFIRMATION = "confirmation", N_("司法确认、公证等有关材料")
    STATEMENT = "statement", N_("卷宗情况说明")


DOSSIER_ITEM = {
    EvidenceKind.IDENTITY: 3,
    EvidenceKind.MANDATE: 4,
    EvidenceKind.PAYMENT: 9,
    EvidenceKind.CONFIRMATION: 11,
    EvidenceKind.STATEMENT: 12,
}
"""Item of the dossier (domain.md 3.3); every other kind is evidence material, item 6."""
MATERIAL = 6

WITHOUT_FILE = frozenset({EvidenceKind.TESTIMONY, EvidenceKind.PHYSICAL})
"""Kinds that may be described only; all others are a paper or a picture and come as a file."""


class Evidence(Base):
    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_case", "case_id", "recorded_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(comment="code of dossiers.evidence.EvidenceKind")
    title: Mapped[str] = mapped_column(Sealed("evidence.title"))
    place: Mapped[str | None] = mapped_column(Sealed("evidence.place"))
    obtained_on: Mapped[date]
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"), comment="who gave it; null = collected")
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    pages: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary, comment="of the file; without one, of the description")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class EvidenceForm(Struct, frozen=True, kw_only=True):
    kind: Annotated[EvidenceKind, Meta(title=N_("证据种类"))]
    title: Annotated[str, Meta(title=N_("名称与要点"), min_length=2, max_length=400, extra={"widget": "textarea"})]
    obtained_on: Annotated[date, Meta(title=N_("取得日期"))]
    place: Annotated[str, Meta(title=N_("取得地点"), max_length=200)] | None = None
    party: (
        Annotated[UUID, Meta(title=N_("提供人"), description=N_("工作室自行收集的不选"), extra={"options": "parties"})]
        | None
    ) = None
    file: (
        Annotated[
            UUID,
            Meta(title=N_("文件"), description=N_("PDF、JPEG、PNG，不超过 20 MB"), extra={"widget": "file"}),
        ]
        | None
    ) = None
    pages: Annotated[int, Meta(title=N_("页数"), ge=1, le=2000)] = 1


async def add_evidence(session: AsyncSession, subject: Subject, case: Case, form: EvidenceForm) -> Done:
    now = instant(session)
    if form.obtained_on > local_date(now):
        raise invalid("obtained_on", "in_future", N_("日期不得晚于今天"))
    if form.file is None and form.kind not in WITHOUT_FILE:
        raise invalid("file", "required", N_("这类证据须上传文件"))
    if form.party is not None:
        await party_at(session, case, "party", form.party)
    piece = Evidence(
        id=new_id(now),
        case_id=case.id,
        kind=form.kind.value,
        title=form.title,
        place=form.place,
        obtained_on=form.obtained_on,
        party_id=form.party,
        file_id=form.file,
        pages=form.pages,
        sha256=await _hash(session, case, form),
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(piece)
    return Done(data={"kind": form.kind.value, "evidence": str(piece.id)})


async def _hash(session: AsyncSession, case: Case, form: EvidenceForm) -> bytes:
    """The stored file's own hash, so that the list in the dossier proves the file."""
    if form.file is not None:
        return (await files.of_case(session, case.id, form.file)).sha256
    return digest(msgspec.json.encode(form, order="sorted"))


def item_of_evidence(kind: str) -> int:
    return DOSSIER_ITEM.get(EvidenceKind(kind), MATERIAL)


ACTS = (Act("add-evidence", N_("登记证据"), Action.EVIDENCE_ADD, EvidenceForm, add_evidence, step=4, files=True),)
