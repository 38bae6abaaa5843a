"""Background jobs, for the province's administrator: what waits and failed, trying again, dropping with a reason."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, nothing, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body, query
from foundation.language import N_
from foundation.queue_length import QueueLength
from organisation import jobs
from organisation.jobs import DropForm, FailedPage, JobList, Recurring, RunningView, TopicCount, TryAllForm

TAG = "operations"


class JobsQuery(Struct, frozen=True, kw_only=True):
    kind: Annotated[JobList, Meta(title=N_("哪一类"))] = JobList.SET_ASIDE
    after: Annotated[UUID, Meta(title=N_("接着上一页"))] | None = None
    topic: Annotated[str, Meta(title=N_("种类"), max_length=80)] | None = None


class TriedAgain(Struct, frozen=True):
    number: int


class JobsAnswer(Struct, frozen=True):
    """`queue`: right now; None when it can't be reached."""

    queue: QueueLength | None
    running: Sequence[RunningView]
    topics: Sequence[TopicCount]
    recurring: Sequence[Recurring]


async def overview(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    found = await jobs.overview(session, subject)
    running = await jobs.running(session, subject, await request.app.state["running"]())
    return respond(answer(JobsAnswer(await request.app.state["queue"](), running, found.topics, found.recurring)))


async def failed(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, JobsQuery)
    return respond(answer(await jobs.failed_jobs(session, subject, given.kind, given.after, given.topic)))


async def try_again(session: TheSession, subject: TheSubject, job_id: PathId) -> Response[None]:
    await jobs.try_again(session, subject, job_id)
    return nothing()


async def try_all_again(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(TriedAgain(await jobs.try_all_again(session, subject, await body(request, TryAllForm)))))


async def drop(request: AnyRequest, session: TheSession, subject: TheSubject, job_id: PathId) -> Response[None]:
    await jobs.drop(session, subject, job_id, await body(request, DropForm))
    return nothing()


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/jobs",
        name="jobs",
        tag=TAG,
        title=N_("后台任务的概况（省级系统管理员）"),
        handler=overview,
        answer=JobsAnswer,
    ),
    Endpoint(
        method="GET",
        path="/jobs/failed",
        name="failedJobs",
        tag=TAG,
        title=N_("等待、失败和搁置的后台任务"),
        handler=failed,
        query=JobsQuery,
        answer=FailedPage,
    ),
    Endpoint(
        method="POST",
        path="/jobs/again",
        name="tryJobsAgain",
        tag=TAG,
        title=N_("重试一类失败和搁置的后台任务"),
        handler=try_all_again,
        body=TryAllForm,
        answer=TriedAgain,
    ),
    Endpoint(
        method="POST",
        path="/jobs/{job_id:uuid}/again",
        name="tryJobAgain",
        tag=TAG,
        title=N_("重试后台任务"),
        handler=try_again,
        status=204,
    ),
    Endpoint(
        method="POST",
        path="/jobs/{job_id:uuid}/drop",
        name="dropJob",
        tag=TAG,
        title=N_("放弃搁置的后台任务"),
        handler=drop,
        body=DropForm,
        status=204,
    ),
)
