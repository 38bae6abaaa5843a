"""接谈: registering a dispute. A duty: never refused or delayed by persons, level, duplicates or papers (N10)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Date, Numeric, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import remedies, timers
from cases.catalogue import Done
from cases.guardians import guardians_of
from cases.identity_index import entries, pending_at
from cases.interview_record import interview_content, interview_row, visit_of
from cases.issue import paper_of
from cases.models import Case
from cases.opening import custody_at, open_case
from cases.papers import Group, PaperKind
from cases.parties import Claim
from cases.party_checks import warnings_of
from cases.referring import referral
from cases.registered_parties import Receipt, other_side_rows, petitioner_rows, relations_of
from cases.registration_checks import check
from cases.registration_form import ClaimRow, RegistrationForm
from cases.relations import of_registrar
from cases.remedy_clock import clock_at_opening
from cases.steps import State
from cases.timeline import record_registration
from foundation.clock import local_date
from foundation.errors import FieldError, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from organisation.campaigns import Campaign, campaigns
from organisation.dispute_types import is_in_force
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Place, Tenant
from tenants.subject import Subject
from tenants.tiers import OfficeKind

INTERVIEW = PaperKind("interview", N_("接谈登记表"), Group.STATEMENT, dossier_item=1, form=RegistrationForm)
RIGHTS_NOTICE = PaperKind("rights_notice", N_("当事人权利义务告知书"), Group.FINAL, dossier_item=2)


class Registered(Struct, frozen=True):
    """`pending_at`: names of offices where the same matter is pending; a hint for the clerk, never a bar (N10)."""

    case: Case
    receipts: tuple[Receipt, ...]
    may: gate.Permissions
    """What who registered it may do with it now."""
    clock: Mapping[str, Any] = {}
    """The remedy clock and the free helpers, as the papers of this day carry them (N11)."""
    pending_at: tuple[str, ...] = ()
    warnings: tuple[FieldError, ...] = ()
    """What is worth a second look at a party's particulars; nothing waits for it."""
    beyond_next_level: bool = False
    """条例20: the office is higher than the next level above the place. Information, no ground for anything."""


async def register(session: AsyncSession, subject: Subject, form: RegistrationForm) -> Registered:
    """Register one dispute at the subject's office, which holds it from now on; a contact point's, at its window."""
    _require(subject)
    known = await _known(session, subject, form)
    now = instant(session)
    check(form, now)
    campaign = await _campaign(session, known.tenant, form)
    case = await open_case(
        session,
        subject,
        State.REGISTERED,
        custody_at(await _holder(session, subject), known.tenant),
        petition_no=form.petition_no,
        dispute_type=form.dispute_type,
        source=form.source.value,
        first_visit=form.first_visit,
        person_count=len(form.petitioners),
        visited_unit=form.visited_unit,
        place_id=form.place_id,
    )
    petitioners, receipts = petitioner_rows(subject, case, form, now)
    referred = await referral(session, case, known.tenant, form, now)
    terms = await remedies.opening_timers(session, case, form.dispute_type, form.claims)
    clock = await clock_at_opening(session, case, terms, form.claims)
    rows: list[Base] = [
        *petitioners,
        *([referred] if referred else []),
        *other_side_rows(subject, case, form.other_side, now),
        *relations_of(subject, case, petitioners, now),
        *guardians_of(subject, petitioners, form.petitioners, now),
        *entries(petitioners),
        *claim_rows(subject, case, form.claims, now),
        interview_row(subject, case, form, now),
        paper_of(subject, case, INTERVIEW, interview_content(subject, form, now, campaign) | clock, now),
        paper_of(subject, case, RIGHTS_NOTICE, _rights_notice(form) | clock, now),
        *terms,
        await timers.begun(session, case, "registration_approval"),
    ]
    await record_registration(session, subject, case, Done(data=_data(form, receipts), audience="parties"), rows)
    return Registered(
        case=case,
        receipts=receipts,
        may=gate.decide(subject, of_registrar(subject, case)),
        clock=clock,
        pending_at=await pending_at(session, subject, case, form.petitioners),
        warnings=tuple(warnings_of(form.petitioners, local_date(now))),
        beyond_next_level=known.beyond_next_level,
    )


