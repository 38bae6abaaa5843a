"""质量检查的结果: the checklist in force, findings that wait, and what comes again by tenant and item."""

from collections.abc import Iterator
from typing import Any

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.errors import DomainError
from foundation.language import N_, translate
from oversight.checklists import ChecklistForm, checklist_for, set_checklist
from oversight.quality_reading import Repeated, open_findings, repeated
from tenants.subject import Subject
from web.forms.bound import BoundForm, fresh
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.sent import said, sent
from web.table_file import table_file
from web.typed_query import identifier

HERE = "/quality"
TITLES = (N_("辖区"), N_("评分项目"), N_("检查次数"), N_("最近一次"))


@get(HERE)
async def quality_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _show(request, subject, session, fresh(ChecklistForm, {}, {}))


@post(HERE)
async def checklist_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    async def verb(form: Any) -> str:
        await set_checklist(session, subject, form)
        return HERE

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return await _show(request, subject, session, form, error)

    return await sent(request, subject, session, ChecklistForm, verb, again)


@get(HERE + ".csv")
async def repeated_table(subject: TheSubject, session: TheSession) -> PageResponse:
    return table_file(translate(N_("重复出现的问题")), TITLES, _rows(await repeated(session, subject)))


def _rows(found: list[Repeated]) -> Iterator[list[str]]:
    for one in found:
        yield [one.tenant, one.item, str(one.inspections), str(local_date(one.latest))]


async def _show(
    request: AnyRequest, subject: Subject, session: AsyncSession, form: BoundForm, error: DomainError | None = None
) -> PageResponse:
    return page(
        request,
        "oversight/quality.html",
        title=N_("检查结果"),
        subject=subject,
        repeated=await repeated(session, subject),
        found=await open_findings(session, subject, identifier(request, "after")),
        checklist=await checklist_for(session, subject),
        form=form,
        **said(error),
    )


ROUTES = [quality_page, checklist_post, repeated_table]
