"""后台任务: for the province's administrator, what waits, what failed and why, what recurs."""

from collections.abc import Sequence
from typing import Any

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import InvalidInput
from foundation.language import N_
from organisation import jobs
from organisation.jobs import DropForm, JobList, TryAllForm
from tenants.subject import Subject
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in
from web.typed_query import identifier

HERE = "/jobs"
NAMES = {
    "deadlines": N_("期限检查"),
    "handovers": N_("到期移交收回"),
    "tree": N_("区划调整执行"),
    "outside": N_("站外通知发送"),
    "webhooks": N_("推送"),
    "checkpoints": N_("审计检查点"),
    "watching": N_("预警和包案检查"),
    "reports": N_("逾期报告检查"),
    "forget": N_("清理过期数据"),
}


@get(HERE)
async def jobs_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _shown(request, subject, session, fresh(DropForm, {}, {}))


@post(f"{HERE}/again")
async def all_again_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    form: Any = fill(TryAllForm, read(fields_of(TryAllForm), await fields_in(request)))
    await jobs.try_all_again(session, subject, form)
    return go(HERE)


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
    """The three lists from their beginning, or one of them from where its last page ended; all, or of one topic."""
    found = await jobs.overview(session, subject)
    topic, after = request.query_params.get("topic") or None, identifier(request, "after")
    lists = [(kind, await jobs.failed_jobs(session, subject, kind, after, topic)) for kind in _asked(request)]
    return page(
        request,
        "jobs/list.html",
        title=N_("后台任务"),
        subject=subject,
        queue=await request.app.state["queue"](),
        running=await jobs.running(session, subject, await request.app.state["running"]()),
        topics=found.topics,
        recurring=found.recurring,
        names=NAMES,
        lists=lists,
        topic=topic,
        narrowed=bool(topic or after or len(lists) == 1),
        form=form,
        status=status,
    )


def _asked(request: AnyRequest) -> Sequence[JobList]:
    """One kind of list, if the address names it."""
    typed = request.query_params.get("kind")
    return [kind for kind in JobList if typed in (None, "", kind.value)] or list(JobList)


ROUTES = [jobs_page, all_again_post, again_post, drop_post]