def _require(subject: Subject) -> None:
    """Who registers, or who hands in at a contact point what the window then holds (四(一))."""
    if not gate.may(subject, Action.CASE_DRAFT, Relation.REGISTRAR):
        gate.require_role(subject, Action.CASE_REGISTER, Relation.REGISTRAR)


async def _holder(session: AsyncSession, subject: Subject) -> int | None:
    """The own office; a contact point holds no case: the window of its township does."""
    if subject.office_kind != OfficeKind.CONTACT_POINT:
        return subject.office_id
    window = select(Office.id).where(
        Office.tenant_id == subject.tenant_id, Office.kind == OfficeKind.WINDOW, Office.valid_to.is_(None)
    )
    return (await session.scalars(window.order_by(Office.id).limit(1))).one_or_none()


class _Known(Struct, frozen=True):
    tenant: Tenant
    beyond_next_level: bool


async def _known(session: AsyncSession, subject: Subject, form: RegistrationForm) -> _Known:
    """Where the case begins; raises InvalidInput when the place or the type is none."""
    asked = {"place": form.place_id, "type": form.dispute_type, "today": local_date(instant(session))}
    row = (await session.execute(KNOWN, {**asked, "tenant": subject.tenant_id})).one()
    if row.place_tier is None:
        raise invalid("place_id", "not_a_choice", N_("请从所列地点中选择"))
    if not row.type:
        raise invalid("dispute_type", "not_a_choice", N_("请从所列项目中选择"))
    tenant: Tenant = row.Tenant
    return _Known(tenant, TIERS_UPWARDS.find(tenant.tier) - TIERS_UPWARDS.find(row.place_tier) > 1)


async def _campaign(session: AsyncSession, tenant: Tenant, form: RegistrationForm) -> Campaign | None:
    if form.campaign_id is None:
        return None
    found = {one.id: one for one in await campaigns(session, tenant)}
    if form.campaign_id not in found:
        raise invalid("campaign_id", "not_a_choice", N_("请从所列项目中选择"))
    return found[form.campaign_id]


def claim_rows(
    subject: Subject, case: Case, rows: Sequence[ClaimRow], now: datetime, decision: str = "pending"
) -> list[Claim]:
    return [
        Claim(
            id=new_id(now),
            case_id=case.id,
            ordinal=ordinal,
            text=row.text,
            nature=row.nature.value,
            decision=decision,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
        for ordinal, row in enumerate(rows, 1)
    ]


def _rights_notice(form: RegistrationForm) -> dict[str, Any]:
    """What each party is told on the first day: rights, and that the data notice was given."""
    return {"rights": RIGHTS, "given": form.privacy_notice}


def _data(form: RegistrationForm, receipts: Sequence[Receipt]) -> dict[str, Any]:
    """For the event: codes and counts."""
    return {
        "persons": len(form.petitioners),
        "refused_representatives": sum(one.representation_refused for one in receipts),
        "mode": form.mode.value,
        "visit": visit_of(form).value,
    }


TIERS_UPWARDS = "TCFP"
KNOWN = select(
    Tenant,
    select(Place.tier).where(Place.id == bindparam("place")).scalar_subquery().label("place_tier"),
    is_in_force(bindparam("type", type_=Numeric), bindparam("today", type_=Date)).label("type"),
).where(Tenant.id == bindparam("tenant"))
"""One look for all that a registration presupposes. Numeric: what no column could hold is no type either."""
RIGHTS: Sequence[str] = (
    N_("选择或者接受人民调解员"),
    N_("接受调解、拒绝调解或者要求终止调解"),
    N_("要求调解公开进行或者不公开进行"),
    N_("自主表达意愿、自愿达成调解协议"),
    N_("调解不收取任何费用"),
    N_("查阅、更正个人信息，查询何人何时因何查看"),
)
