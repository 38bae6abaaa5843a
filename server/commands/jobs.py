"""`tiaojie jobs`."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

import rich_click as click
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.embedded.account import CommandFailed
from foundation.endpoints import Endpoints
from foundation.errors import NotFound
from foundation.queue_length import QueueLength, queue_length, running_jobs
from foundation.settings import load_settings
from organisation import jobs
from organisation.jobs import DropForm, DropReason, FailedPage, JobList, Overview, RunningView, TryAllForm
from server.deployed import deployed
from server.operator import OPERATOR, operating

REASONS = [reason.value for reason in DropReason]
HEADINGS = {JobList.SET_ASIDE: "搁置 / set aside", JobList.FAILING: "重试中 / failing"}
Result = TypeVar("Result")


@click.group("jobs")
def command() -> None:
    """后台任务 · background jobs: what waits, what failed and why, trying again."""


@command.command("list")
def list_() -> None:
    """队列、失败和定时任务 · the queue, what failed by the error's name, what recurs.

    \b
      tiaojie jobs list
    """
    with deployed(load_settings(os.environ), _on_stderr) as endpoints:
        lines = asyncio.run(_report(endpoints))
    click.echo("\n".join(lines))


@command.command("again")
@click.argument("job", type=click.UUID, required=False)
@click.option("--topic", help="这一类的全部 · all of this topic")
def again(job: UUID | None, topic: str | None) -> None:
    """重试失败或搁置的任务 · try a failed job again at once, or all of a topic.

    \b
      tiaojie jobs again 01a2b3c4-…
      tiaojie jobs again --topic notice.made
    """
    if (job is None) == (not topic):
        raise click.UsageError("请给出任务编号或 --topic / give a job or --topic")
    if job is not None:
        _decided(lambda session: jobs.try_again(session, OPERATOR, job))
        click.echo(f"将重试 / will be tried again: {job}")
    else:
        number = _decided(lambda session: jobs.try_all_again(session, OPERATOR, TryAllForm(topic or "")))
        click.echo(f"将重试 / will be tried again: {number}")


@command.command("drop")
@click.argument("job", type=click.UUID)
@click.option("--reason", type=click.Choice(REASONS), required=True, help="理由，写入审计 · goes into the audit")
def drop(job: UUID, reason: str) -> None:
    """放弃搁置的任务 · give up a job that was set aside.

    \b
      tiaojie jobs drop 01a2b3c4-… --reason no_longer_needed
    """
    _decided(lambda session: jobs.drop(session, OPERATOR, job, DropForm(DropReason(reason))))
    click.echo(f"已放弃 / dropped: {job}")


async def _report(endpoints: Endpoints) -> list[str]:
    redis: Redis = Redis.from_url(endpoints.redis)
    length, now = await queue_length(redis), await running_jobs(redis)
    await redis.aclose()
    async with operating(endpoints) as session:
        found = await jobs.overview(session, OPERATOR)
        running = await jobs.running(session, OPERATOR, now)
        lists = {kind: await jobs.failed_jobs(session, OPERATOR, kind) for kind in HEADINGS}
    rows = [line for kind, heading in HEADINGS.items() for line in failures(heading, lists[kind])]
    return [*report(length, running, found), *rows]


def report(length: QueueLength | None, running: Sequence[RunningView], found: Overview) -> list[str]:
    queue = f"{length.queued} / {length.running}" if length else "? / ?"
    topics = [
        f"  {one.topic}  等待 / waiting {one.waiting}  已领取 / taken {one.taken}"
        f"  失败 / failing {one.failing}  搁置 / set aside {one.set_aside}"
        for one in found.topics
    ]
    recurring = [
        f"  {one.name}  {one.ran_at.isoformat(timespec='seconds')}  {one.milliseconds} ms  "
        + (f"失败 / failed: {one.last_error}" if one.result is None else str(one.result))
        for one in found.recurring
    ]
    return [
        f"队列中 / 执行中 · queued / running: {queue}",
        *(
            f"  {', '.join(one.names)}  {one.messages}  {one.started_at.isoformat(timespec='seconds')}"
            for one in running
        ),
        "未完成 / not done:",
        *topics,
        "定时 / recurring:",
        *recurring,
    ]


def failures(heading: str, page: FailedPage) -> list[str]:
    """The first page of them, and whether there are more."""
    rows = [f"  {row.id}  {row.topic}  {row.reason}  {row.attempts}" for row in page.rows]
    return [f"{heading}:", *rows, *(["  …"] if page.after else [])] if rows else []


def _decided(verb: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    """Raises CommandFailed when there is no such job."""

    async def run(endpoints: Endpoints) -> Result:
        async with operating(endpoints) as session:
            return await verb(session)

    with deployed(load_settings(os.environ), _on_stderr) as endpoints:
        try:
            return asyncio.run(run(endpoints))
        except NotFound:
            raise CommandFailed(
                "没有这个任务，或它已完成、没有失败 / there is no such job, or it is done, or it has not failed"
            ) from None


def _on_stderr(text: str) -> None:
    """Progress must not mix with what is printed."""
    click.echo(text, err=True)
