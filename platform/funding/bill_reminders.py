"""Reminding a payer that has let the term pass; never while it disputes the bill."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.clock import local_date
from foundation.errors import Conflict
from foundation.language import N_
from foundation.store import instant
from funding.bill_steps import add_step
from funding.bills import BillState, BillStep, StepKind, bill_in, owed
from policies.actions import Action
from tenants.subject import Subject

DAYS_BETWEEN = 10
"""Between two reminders of one bill; ours, no source gives a term (decision 0049)."""


class ReminderForm(Struct, frozen=True, kw_only=True):
    bill_id: Annotated[UUID, Meta(title=N_("账单"), extra={"options": "open_bills"})]


class ReminderPaper(Struct, frozen=True, kw_only=True):
    bill_no: Annotated[str, Meta(title=N_("账单号"))]
    name: Annotated[str, Meta(title=N_("付款单位"))] | None
    clause: Annotated[str, Meta(title=N_("依据条款"))]
    owed_fen: Annotated[int, Meta(title=N_("尚欠金额"), extra={"widget": "money"})]
    due_on: Annotated[date, Meta(title=N_("付款期限"))]


REMINDER = PaperKind("bill_reminder", N_("催缴通知"), Group.MONEY, form=ReminderPaper)


class NotOverdue(Conflict):
    code = "not_overdue"
    message = N_("账单尚未到期，%(due)s 之后方可催缴")


class RemindedLately(Conflict):
    code = "reminded_lately"
    message = N_("最近已经催缴，%(again)s 之后方可再次催缴")


async def remind_payer(session: AsyncSession, subject: Subject, case: Case, form: ReminderForm) -> Done:
    bill = await bill_in(session, case, form.bill_id, BillState.OPEN)
    today = local_date(instant(session))
    if bill.due_on >= today:
        raise NotOverdue(due=bill.due_on)
    if (again := await _again(session, bill.id)) and again > today:
        raise RemindedLately(again=again)
    left = (await owed(session, [bill.source])).get(bill.source, 0)
    await add_step(session, subject, bill, StepKind.REMINDED, amount_fen=left)
    paper = ReminderPaper(bill_no=bill.bill_no, name=bill.name, clause=bill.clause, owed_fen=left, due_on=bill.due_on)
    await issue(session, subject, case, REMINDER, paper)
    return Done(data={"bill": bill.bill_no, "owed_fen": left})


async def _again(session: AsyncSession, bill_id: UUID) -> date | None:
    query = select(func.max(BillStep.recorded_at)).where(BillStep.bill_id == bill_id)
    last = await session.scalar(query.where(BillStep.kind == StepKind.REMINDED))
    return None if last is None else local_date(last) + timedelta(days=DAYS_BETWEEN)


ACTS = (Act("remind-payer", N_("催缴"), Action.FEE_REVIEW, ReminderForm, remind_payer, step=8),)
PAPERS = (REMINDER,)
