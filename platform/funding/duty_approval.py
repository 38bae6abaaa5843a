"""The month's duty days are approved by another than who rostered, entered or was on duty; the budget holds the sum."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.clock import local_date
from foundation.errors import Conflict, Forbidden, NotFound, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from funding import budgets
from funding.duty_claims import decide_day
from funding.duty_days import DayStatus, DutyPay, DutySheet, PayStatus, PersonDay
from funding.duty_source import DutyNotSeparate, hold
from funding.payment_batches import in_batch
from funding.purposes import Ground
from organisation.duty_attendance import DutyAttendance
from organisation.duty_shifts import DutyShift
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

OPEN = (DayStatus.CLAIMED.value, DayStatus.UNDECIDED.value)


class MonthForm(Struct, frozen=True, kw_only=True):
    month: Annotated[
        date, Meta(title=N_("月份"), description=N_("该月任意一天；当月结束后方可审核"), extra={"widget": "date"})
    ]


class ReturnForm(Struct, frozen=True, kw_only=True):
    reason: Annotated[
        str, Meta(title=N_("退回理由"), description=N_("不写姓名"), min_length=4, max_length=200, pattern=r"\S")
    ]


class NothingToApprove(Conflict):
    code = "nothing_to_approve"
    message = N_("这个月没有待审核的值班")


class BeingPaid(Conflict):
    code = "being_paid"
    message = N_("这一笔已在支付批次中或者已经支付，不能退回")


async def approve_month(session: AsyncSession, subject: Subject, form: MonthForm) -> DutySheet:
    """Each day is decided again; what is payable becomes one pay a person. Raises Forbidden, InvalidInput,
    DutyNotSeparate, NothingToApprove, and what the budget refuses with: then nothing is approved."""
    tenant = _reviewing(subject)
    month = form.month.replace(day=1)
    if month >= local_date(instant(session)).replace(day=1):
        raise invalid("month", "not_over", N_("当月结束后方可审核"))
    days = await _open_days(session, tenant, month)
    await _keep_apart(session, subject, days)
    for day in days:
        await decide_day(session, day)
    payable = [day for day in days if day.status == DayStatus.CLAIMED]
    if not payable:
        raise NothingToApprove
    now = instant(session)
    sheet = DutySheet(id=new_id(now), tenant_id=tenant, month=month, approved_by=subject.person_id, approved_at=now)
    session.add(sheet)
    await session.flush()
    await _pays(session, subject, sheet, payable)
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.SUBSIDY_REVIEW, "duty_sheet", str(sheet.id),
        detail={"month": month.isoformat()[:7], "days": len(payable), "fen": sum(day.fen for day in payable)},
    )  # fmt: skip
    await audit.append(session, entry, tenant)
    return sheet


async def return_pay(session: AsyncSession, subject: Subject, pay_id: UUID, form: ReturnForm) -> DutyPay:
    """Before it is paid, as when somebody turns out to be an official: its days wait for approval again.

    Raises Forbidden, NotFound, BeingPaid.
    """
    tenant = _reviewing(subject)
    query = select(DutyPay).where(DutyPay.id == pay_id, DutyPay.tenant_id == tenant).with_for_update()
    pay = (await session.scalars(query)).one_or_none()
    if pay is None:
        raise NotFound
    if pay.status != PayStatus.APPROVED or await in_batch(session, Ground.DUTY, pay.id):
        raise BeingPaid
    for day in await session.scalars(select(PersonDay).where(PersonDay.pay_id == pay.id)):
        day.pay_id, day.status = None, DayStatus.CLAIMED.value
        await decide_day(session, day)
    pay.status, pay.reason = PayStatus.RETURNED.value, form.reason
    await budgets.release(session, subject, ground=Ground.DUTY, ground_id=pay.id)
    entry = audit.Entry(subject.actor, subject.post_id, Action.SUBSIDY_REVIEW, "duty_pay", str(pay.id))
    await audit.append(session, entry, tenant)
    return pay


def _reviewing(subject: Subject) -> int:
    gate.require_role(subject, Action.SUBSIDY_REVIEW, Relation.GOVERNS)
    if subject.tenant_id is None:
        raise Forbidden
    return subject.tenant_id


async def _open_days(session: AsyncSession, tenant: int, month: date) -> Sequence[PersonDay]:
    """Locked: of two who approve at once the second finds nothing left."""
    query = select(PersonDay).where(
        PersonDay.tenant_id == tenant,
        PersonDay.status.in_(OPEN),
        PersonDay.day >= month,
        PersonDay.day < _next(month),
    )
    order = (PersonDay.person_id, PersonDay.day, PersonDay.id)
    return (await session.scalars(query.order_by(*order).with_for_update())).all()


def _next(month: date) -> date:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


async def _keep_apart(session: AsyncSession, subject: Subject, days: Iterable[PersonDay]) -> None:
    """31b: neither a recipient, nor who made the roster or entered an attendance."""
    mine = [day.attendance_id for day in days]
    query = (
        select(DutyShift.rostered_by, DutyAttendance.entered_by, DutyAttendance.person_id)
        .join(DutyAttendance, DutyAttendance.shift_id == DutyShift.id)
        .where(DutyAttendance.id.in_(mine))
    )
    for rostered, entered, on_duty in await session.execute(query):
        if subject.person_id == on_duty:
            raise DutyNotSeparate(part=N_("值班人员"))
        if subject.person_id in (rostered, entered):
            raise DutyNotSeparate(part=N_("值班安排人"))


async def _pays(session: AsyncSession, subject: Subject, sheet: DutySheet, days: list[PersonDay]) -> None:
    """One for each person and finance; the budgets are asked last, in one order, as they hold a lock."""
    made: list[DutyPay] = []
    ordered = sorted(days, key=_whose)
    for (budget, person), group in groupby(ordered, key=_whose):
        own = list(group)
        pay = DutyPay(
            id=new_id(sheet.approved_at),
            sheet_id=sheet.id,
            tenant_id=sheet.tenant_id,
            budget_tenant_id=budget,
            person_id=person,
            days=len(own),
            fen=sum(day.fen for day in own),
            status=PayStatus.APPROVED.value,
            recorded_at=sheet.approved_at,
        )
        session.add(pay)
        await session.flush()
        for day in own:
            day.pay_id, day.status = pay.id, DayStatus.APPROVED.value
        made.append(pay)
    for pay in made:
        await hold(session, subject, pay, sheet.month.year)


def _whose(day: PersonDay) -> tuple[int, UUID]:
    if day.budget_tenant_id is None:
        raise AssertionError("a payable day has a finance: the payer table says so")
    return day.budget_tenant_id, day.person_id
