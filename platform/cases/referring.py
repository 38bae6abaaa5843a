"""转送、交办: the petition office that sent a matter here follows it as its own referral (条例22; rule 33)."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.models import Case, CaseRelation
from cases.registration_form import RegistrationForm, Source
from cases.relations import in_force, relation_of
from foundation.errors import invalid
from foundation.language import N_
from policies.relations import Relation
from tenants.models import Office, Tenant
from tenants.subject import Subject
from tenants.tiers import OfficeKind

SENT = "registration"
"""What makes the relation."""


async def referral(
    session: AsyncSession, case: Case, tenant: Tenant, form: RegistrationForm, now: datetime
) -> CaseRelation | None:
    """The relation of the office that sent it: the one named, else the nearest petition office of the own line."""
    if form.source is not Source.PETITION_OFFICE:
        if form.referring_office_id is not None:
            raise invalid("referring_office_id", "not_wanted", N_("来源不是信访部门移交时不填"))
        return None
    offices = await petition_offices_of(session, tenant)
    chosen = offices[:1]
    if form.referring_office_id is not None:
        chosen = [office for office in offices if office.id == form.referring_office_id]
        if not chosen:
            raise invalid("referring_office_id", "not_a_choice", N_("请从所列项目中选择"))
    return (
        relation_of(case, Relation.REFERRED, now, tenant_id=chosen[0].tenant_id, office_id=chosen[0].id, source=SENT)
        if chosen
        else None
    )


async def follow(session: AsyncSession, case: Case, sibling: Case) -> None:
    """What is split off a referred matter is followed by the same office, from the same day."""
    for row in await in_force(session, case.id):
        if row.relation == Relation.REFERRED:
            who = {"tenant_id": row.tenant_id, "office_id": row.office_id}
            session.add(relation_of(sibling, Relation.REFERRED, row.since, role=None, until=None, source=SENT, **who))


async def petition_offices_of(session: AsyncSession, tenant: Tenant) -> list[Office]:
    """Of the own tier and those above, the nearest first."""
    line = [one for one in (tenant.township_id, tenant.county_id, tenant.prefecture_id, tenant.province_id) if one]
    query = select(Office).where(
        Office.tenant_id.in_(line), Office.kind == OfficeKind.PETITION_BUREAU, Office.valid_to.is_(None)
    )
    return list(await session.scalars(query.order_by(func.array_position(line, Office.tenant_id), Office.id)))


async def petition_offices(session: AsyncSession, subject: Subject, case: Case | None) -> list[Option]:
    tenant = await session.get_one(Tenant, subject.tenant_id)
    return [Option(str(office.id), office.name) for office in await petition_offices_of(session, tenant)]


OPTIONS = {"petition_offices": petition_offices}
