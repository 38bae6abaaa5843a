"""Receiving leads from another system by a program's token (15: 对接): many at once, sent again without harm."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.leads import OPEN, Lead
from foundation import audit
from foundation.clock import local_date
from foundation.errors import FieldError, Forbidden, InvalidInput
from foundation.identity_numbers import names_a_person
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from organisation.dispute_types import DisputeType, dispute_types
from policies import gate
from policies.actions import Action
from tenants.models import Place, Tenant
from tenants.subject import Subject

MOST = 200
"""Leads of one sending."""
DESK = (Action.CASE_REGISTER, Action.CASE_SCREEN, Action.CASE_ASSESS)
"""Whoever may do one of these receives, reads and screens the leads of the own tenant."""
PERSON_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")
"""A citizen's number, a mobile telephone: either names a person."""
NOT_PERSONS = N_("本人没有申请的，不得写证件号、电话")
NOT_A_PLACE = N_("本辖区没有这个地点代码")
NOT_A_TYPE = N_("没有这种纠纷类型")


class LeadRow(Struct, frozen=True, kw_only=True):
    number: Annotated[str, Meta(title=N_("对方系统的编号"), min_length=1, max_length=80)]
    found_at: Annotated[datetime, Meta(title=N_("第一时间发现"))]
    place_code: Annotated[str, Meta(title=N_("纠纷发生地代码"), min_length=6, max_length=12)]
    dispute_type: Annotated[int, Meta(title=N_("纠纷类型"), ge=0, le=32767)]
    facts: Annotated[
        str,
        Meta(
            title=N_("纠纷事实"),
            description=N_("不写姓名、证件号、电话；本人申请的，请办理接谈登记"),
            min_length=2,
            max_length=2000,
            extra={"widget": "textarea"},
        ),
    ]


class LeadsForm(Struct, frozen=True, kw_only=True):
    platform: Annotated[str, Meta(title=N_("推送信息的平台或单位"), min_length=2, max_length=120)]
    purpose: Annotated[str, Meta(title=N_("推送的目的"), min_length=2, max_length=200)]
    leads: Annotated[list[LeadRow], Meta(title=N_("线索"), min_length=1, max_length=MOST)]


class Received(Struct, frozen=True):
    """`known`: numbers that this sender has sent before; they stay as they are."""

    received: int
    known: list[str]


def desk_of(subject: Subject) -> int:
    """The tenant whose leads are the subject's to work on; raises Forbidden."""
    if subject.tenant_id is None or not any(gate.may(subject, action) for action in DESK):
        raise Forbidden
    return subject.tenant_id


async def receive_leads(session: AsyncSession, subject: Subject, form: LeadsForm) -> Received:
    """All or none; raises Forbidden, and InvalidInput naming every row that can't be kept."""
    tenant = desk_of(subject)
    places = await _places(session, subject, {row.place_code for row in form.leads})
    types = await dispute_types(session)
    now = instant(session)
    if errors := [*_named(form), *_broken(form.leads, places, types, now)]:
        raise InvalidInput(*errors)
    known = await _known(session, subject, form)
    fresh = {row.number: row for row in form.leads if row.number not in known}
    session.add_all(_lead(session, subject, form, row, places[row.place_code]) for row in fresh.values())
    detail = {"received": len(fresh), "known": len(known)}
    entry = audit.Entry(subject.actor, subject.post_id, Action.CASE_SCREEN, "leads", form.platform, detail=detail)
    await audit.append(session, entry, tenant)
    return Received(len(fresh), sorted(known))


def _lead(session: AsyncSession, subject: Subject, form: LeadsForm, row: LeadRow, place_id: int) -> Lead:
    now = instant(session)
    return Lead(
        id=new_id(now),
        tenant_id=subject.tenant_id,
        office_id=subject.office_id,
        platform=form.platform,
        number=row.number,
        purpose=form.purpose,
        place_id=place_id,
        dispute_type=row.dispute_type,
        facts=row.facts,
        found_at=row.found_at,
        recorded_at=now,
        recorded_by=subject.person_id,
        status=OPEN,
    )


def _named(form: LeadsForm) -> Iterator[FieldError]:
    for field in ("platform", "purpose"):
        if PERSON_NUMBER.search(getattr(form, field)):
            yield FieldError(field, "names_persons", NOT_PERSONS)


def _broken(
    rows: Sequence[LeadRow], places: dict[str, int], types: Sequence[DisputeType], now: datetime
) -> Iterator[FieldError]:
    numbers = [row.number for row in rows]
    codes = {one.code for one in types}
    for index, row in enumerate(rows):
        path = f"leads.{index}."
        if row.number in numbers[:index]:
            yield FieldError(f"{path}number", "repeated", N_("编号重复"))
        if row.place_code not in places:
            yield FieldError(f"{path}place_code", "not_a_choice", NOT_A_PLACE)
        if row.dispute_type not in codes:
            yield FieldError(f"{path}dispute_type", "not_a_choice", NOT_A_TYPE)
        if row.found_at.tzinfo is None:
            yield FieldError(f"{path}found_at", "not_an_instant", N_("请填日期和时间，如 2026-03-01T09:30:00+08:00"))
        elif row.found_at > now:
            yield FieldError(f"{path}found_at", "in_future", N_("时间不得晚于现在"))
        if names_a_person(row.number, local_date(now)):
            yield FieldError(f"{path}number", "names_persons", NOT_PERSONS)
        if PERSON_NUMBER.search(row.facts):
            yield FieldError(f"{path}facts", "names_persons", NOT_PERSONS)


async def _places(session: AsyncSession, subject: Subject, codes: set[str]) -> dict[str, int]:
    """Code -> place, of the codes that lie in the subject's own area."""
    own = (await session.get_one(Tenant, subject.tenant_id)).place_id
    inside = or_(
        Place.id == own, Place.township_id == own, Place.county_id == own, Place.prefecture_id == own,
        Place.province_id == own,
    )  # fmt: skip
    today = local_date(instant(session))
    in_force = or_(Place.valid_to.is_(None), Place.valid_to > today)
    query = select(Place.code_mca, Place.id).where(Place.code_mca.in_(codes), inside, in_force)
    return {code: place_id for code, place_id in await session.execute(query) if code}


async def _known(session: AsyncSession, subject: Subject, form: LeadsForm) -> set[str]:
    query = select(Lead.number).where(
        Lead.tenant_id == subject.tenant_id,
        Lead.platform == form.platform,
        Lead.number.in_([row.number for row in form.leads]),
    )
    return set(await session.scalars(query))
