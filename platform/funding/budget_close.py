"""The end of a year: what is held goes on to the next year's line; what is left only where carry-over is on (50a)."""

from datetime import date

from sqlalchemy import case, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.clock import local_date
from foundation.errors import Conflict, Forbidden, invalid
from foundation.language import N_
from foundation.store import instant
from funding.budget_forms import CloseForm, SettingForm
from funding.budget_readers import chain_of
from funding.budget_rows import BudgetSetting
from funding.purposes import Purpose
from policies import gate
from policies.actions import Action
from tenants.models import Tenant
from tenants.subject import Subject

CLOSE = text("select outcome, lacking from budget_close(:tenant, cast(:year as smallint), :carry)")


class YearRunning(Conflict):
    code = "year_running"
    message = N_("%(year)s 年度还没有结束，不能关账")


class NothingToClose(Conflict):
    code = "nothing_to_close"
    message = N_("%(year)s 年度没有可以关账的预算")


class NextYearLacks(Conflict):
    code = "next_year_lacks"
    message = N_("下一年度“%(purpose)s”预算不足以承接已占用未支付的款项，请先申请")


async def carries_over(session: AsyncSession, tenant: Tenant, on: date) -> BudgetSetting | None:
    """The setting in force on that day: the nearest tenant's, then the newest; None = off."""
    nearness = case({tenant_id: place for place, tenant_id in enumerate(chain_of(tenant)) if tenant_id},
                    value=BudgetSetting.tenant_id)  # fmt: skip
    above = [tenant_id for tenant_id in chain_of(tenant) if tenant_id]
    query = (
        select(BudgetSetting)
        .where(BudgetSetting.tenant_id.in_(above), BudgetSetting.valid_from <= on)
        .order_by(nearness.desc(), BudgetSetting.valid_from.desc(), BudgetSetting.id.desc())
    )
    return (await session.scalars(query.limit(1))).one_or_none()


async def set_carry_over(session: AsyncSession, subject: Subject, form: SettingForm) -> BudgetSetting:
    """For the own tenant and those below that have not set it themselves. Raises Forbidden, InvalidInput."""
    gate.require_role(subject, Action.BUDGET_REQUEST)
    if subject.tenant_id is None:
        raise Forbidden
    now = instant(session)
    if form.valid_from < local_date(now):
        raise invalid("valid_from", "in_past", N_("日期不得早于今天"))
    row = BudgetSetting(
        tenant_id=subject.tenant_id,
        carry_over=form.carry_over,
        valid_from=form.valid_from,
        document_no=form.document_no,
        reason=form.reason,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(row)
    await session.flush()
    await _note(session, subject, str(row.id), "budget_setting", {"carry_over": form.carry_over})
    return row


async def close_year(session: AsyncSession, subject: Subject, form: CloseForm) -> bool:
    """All lines of a year that has ended; says whether what was left went on. Raises YearRunning, NothingToClose,
    YearClosed, NextYearLacks: then nothing is closed."""
    gate.require_role(subject, Action.BUDGET_REQUEST)
    if subject.tenant_id is None:
        raise Forbidden
    if form.year >= local_date(instant(session)).year:
        raise YearRunning(year=form.year)
    tenant = await session.get_one(Tenant, subject.tenant_id)
    setting = await carries_over(session, tenant, date(form.year, 12, 31))
    carry = bool(setting and setting.carry_over)
    values = {"tenant": tenant.id, "year": form.year, "carry": carry}
    outcome, lacking = (await session.execute(CLOSE, values)).one()
    if outcome == "uncovered":
        raise NextYearLacks(purpose=Purpose(lacking).label)
    if outcome != "done":
        raise NothingToClose(year=form.year)
    await _note(session, subject, str(form.year), "budget_year", {"carried": carry})
    return carry


async def _note(session: AsyncSession, subject: Subject, about: str, kind: str, detail: dict[str, bool]) -> None:
    entry = audit.Entry(subject.actor, subject.post_id, Action.BUDGET_REQUEST, kind, about, detail=dict(detail))
    await audit.append(session, entry, subject.tenant_id or 0)
