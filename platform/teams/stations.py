"""Where a team works: the committee that posts the station (18a) and the series that numbers its case."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.numbers import next_number
from foundation.errors import Conflict
from foundation.language import N_
from tenants.models import Office, Tenant
from tenants.tiers import OfficeKind


class WindowGivesNoNumber(Conflict):
    code = "window_gives_no_number"
    message = N_("乡镇窗口不编案号、不组建专调小组；请交人民调解委员会或上提工作室")


async def case_number(session: AsyncSession, case: Case) -> str | None:
    """案号 of the holder's workroom, kept for life; None for a township's committee (decisions.md 20)."""
    if case.case_no is not None:
        return case.case_no
    holder = await session.get_one(Office, case.holder_office_id)
    if holder.kind in (OfficeKind.WINDOW, OfficeKind.CONTACT_POINT):
        raise WindowGivesNoNumber
    workroom = await _workroom(session, holder)
    if workroom is None:
        return None
    tenant = await session.get_one(Tenant, workroom.tenant_id)
    year, number = await next_number(session, "case", workroom.id)
    return f"云{tenant.county_code}信调〔{year}〕{number:05d}号"


async def _workroom(session: AsyncSession, holder: Office) -> Office | None:
    if holder.kind == OfficeKind.WORKROOM:
        return holder
    query = select(Office).where(
        Office.tenant_id == holder.tenant_id, Office.kind == OfficeKind.WORKROOM.value, Office.valid_to.is_(None)
    )
    return (await session.scalars(query.order_by(Office.id).limit(1))).one_or_none()
