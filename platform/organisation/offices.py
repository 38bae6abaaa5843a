"""Opening an office beside those that every tenant begins with, such as a committee of a trade."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.language import N_
from foundation.store import instant
from organisation.stations import STATIONS
from organisation.subtree import note, office_within, tenant_within
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office
from tenants.subject import Subject
from tenants.tiers import OFFICE_NAMES, OfficeKind

LOCK = text("select pg_advisory_xact_lock(0x6f666669)")


class OpenedKind(Choice):
    """The kinds of OfficeKind that a tenant may have more than one of."""

    COMMITTEE = OfficeKind.COMMITTEE.value, OFFICE_NAMES[OfficeKind.COMMITTEE]
    WINDOW = OfficeKind.WINDOW.value, OFFICE_NAMES[OfficeKind.WINDOW]
    CONTACT_POINT = OfficeKind.CONTACT_POINT.value, OFFICE_NAMES[OfficeKind.CONTACT_POINT]


class OfficeForm(Struct, frozen=True):
    tenant_id: Annotated[int, Meta(title=N_("所属单位"))]
    kind: Annotated[OpenedKind, Meta(title=N_("类别"))]
    name: Annotated[str, Meta(title=N_("名称"), max_length=60)]
    committee_id: Annotated[int, Meta(title=N_("派驻的人民调解委员会"))] | None = None


async def open_office(session: AsyncSession, subject: Subject, form: OfficeForm) -> Office:
    """A station must name the committee that posts it (obligation 18a)."""
    gate.require_role(subject, Action.TENANT_MANAGE, Relation.NONE)
    tenant = await tenant_within(session, subject, form.tenant_id)
    await _check(session, subject, form)
    await session.execute(LOCK)
    highest = await session.scalar(select(func.max(Office.id)))
    office = Office(
        id=(highest or 0) + 1,
        tenant_id=tenant.id,
        kind=form.kind.value,
        name=form.name,
        committee_id=form.committee_id,
        valid_from=local_date(instant(session)),
    )
    session.add(office)
    await session.flush()
    await note(session, subject, Action.TENANT_MANAGE, "office", office.id, tenant.id, opened=form.kind.value)
    return office


async def _check(session: AsyncSession, subject: Subject, form: OfficeForm) -> None:
    same = select(Office.id).where(Office.tenant_id == form.tenant_id, Office.name == form.name)
    if await session.scalar(same.where(Office.valid_to.is_(None))):
        raise invalid("name", "taken", N_("这个单位已有同名机构"))
    if OfficeKind(form.kind.value) not in STATIONS:
        return
    if form.committee_id is None:
        raise invalid("committee_id", "required", N_("请选择派驻的人民调解委员会"))
    committee = await office_within(session, subject, form.committee_id)
    if committee.kind != OfficeKind.COMMITTEE:
        raise invalid("committee_id", "not_a_committee", N_("所选机构不是人民调解委员会"))
