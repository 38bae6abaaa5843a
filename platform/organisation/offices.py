"""Opening an office beside those that every tenant begins with, such as a committee of a trade; closing it again."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import Conflict, invalid
from foundation.language import N_, in_a_row, translate
from foundation.store import instant
from organisation.stations import STATIONS
from organisation.subtree import note, office_within, tenant_within
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.committees import CommitteeKind
from tenants.models import Office
from tenants.subject import Subject
from tenants.tiers import OFFICE_NAMES, OfficeKind

LOCK = text("select pg_advisory_xact_lock(0x6f666669)")
IN_USE = text("select what from office_in_use(:office) order by what")
USES = {
    "cases": N_("未归档的案件"),
    "offers": N_("待接收的移交"),
    "posts": N_("在任的岗位"),
    "stations": N_("派驻的站点"),
}


class OfficeInUse(Conflict):
    code = "office_in_use"
    message = N_("机构还有%(uses)s，不能撤销")


class OfficeNeeded(Conflict):
    code = "office_needed"
    message = N_("每个单位都要有的机构不能撤销")


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
    committee_kind: Annotated[CommitteeKind, Meta(title=N_("调委会类别"))] | None = None


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
        committee_kind=form.committee_kind.value if form.committee_kind else None,
        valid_from=local_date(instant(session)),
    )
    session.add(office)
    await session.flush()
    await note(session, subject, Action.TENANT_MANAGE, "office", office.id, tenant.id, opened=form.kind.value)
    return office


async def close_office(session: AsyncSession, subject: Subject, office_id: int) -> Office:
    """From today on it is no more. Raises OfficeNeeded, OfficeInUse, Conflict when closed already, NotFound.

    The lock waits for whoever is just now giving it a case or a post.
    """
    gate.require_role(subject, Action.TENANT_MANAGE, Relation.NONE)
    office = await office_within(session, subject, office_id)
    await session.refresh(office, with_for_update=True)
    if office.valid_to is not None:
        raise Conflict
    await _check_closing(session, office)
    office.valid_to = local_date(instant(session))
    await session.flush()
    await note(session, subject, Action.TENANT_MANAGE, "office", office.id, office.tenant_id, closed=office.kind)
    return office


async def _check_closing(session: AsyncSession, office: Office) -> None:
    """A tenant keeps at least one office of each kind; nothing may be left in the one that closes."""
    others = select(Office.id).where(Office.tenant_id == office.tenant_id, Office.kind == office.kind)
    if await session.scalar(others.where(Office.id != office.id, Office.valid_to.is_(None)).limit(1)) is None:
        raise OfficeNeeded
    uses = (await session.scalars(IN_USE, {"office": office.id})).all()
    if uses:
        raise OfficeInUse(uses=in_a_row(translate(USES[use]) for use in uses))


async def _check(session: AsyncSession, subject: Subject, form: OfficeForm) -> None:
    same = select(Office.id).where(Office.tenant_id == form.tenant_id, Office.name == form.name)
    if await session.scalar(same.where(Office.valid_to.is_(None))):
        raise invalid("name", "taken", N_("这个单位已有同名机构"))
    if form.committee_kind is not None and form.kind is not OpenedKind.COMMITTEE:
        raise invalid("committee_kind", "not_a_committee", N_("只有人民调解委员会才有类别"))
    if OfficeKind(form.kind.value) not in STATIONS:
        return
    if form.committee_id is None:
        raise invalid("committee_id", "required", N_("请选择派驻的人民调解委员会"))
    committee = await office_within(session, subject, form.committee_id)
    if committee.kind != OfficeKind.COMMITTEE:
        raise invalid("committee_id", "not_a_committee", N_("所选机构不是人民调解委员会"))
