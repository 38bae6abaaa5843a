"""后台任务: for the province's administrator, what waits, what failed and why, what recurs."""

from typing import Any
from uuid import UUID

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import InvalidInput, invalid
from foundation.language import N_
from organisation import jobs
from organisation.jobs import DropForm, JobList
from tenants.subject import Subject
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

HERE = "/jobs"
NAMES = {
    "deadlines": N_("期限检查"),
    "handovers": N_("到期移交收回"),
    "tree": N_("区划调整执行"),
    "outside": N_("站外通知和推送"),
    "checkpoints": N_("审计检查点"),
    "watching": N_("预警和包案检查"),
    "reports": N_("逾期报告检查"),
    "forget": N_("清理过期数据"),
}


@get(HERE)
async def jobs_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _shown(request, subject, session, fresh(DropForm, {}, {}))


@post(f"{HERE}/{{job_id:uuid}}/again")
async def again_post(subject: TheSubject, session: TheSession, job_id: PathId) -> PageResponse:
    await jobs.try_again(session, subject, job_id)
    return go(HERE)


@post(f"{HERE}/{{job_id:uuid}}/drop")
async def drop_post(request: AnyRequest, subject: TheSubject, session: TheSession, job_id: PathId) -> PageResponse:
    typed = read(fields_of(DropForm), await fields_in(request))
    try:
        form: Any = fill(DropForm, typed)
    except InvalidInput as error:
        return await _shown(request, subject, session, refused(DropForm, typed, error.fields, {}), error.status)
    await jobs.drop(session, subject, job_id, form)
    return go(HERE)


async def _shown(
    request: AnyRequest, subject: Subject, session: AsyncSession, form: BoundForm, status: int = 200
) -> PageResponse:
    """The failing ones are few at a time; of those set aside there are pages."""
    found = await jobs.overview(session, subject)
    return page(
        request,
        "jobs/list.html",
        title=N_("后台任务"),
        subject=subject,
        queue=await request.app.state["queue"](),
        topics=found.topics,
        recurring=found.recurring,
        names=NAMES,
        aside=await jobs.failed_jobs(session, subject, JobList.SET_ASIDE, _after(request)),
        failing=await jobs.failed_jobs(session, subject, JobList.FAILING),
        form=form,
        status=status,
    )


def _after(request: AnyRequest) -> UUID | None:
    typed = request.query_params.get("after")
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise invalid("after", "malformed", N_("翻页标记不对，请从第一页开始")) from None


ROUTES = [jobs_page, again_post, drop_post]
