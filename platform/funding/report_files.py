"""A report to take away: the same tables as the page's, as a workbook or in print; made in a thread."""

import asyncio
from urllib.parse import quote

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.language import N_, translate
from funding.report_print import printed
from funding.report_sheets import notes, sheets
from funding.report_workbook import workbook
from funding.reports import report
from tenants.subject import Subject

TITLE = N_("经费报表")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
MADE_BY = {"xlsx": (XLSX, workbook), "pdf": (PDF, printed)}


class ReportFile(Struct, frozen=True):
    """`kind` is its media type."""

    name: str
    kind: str
    content: bytes

    @property
    def headers(self) -> dict[str, str]:
        """Kept by nobody on the way."""
        return {
            "content-disposition": f"attachment; filename*=UTF-8''{quote(self.name)}",
            "cache-control": "no-store",
        }


async def report_file(
    session: AsyncSession, subject: Subject, tenant_id: int | None, written: str | None, form: str
) -> ReportFile:
    """`form`: xlsx or pdf, in the reader's language. Raises as `report`."""
    view = await report(session, subject, tenant_id, written)
    title = f"{translate(TITLE)} {view.name} {view.period.written}"
    kind, make = MADE_BY[form]
    return ReportFile(f"{title}.{form}", kind, await asyncio.to_thread(make, title, sheets(view), notes()))
