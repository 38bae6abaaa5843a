"""委托: a numbered deed between the visited unit and the committee. The unit has no silent veto (23a)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases import relations
from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.numbers import next_number
from cases.papers import Group, PaperKind
from cases.steps import State
from cases.timeline import holder_tenant
from cases.timers import end_of_day
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.errors import Conflict, DomainError
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office
from tenants.subject import Subject
from tenants.tiers import OfficeKind

SIGNING_DAYS = 5
"""How long a consenting unit has to sign before the petition office of that level may (23a); configurable later."""


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
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class EntrustmentForm(Struct, frozen=True, kw_only=True):
    unit_clear: Annotated[bool, Meta(title=N_("责任主体明确"), description=N_("不明确时由同级信访部门办理委托"))] = (
        False
    )
    scope: Annotated[str, Meta(title=N_("委托事项和范围"), min_length=2, max_length=4000, extra={"widget": "textarea"})]


class SignatureForm(Struct, frozen=True, kw_only=True):
    capacity: Annotated[Signatory, Meta(title=N_("签署方"))]
    signed_name: Annotated[str, Meta(title=N_("签署人"), min_length=1, max_length=80)]


DEED = PaperKind("deed", N_("信访案件办理委托书"), Group.FINAL, dossier_item=4, form=EntrustmentForm)


class DeedMissing(Conflict):
    code = "deed_missing"
    message = N_("尚未拟定委托书")


class UnitStillHasTime(Conflict):
    code = "unit_still_has_time"
    message = N_("被访单位的签署期限到 %(day)s，届满前信访部门不得代签")


class AlreadySigned(Conflict):
    code = "already_signed"
    message = N_("这一方已经签署")


async def propose_entrustment(session: AsyncSession, subject: Subject, case: Case, form: EntrustmentForm) -> Done:
    """Draft the deed; the petition office of the holder's tier learns of it, since it may have to sign."""
    now = instant(session)
    if earlier := await deed_in_force(session, case.id):
        earlier.void_at = now
        await session.flush()
    year, number = await next_number(session, "deed", case.holder_office_id)
    deed = Deed(
        id=new_id(now),
        case_id=case.id,
        number=f"委〔{year}〕{case.holder_office_id:05d}-{number:05d}号",
        unit_clear=form.unit_clear,
        unit_signs_by=end_of_day(now, SIGNING_DAYS),
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(deed)
    await issue(session, subject, case, DEED, form, number=deed.number)
    await _tell_petition_office(session, case, deed)
    return Done(data={"number": deed.number})


async def _tell_petition_office(session: AsyncSession, case: Case, deed: Deed) -> None:
    # A township has no petition office of its own: the county's signs.
    tenant = case.county_id if case.township_id else holder_tenant(case)
    query = select(Office).where(
        Office.tenant_id == tenant, Office.kind == OfficeKind.PETITION_BUREAU, Office.valid_to.is_(None)
    )
    for office in await session.scalars(query):
        await relations.grant(
            session,
            case,
            Relation.ENTRUSTS,
            tenant_id=office.tenant_id,
            office_id=office.id,
            source=f"deeds:{deed.id}",
        )


async def sign_entrustment(session: AsyncSession, subject: Subject, case: Case, form: SignatureForm) -> Done:
    """Once the committee and either the unit or the petition office have signed, 办理 may begin."""
    deed = await deed_in_force(session, case.id)
    if deed is None:
        raise DeedMissing
    signed = await _capacities(session, deed)
    if form.capacity in signed:
        raise AlreadySigned
    _check_turn(session, subject, deed, form.capacity)
    now = instant(session)
    session.add(
        DeedSignature(
            id=new_id(now),
            case_id=case.id,
            deed_id=deed.id,
            capacity=form.capacity.value,
            signed_name=form.signed_name,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
    )
    signed |= {form.capacity}
    complete = Signatory.COMMITTEE in signed and len(signed) >= 2
    state = State.ENTRUSTED if complete else State.ACCEPTED
    return Done(to=state, data={"capacity": form.capacity.value, "number": deed.number}, audience="parties")


def _check_turn(session: AsyncSession, subject: Subject, deed: Deed, capacity: Signatory) -> None:
    """Only the petition office signs for itself, and only when the subject is unclear or the unit is late."""
    from_petition_office = subject.office_kind == OfficeKind.PETITION_BUREAU
    if from_petition_office != (capacity is Signatory.PETITION_OFFICE):
        raise NotYourSignature
    if capacity is Signatory.PETITION_OFFICE and deed.unit_clear and instant(session) <= deed.unit_signs_by:
        raise UnitStillHasTime(day=f"{deed.unit_signs_by:%Y-%m-%d}")


class NotYourSignature(Conflict):
    code = "not_your_signature"
    message = N_("您的岗位不能为这一方签署")


async def deed_in_force(session: AsyncSession, case_id: UUID) -> Deed | None:
    deed: Deed | None = await session.scalar(select(Deed).where(Deed.case_id == case_id, Deed.void_at.is_(None)))
    return deed


async def _capacities(session: AsyncSession, deed: Deed) -> set[Signatory]:
    rows = await session.scalars(select(DeedSignature.capacity).where(DeedSignature.deed_id == deed.id))
    return {Signatory(capacity) for capacity in rows}


async def deed_proposed(session: AsyncSession, subject: Subject, case: Case) -> DomainError | None:
    return None if await deed_in_force(session, case.id) else DeedMissing()


ACTS = (
    Act("propose-entrustment", N_("拟定委托书"), Action.ENTRUST_PROPOSE, EntrustmentForm, propose_entrustment, step=3),
    Act("sign-entrustment", N_("签署委托书"), Action.ENTRUST_SIGN, SignatureForm, sign_entrustment, step=3),
)
GUARDS = {"deed_proposed": deed_proposed}
PAPERS = (DEED,)
