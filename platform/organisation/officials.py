"""Dated status of a public official (公职人员): who has it is never paid from a case (六(四)6)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
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
    await session.flush()
    await outbox.publish(session, "official.changed", person=str(form.person_id))
    await note(session, subject, Action.ACCOUNT_MANAGE, "person", form.person_id, tenant, official=form.kind.value)
    return status
