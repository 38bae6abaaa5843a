"""协办: custody stays; the holder lends named actions to a person or an office, until a day or until it revokes them.

People come from the own tenant or from above it; offices (workrooms and committees) from beside and below it as well.
Of an office lent as a panel only its experts look, each by name.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from access.delegation_form import Term
from cases import relations
from cases.catalogue import Act, Done, Option
from cases.models import Case
from cases.timers import end_of_day
from foundation.clock import SHANGHAI, local_date
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_, in_brackets
from foundation.store import instant
from handover.assistance_notice import tell_parties
from handover.lendable import AssistRole, lent_actions
from handover.models import Assistance
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office
from tenants.subject import Subject

__all__ = ["AssistRole"]

LENT_ROLES = ("panel_expert", "mediator", "lawyer", "notary", "forensic_expert", "wr_director")
"""Posts whose holders may be asked to assist."""
EXPERTS = ("panel_expert",)
LONGEST = 366
"""Days; whoever needs help for longer asks again, and thinks again."""

PEOPLE = text("select person_id, name, office from people_to_ask(:case, :roles) order by office, name, person_id")
OFFICES = text("select office_id, name, tenant from offices_to_ask(:case) order by tenant, name, office_id")
EXPERTS_AT = text("select person_id from people_at(:case, :office, :roles) order by person_id")


class AssistanceForm(Struct, frozen=True, kw_only=True):
    person_id: (
        Annotated[
            UUID,
            Meta(title=N_("协办人"), description=N_("协办人、协办单位只填一项"), extra={"options": "assistants"}),
        ]
        | None
    ) = None
    office_id: (
        Annotated[
            int,
            Meta(
                title=N_("协办单位"),
                description=N_("会诊的，只由该机构的会诊专家参加"),
                extra={"options": "assisting_offices"},
            ),
        ]
        | None
    ) = None
    role: Annotated[AssistRole, Meta(title=N_("身份"))]
    actions: Annotated[
        list[str],
        Meta(
            title=N_("协办权限"),
            description=N_("协办人员须逐项选择，会诊专家不选；内部备注不在其中"),
            max_length=20,
            extra={"options": "assisting_actions"},
        ),
    ] = []
    purpose: Annotated[
        str, Meta(title=N_("协办事项"), description=N_("会告知当事人；不写个人信息"), min_length=2, max_length=300)
    ]
    since: Annotated[date, Meta(title=N_("开始日期"), description=N_("不填为即时开始"))] | None = None
    until: Annotated[date, Meta(title=N_("截止日期"))]


async def lend_assistance(session: AsyncSession, subject: Subject, case: Case, form: AssistanceForm) -> Done:
    now = instant(session)
    term = _term(form, now)
    if (form.person_id is None) is (form.office_id is None):
        raise invalid("person_id", "one_of_two", N_("协办人、协办单位只填一项"))
    office = await _office(session, subject, case, form.office_id)
    if form.person_id is not None:
        choices = {option.value for option in await assistant_options(session, subject, case)}
        if str(form.person_id) not in choices:
            raise invalid("person_id", "not_a_choice", N_("请从所列人员中选择"))
    row = Assistance(
        id=new_id(now),
        case_id=case.id,
        person_id=form.person_id,
        office_id=form.office_id,
        role=form.role.value,
        actions=await lent_actions(session, subject, case, form.role, form.actions),
        purpose=form.purpose,
        since=term.since,
        until=term.until,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    await lend(session, case, row, office)
    if form.role is AssistRole.MEMBER:
        await tell_parties(session, subject, case, row)
    told = () if office is None or office.tenant_id == subject.tenant_id else (office.tenant_id,)
    return Done(data={"role": form.role.value, "until": str(form.until)}, audience="parties", also_tenants=told)


async def lend(session: AsyncSession, case: Case, row: Assistance, office: Office | None) -> None:
    """The row, and the relations by which it decides: of a person, of an office, or of each expert of an office."""
    session.add(row)
    await session.flush()
    give = partial(
        relations.grant,
        session,
        case,
        Relation.ASSISTS,
        source=source_of(row),
        role=row.role,
        since=row.since,
        until=row.until,
        actions=row.actions,
    )
    if office is None:
        await give(person_id=row.person_id)
    elif row.role == AssistRole.PANEL:
        for person_id in await _experts(session, case, office):
            await give(person_id=person_id)
    else:
        await give(tenant_id=office.tenant_id, office_id=office.id)


def source_of(row: Assistance) -> str:
    return f"assistances:{row.id}"


async def _office(session: AsyncSession, subject: Subject, case: Case, office_id: int | None) -> Office | None:
    if office_id is None:
        return None
    if str(office_id) not in {option.value for option in await office_options(session, subject, case)}:
        raise invalid("office_id", "not_a_choice", N_("请从所列单位中选择"))
    return await session.get_one(Office, office_id)


async def _experts(session: AsyncSession, case: Case, office: Office) -> Sequence[UUID]:
    asked = {"case": case.id, "office": office.id, "roles": list(EXPERTS)}
    found = (await session.scalars(EXPERTS_AT, asked)).all()
    if not found:
        raise invalid("office_id", "no_experts", N_("该机构没有可以会诊的专家"))
    return found


def _term(form: AssistanceForm, now: datetime) -> Term:
    """Raises InvalidInput naming the day that does not fit."""
    today = local_date(now)
    begins = form.since or today
    if begins < today:
        raise invalid("since", "too_small", N_("日期已过"))
    if form.until < today:
        raise invalid("until", "too_small", N_("日期已过"))
    if form.until < begins:
        raise invalid("until", "before_begin", N_("截止日期早于开始日期"))
    if (form.until - today).days > LONGEST:
        raise invalid("until", "too_large", N_("协办最长%(days)s天"), days=LONGEST)
    since = now if begins == today else datetime.combine(begins, datetime.min.time(), SHANGHAI)
    return Term(since, end_of_day(now, (form.until - today).days))


async def assistant_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """People with a fitting post in the own tenant or one above it: experts come from the prefecture or province."""
    rows = (await session.execute(PEOPLE, {"case": case.id, "roles": list(LENT_ROLES)})).all()
    others = [row for row in rows if row.person_id != subject.person_id]
    return [Option(str(row.person_id), row.name + in_brackets(row.office)) for row in others]


async def office_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    rows = (await session.execute(OFFICES, {"case": case.id})).all()
    return [Option(str(row.office_id), row.name + in_brackets(row.tenant)) for row in rows]


ACTS = (Act("lend-assistance", N_("请求协办"), Action.ASSIST_LEND, AssistanceForm, lend_assistance),)
OPTIONS = {"assistants": assistant_options, "assisting_offices": office_options}
