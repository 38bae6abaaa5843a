"""Dated status of a public official (公职人员): who has it is never paid from a case (六(四)6)."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import outbox
from foundation.choice import Choice
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from organisation.subtree import note, tenant_of_person
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import OfficialStatus
from tenants.subject import Subject

NEVER = (date.max, date.min)
"""`since` and `until` of a status that was entered by mistake: no day lies in it."""
NO_OFFICIAL = N_("退休或离职的前一日；登记有误、从未任职的，填所登记开始日期的前一日")


class OfficialKind(Choice):
    """The six kinds of 监察法 15."""

    CIVIL_SERVANT = "civil_servant", N_("公务员及参照公务员法管理的人员")
    AUTHORISED = "authorised", N_("受委托管理公共事务的组织中从事公务的人员")
    STATE_ENTERPRISE = "state_enterprise", N_("国有企业管理人员")
    PUBLIC_INSTITUTION = "public_institution", N_("公办事业单位中从事管理的人员")
    SELF_GOVERNMENT = "self_government", N_("基层群众性自治组织中从事管理的人员")
    OTHER = "other", N_("其他依法履行公职的人员")


class OfficialForm(Struct, frozen=True):
    person_id: Annotated[UUID, Meta(title=N_("人员"))]
    kind: Annotated[OfficialKind, Meta(title=N_("公职人员类别"))]
    since: Annotated[date, Meta(title=N_("自"))]
    evidence: Annotated[str, Meta(title=N_("依据"), description=N_("如任职文件的文号"), max_length=200)]
    until: Annotated[date, Meta(title=N_("至"), description=N_("退休或离职的前一日；在任则留空"))] | None = None


class OfficialEndForm(Struct, frozen=True):
    person_id: Annotated[UUID, Meta(title=N_("人员"))]
    until: Annotated[date, Meta(title=N_("至"), description=NO_OFFICIAL)]
    evidence: Annotated[str, Meta(title=N_("依据"), description=N_("如免职文件的文号"), max_length=200)]


async def set_official_status(session: AsyncSession, subject: Subject, form: OfficialForm) -> OfficialStatus:
    """A term of office; a later change is another row, so that each past day keeps its answer."""
    gate.require_role(subject, Action.ACCOUNT_MANAGE, Relation.NONE)
    tenant = await tenant_of_person(session, subject, form.person_id)
    if form.until is not None and form.until < form.since:
        raise invalid("until", "before_since", N_("结束日期不能早于开始日期"))
    status = OfficialStatus(
        id=new_id(instant(session)),
        person_id=form.person_id,
        kind=form.kind.value,
        since=form.since,
        until=form.until,
        evidence=form.evidence,
    )
    session.add(status)
    await _told(session, subject, status, tenant)
    return status


async def end_official_status(session: AsyncSession, subject: Subject, form: OfficialEndForm) -> OfficialStatus:
    """Retired or left (退休、离职): the last day of the term that stands, which may lie in the past.

    The day before its first says that it never was; the row keeps the evidence, the audit the days it had.
    """
    gate.require_role(subject, Action.ACCOUNT_MANAGE, Relation.NONE)
    tenant = await tenant_of_person(session, subject, form.person_id)
    query = select(OfficialStatus).where(
        OfficialStatus.person_id == form.person_id,
        or_(OfficialStatus.until.is_(None), OfficialStatus.until > form.until),
    )
    status = (await session.scalars(query.order_by(OfficialStatus.since.desc()).limit(1))).one_or_none()
    if status is None:
        raise invalid("person_id", "no_official", N_("没有登记在这一天之后的公职人员身份"))
    status.evidence = f"{status.evidence}；{form.evidence}"
    if form.until == status.since - timedelta(days=1):
        status.since, status.until = NEVER
    elif form.until < status.since:
        raise invalid("until", "before_since", N_("结束日期不能早于开始日期"))
    else:
        status.until = form.until
    await _told(session, subject, status, tenant)
    return status


async def _told(session: AsyncSession, subject: Subject, status: OfficialStatus, tenant: int) -> None:
    """On record; and what was paid is looked at again (六(四)6)."""
    await session.flush()
    await outbox.publish(session, "official.changed", person=str(status.person_id))
    detail = {"official": status.kind, "since": str(status.since), "until": str(status.until)}
    await note(session, subject, Action.ACCOUNT_MANAGE, "person", status.person_id, tenant, **detail)
