"""协办: the holder lends a person a narrower right until a day; custody stays."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.catalogue import Act, Done, Option
from cases.models import Case
from cases.timers import end_of_day
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_, in_brackets
from foundation.store import instant
from handover.models import Assistance
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

LENT_ROLES = ("panel_expert", "mediator", "lawyer", "notary", "forensic_expert", "wr_director")
"""Posts whose holders may be asked to assist."""


PEOPLE = text("select person_id, name, office from people_to_ask(:case, :roles) order by office, name, person_id")


class AssistRole(Choice):
    PANEL = "panel_expert", N_("会诊专家（材料去标识）")
    MEMBER = "assist_member", N_("协办人员")


class AssistanceForm(Struct, frozen=True, kw_only=True):
    person_id: Annotated[UUID, Meta(title=N_("协办人"), extra={"options": "assistants"})]
    role: Annotated[AssistRole, Meta(title=N_("身份"))]
    purpose: Annotated[str, Meta(title=N_("协办事项"), min_length=2, max_length=300)]
    until: Annotated[date, Meta(title=N_("截止日期"))]


async def lend_assistance(session: AsyncSession, subject: Subject, case: Case, form: AssistanceForm) -> Done:
    now = instant(session)
    if form.until < local_date(now):
        raise invalid("until", "too_small", N_("日期已过"))
    choices = {option.value for option in await assistant_options(session, subject, case)}
    if str(form.person_id) not in choices:
        raise invalid("person_id", "not_a_choice", N_("请从所列人员中选择"))
    until = end_of_day(now, (form.until - local_date(now)).days)
    row = Assistance(
        id=new_id(now),
        case_id=case.id,
        person_id=form.person_id,
        role=form.role.value,
        purpose=form.purpose,
        until=until,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(row)
    await session.flush()
    await relations.grant(
        session,
        case,
        Relation.ASSISTS,
        person_id=form.person_id,
        role=form.role.value,
        until=until,
        source=f"assistances:{row.id}",
    )
    return Done(data={"role": form.role.value, "until": str(form.until)}, audience="parties")


async def assistant_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """People with a fitting post in the own tenant or one above it: experts come from the prefecture or province."""
    rows = (await session.execute(PEOPLE, {"case": case.id, "roles": list(LENT_ROLES)})).all()
    others = [row for row in rows if row.person_id != subject.person_id]
    return [Option(str(row.person_id), row.name + in_brackets(row.office)) for row in others]


ACTS = (Act("lend-assistance", N_("请求协办"), Action.ASSIST_LEND, AssistanceForm, lend_assistance),)
OPTIONS = {"assistants": assistant_options}
