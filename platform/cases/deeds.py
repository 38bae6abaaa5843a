"""委托书 as rows: one in force per case, its signatures, and what is printed of it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, false, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.committee import committee_of
from cases.consent import ConsentKind, consented, parties_of
from cases.disclosure import disclosed_to
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.timeline import holder_tenant
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base
from tenants.models import Office
from tenants.tiers import OfficeKind


class Signatory(Choice):
    UNIT = "unit", N_("被访单位")
    PETITION_OFFICE = "petition_office", N_("信访部门（主体不明或单位逾期未签）")
    COMMITTEE = "committee", N_("人民调解委员会")


class Deed(Base):
    """委托书. One in force per case; a later one voids it."""

    __tablename__ = "deeds"
    __table_args__ = (Index("ix_deeds_in_force", "case_id", unique=True, postgresql_where=text("void_at is null")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[str] = mapped_column(unique=True)
    unit_clear: Mapped[bool] = mapped_column(comment="false: 责任主体不明, the petition office entrusts")
    unit_signs_by: Mapped[datetime]
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    void_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class DeedSignature(Base):
    __tablename__ = "deed_signatures"
    __table_args__ = (Index("ix_deed_signatures_deed", "deed_id", "capacity", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    deed_id: Mapped[UUID] = mapped_column(ForeignKey("deeds.id"))
    capacity: Mapped[str]
    signed_name: Mapped[str] = mapped_column(Sealed("deed_signatures.signed_name"))
    sealed: Mapped[bool] = mapped_column(server_default=false(), comment="the signatory's own seal stands on it")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class DeedPaper(Struct, frozen=True, kw_only=True):
    """The whole deed as it is printed. Parties by id: each reader sees the names that are the reader's to see (N3)."""

    entruster: Annotated[str, Meta(title=N_("委托方"))]
    trustee: Annotated[str, Meta(title=N_("受托方（人民调解委员会）"))]
    unit_clear: Annotated[bool, Meta(title=N_("责任主体明确"))]
    petitioners: Annotated[list[UUID], Meta(title=N_("信访人（已同意提供姓名和诉求的）"))]
    respondents: Annotated[list[UUID], Meta(title=N_("对方当事人"))]
    claims: Annotated[list[int], Meta(title=N_("委托调解的诉求（序号）"))]
    scope: Annotated[str, Meta(title=N_("委托事项和范围"))]
    begins_on: Annotated[date, Meta(title=N_("委托起始日"))]
    ends_on: Annotated[date, Meta(title=N_("委托截止日"))]
    signed_by: Annotated[date | None, Meta(title=N_("被访单位签署期限"))] = None
    seals: Annotated[str, Meta(title=N_("签名盖章"))] = N_("委托方（签名、印章、日期）；受托方（签名、印章、日期）")


class SignatureLine(Struct, frozen=True, kw_only=True):
    capacity: Annotated[Signatory, Meta(title=N_("签署方"))]
    sealed: Annotated[bool, Meta(title=N_("已盖印章"))]
    on: Annotated[date, Meta(title=N_("签署日期"))]


class SignedPaper(Struct, frozen=True, kw_only=True):
    """The page of signatures: who signed in whose name, sealed, and when it took effect."""

    deed_number: Annotated[str, Meta(title=N_("委托书编号"))]
    signatures: Annotated[list[SignatureLine], Meta(title=N_("签名盖章"))]
    effective_on: Annotated[date, Meta(title=N_("生效日期"))]


DEED = PaperKind("deed", N_("信访案件办理委托书"), Group.FINAL, dossier_item=4, form=DeedPaper)
DEED_SIGNED = PaperKind("deed_signed", N_("委托书签署页"), Group.FINAL, dossier_item=4, form=SignedPaper)


async def deed_in_force(session: AsyncSession, case_id: UUID) -> Deed | None:
    deed: Deed | None = await session.scalar(select(Deed).where(Deed.case_id == case_id, Deed.void_at.is_(None)))
    return deed


async def signatures_on(session: AsyncSession, deed: Deed) -> list[DeedSignature]:
    query = select(DeedSignature).where(DeedSignature.deed_id == deed.id).order_by(DeedSignature.recorded_at)
    return list(await session.scalars(query))


async def petition_office_of(session: AsyncSession, case: Case) -> Office | None:
    """Of the holder's own level; a township has none of its own: the county's signs."""
    tenant = case.county_id if case.township_id else holder_tenant(case)
    query = select(Office).where(
        Office.tenant_id == tenant, Office.kind == OfficeKind.PETITION_BUREAU, Office.valid_to.is_(None)
    )
    office: Office | None = await session.scalar(query.order_by(Office.id).limit(1))
    return office


async def trustee_name(session: AsyncSession, case: Case) -> str:
    """The committee that posts the station (18a)."""
    committee = await session.get_one(Office, await committee_of(session, case))
    return committee.name


async def sides_of(session: AsyncSession, case_id: UUID) -> tuple[list[UUID], list[UUID]]:
    """Who answers at the table, and the petitioners who may be named to all of them: ids, never names (N3b, N3c)."""
    agreed = await consented(session, case_id, ConsentKind.MEDIATION)
    active = [party for party in await parties_of(session, case_id) if party.status == "active"]
    others = [party.id for party in active if party.side == "respondent" and agreed.get(party.id)]
    told = [await disclosed_to(session, case_id, other) for other in others]
    petitioners = [party.id for party in active if party.side == "petitioner"]
    return [one for one in petitioners if all(one in known for known in told)], others
