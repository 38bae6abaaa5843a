"""What is told of people who work here: skills and languages, terms of service elsewhere, numbers of near relatives."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.cipher import Sealed
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.identity_numbers import is_identity_number
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from organisation.subtree import note, tenant_of_person
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.background import BLIND_PURPOSE, DeclaredKin, Employment, Kin, PersonSkills
from tenants.subject import Subject


class SkillsForm(Struct, frozen=True):
    """Lists as they are to stand from now on; an empty one takes all away."""

    person_id: Annotated[UUID, Meta(title=N_("人员"))]
    skills: Annotated[list[Annotated[str, Meta(min_length=1, max_length=40)]], Meta(title=N_("专长"), max_length=20)]
    languages: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=20)]], Meta(title=N_("普通话以外的语言"), max_length=20)
    ]


class EmploymentForm(Struct, frozen=True):
    person_id: Annotated[UUID, Meta(title=N_("人员"))]
    unit: Annotated[str, Meta(title=N_("任职单位"), min_length=2, max_length=120)]
    since: Annotated[date, Meta(title=N_("自"))]
    until: Annotated[date, Meta(title=N_("至"), description=N_("在任则留空"))] | None = None


class KinForm(Struct, frozen=True):
    person_id: Annotated[UUID, Meta(title=N_("人员"))]
    kin: Annotated[Kin, Meta(title=N_("关系"))]
    id_number: Annotated[str, Meta(title=N_("公民身份号码"), max_length=18, extra={"compact": True})]


async def describe_person(session: AsyncSession, subject: Subject, form: SkillsForm) -> None:
    tenant = await _tenant(session, subject, form.person_id)
    lists = {"skills": list(dict.fromkeys(form.skills)), "languages": list(dict.fromkeys(form.languages))}
    row = insert(PersonSkills).values(person_id=form.person_id, **lists)
    await session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=lists))
    await note(session, subject, Action.ACCOUNT_MANAGE, "person", form.person_id, tenant, told="skills")


async def record_employment(session: AsyncSession, subject: Subject, form: EmploymentForm) -> Employment:
    """A term that has ended counts as well: who served the unit does not mediate its dispute (条例28(3))."""
    tenant = await _tenant(session, subject, form.person_id)
    now = instant(session)
    if form.since > local_date(now):
        raise invalid("since", "in_future", N_("日期不得晚于今天"))
    if form.until is not None and form.until < form.since:
        raise invalid("until", "before_since", N_("结束日期不能早于开始日期"))
    row = Employment(
        id=new_id(now),
        person_id=form.person_id,
        unit=form.unit,
        since=form.since,
        until=form.until,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(row)
    await session.flush()
    await note(session, subject, Action.ACCOUNT_MANAGE, "person", form.person_id, tenant, told="employment")
    return row


async def declare_kin(session: AsyncSession, subject: Subject, form: KinForm) -> None:
    """Only to be compared with parties' numbers when a team is chosen; it shows to nobody, and told twice is once."""
    tenant = await _tenant(session, subject, form.person_id)
    number = form.id_number.strip().upper()
    if not is_identity_number(number):
        raise invalid("id_number", "identity_number", N_("公民身份号码不正确，请核对"))
    now = instant(session)
    values = {
        "id": new_id(now),
        "person_id": form.person_id,
        "kin": form.kin.value,
        "number": number,
        "blind": Sealed.ring().blind(number.encode(), BLIND_PURPOSE),
        "recorded_at": now,
        "recorded_by": subject.person_id,
    }
    await session.execute(insert(DeclaredKin).values(**values).on_conflict_do_nothing())
    await note(session, subject, Action.ACCOUNT_MANAGE, "person", form.person_id, tenant, told="kin")


async def _tenant(session: AsyncSession, subject: Subject, person_id: UUID) -> int:
    gate.require_role(subject, Action.ACCOUNT_MANAGE, Relation.NONE)
    return await tenant_of_person(session, subject, person_id)
