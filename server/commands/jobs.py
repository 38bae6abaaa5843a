"""`tiaojie jobs`."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import rich_click as click
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.embedded.account import CommandFailed
from foundation.endpoints import Endpoints
from foundation.errors import NotFound
from foundation.queue_length import QueueLength, queue_length
from foundation.settings import load_settings
from organisation import jobs
from organisation.jobs import DropForm, DropReason, FailedJob, JobList, Overview
from server.deployed import deployed
from server.operator import OPERATOR, operating

REASONS = [reason.value for reason in DropReason]


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
@click.argument("job", type=click.UUID)
def again(job: UUID) -> None:
    """重试失败或搁置的任务 · try a failed job again at once.

    \b
      tiaojie jobs again 01a2b3c4-…
    """
    _decided(lambda session: jobs.try_again(session, OPERATOR, job))
    click.echo(f"将重试 / will be tried again: {job}")


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
    length = await queue_length(redis)
    await redis.aclose()
    async with operating(endpoints) as session:
        found = await jobs.overview(session, OPERATOR)
        aside = await jobs.failed_jobs(session, OPERATOR, JobList.SET_ASIDE)
        failing = await jobs.failed_jobs(session, OPERATOR, JobList.FAILING)
    return [
        *report(length, found),
        *failures("搁置 / set aside", aside.rows),
        *failures("重试中 / failing", failing.rows),
    ]


def report(length: QueueLength | None, found: Overview) -> list[str]:
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
        "未完成 / not done:",
        *topics,
        "定时 / recurring:",
        *recurring,
    ]


def failures(heading: str, rows: Sequence[FailedJob]) -> list[str]:
    """The first page of them."""
    return [f"{heading}:", *(f"  {row.id}  {row.topic}  {row.reason}  {row.attempts}" for row in rows)] if rows else []


def _decided(verb: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """Raises CommandFailed when there is no such job."""

    async def run(endpoints: Endpoints) -> None:
        async with operating(endpoints) as session:
            await verb(session)

    with deployed(load_settings(os.environ), _on_stderr) as endpoints:
        try:
            asyncio.run(run(endpoints))
        except NotFound:
            raise CommandFailed(
                "没有这个任务，或它已完成、没有失败 / there is no such job, or it is done, or it has not failed"
            ) from None


def _on_stderr(text: str) -> None:
    """Progress must not mix with what is printed."""
    click.echo(text, err=True)
