"""Screening a lead (四(二): 收集、分流、调处): what became of it, when it was handled and when reported."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.lead_reception import NOT_PERSONS, PERSON_NUMBER, desk_of
from cases.leads import OPEN, Lead, Screened
from foundation import audit
from foundation.errors import Conflict, FieldError, InvalidInput, NotFound
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class ScreeningForm(Struct, frozen=True, kw_only=True):
    result: Annotated[Screened, Meta(title=N_("处置结果"))]
    handled_at: Annotated[datetime, Meta(title=N_("第一时间处置"), description=N_("不填为现在"))] | None = None
    reported_at: Annotated[datetime, Meta(title=N_("第一时间上报"), description=N_("没有上报的不填"))] | None = None
    organ: Annotated[str, Meta(title=N_("分流、上报到的机构"), description=N_("不写姓名"), max_length=120)] | None = (
        None
    )
    registration_no: (
        Annotated[str, Meta(title=N_("登记号"), description=N_("当事人申请的，填接谈登记的登记号"), max_length=60)]
        | None
    ) = None


class LeadScreened(Conflict):
    code = "lead_screened"
    message = N_("这条线索已经处置")


async def screen_lead(session: AsyncSession, subject: Subject, lead_id: UUID, form: ScreeningForm) -> Lead:
    """Once; raises Forbidden, NotFound for another tenant's, LeadScreened, InvalidInput."""
    lead = await lead_at(session, subject, lead_id, lock=True)
    if lead.status != OPEN:
        raise LeadScreened
    now = instant(session)
    if errors := list(_broken(form, lead, now)):
        raise InvalidInput(*errors)
    lead.status, lead.handled_by = form.result.value, subject.person_id
    lead.handled_at, lead.reported_at = form.handled_at or now, form.reported_at
    lead.organ, lead.registration_no = form.organ, form.registration_no
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.CASE_SCREEN, "lead", str(lead.id), detail={"result": lead.status}
    )
    await audit.append(session, entry, lead.tenant_id)
    await session.flush()
    return lead


async def lead_at(session: AsyncSession, subject: Subject, lead_id: UUID, *, lock: bool = False) -> Lead:
    query = select(Lead).where(Lead.id == lead_id, Lead.tenant_id == desk_of(subject))
    lead = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if lead is None:
        raise NotFound
    return lead


def _broken(form: ScreeningForm, lead: Lead, now: datetime) -> Iterator[FieldError]:
    for field in ("handled_at", "reported_at"):
        value: datetime | None = getattr(form, field)
        if value is not None and value.tzinfo is None:
            yield FieldError(field, "not_an_instant", N_("请填日期和时间，如 2026-03-01T09:30:00+08:00"))
        elif value is not None and value > now:
            yield FieldError(field, "in_future", N_("时间不得晚于现在"))
        elif value is not None and value < lead.found_at:
            yield FieldError(field, "before_found", N_("不得早于发现的时间"))
    if form.organ is None and (form.result is Screened.DIVERTED or form.reported_at is not None):
        yield FieldError("organ", "required", N_("分流、上报的，须写明到哪个机构"))
    if form.result is Screened.REGISTERED and not form.registration_no:
        yield FieldError("registration_no", "required", N_("请填接谈登记的登记号"))
    for field in ("organ", "registration_no"):
        if PERSON_NUMBER.search(getattr(form, field) or ""):
            yield FieldError(field, "names_persons", NOT_PERSONS)
