"""后台任务: what waits, what failed and why, what recurs; trying again, and dropping with a reason.

Jobs belong to no tenant: the province's administrator alone sees them, by topic and error's name, never what they say.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.choice import Choice
from foundation.errors import Forbidden, NotFound
from foundation.job_runs import JobRun
from foundation.language import N_
from foundation.outbox import OutboxRow
from foundation.queue_length import RunningJob
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

PAGE = 50
UNDONE = OutboxRow.done_at.is_(None)
ASIDE = OutboxRow.set_aside_at.is_not(None)
FAILED = OutboxRow.last_error.is_not(None) & (OutboxRow.attempts > 0)
"""What a person has sent round again waits as if it were new."""
SHOWN = (
    OutboxRow.id, OutboxRow.topic, OutboxRow.created_at, OutboxRow.available_at, OutboxRow.attempts,
    OutboxRow.last_error, OutboxRow.set_aside_at,
)  # fmt: skip


class JobList(Choice):
    SET_ASIDE = "set_aside", N_("已搁置")
    FAILING = "failing", N_("失败后等待重试")
    QUEUED = "queued", N_("等待或已领取")


class DropReason(Choice):
    DONE_OTHERWISE = "done_otherwise", N_("已用其他办法办妥")
    NO_LONGER_NEEDED = "no_longer_needed", N_("情况变化，不再需要")
    REPEATED = "repeated", N_("重复的任务")
    MALFORMED = "malformed", N_("任务内容有误，无法执行")


class DropForm(Struct, frozen=True):
    reason: Annotated[DropReason, Meta(title=N_("放弃的理由"))]


class TopicCount(Struct, frozen=True):
    """`taken`: queued or running under a lease. `oldest`: since when the oldest of all of them is there."""

    topic: str
    waiting: int
    taken: int
    failing: int
    set_aside: int
    oldest: datetime


class Recurring(Struct, frozen=True):
    """`result`: how many it dealt with; None = the last run failed."""

    name: str
    ran_at: datetime
    milliseconds: int
    result: int | None
    failed_at: datetime | None
    last_error: str | None


class Overview(Struct, frozen=True):
    topics: Sequence[TopicCount]
    recurring: Sequence[Recurring]


class RunningView(Struct, frozen=True):
    """`names`: of what recurs its own, of a delivery the topics of its messages, if they are not done yet."""

    names: Sequence[str]
    messages: int
    started_at: datetime


class TryAllForm(Struct, frozen=True):
    """What of this topic has failed or was set aside."""

    topic: Annotated[str, Meta(title=N_("种类"), min_length=1, max_length=80)]


class FailedJob(Struct, frozen=True):
    """`reason`: the error's name, if it has failed. `next_at`: of one that is tried again by itself; of one that is
    queued or runs, when it comes again if nobody tells how it went."""

    id: UUID
    topic: str
    created_at: datetime
    attempts: int
    reason: str
    set_aside_at: datetime | None
    next_at: datetime | None


class FailedPage(Struct, frozen=True):
    rows: Sequence[FailedJob]
    after: UUID | None


def require_operator(subject: Subject) -> None:
    """Raises Forbidden."""
    gate.require_role(subject, Action.JOB_RUN, Relation.NONE)
    if subject.tier != Tier.PROVINCE:
        raise Forbidden


async def overview(session: AsyncSession, subject: Subject) -> Overview:
    require_operator(subject)
    return Overview(await _topics(session), await _recurring(session))


async def running(session: AsyncSession, subject: Subject, jobs: Sequence[RunningJob]) -> Sequence[RunningView]:
    """What the queue says that runs, with the topics of what is delivered."""
    require_operator(subject)
    rows = [row for job in jobs for row in job.rows]
    found = (await session.execute(select(OutboxRow.id, OutboxRow.topic).where(OutboxRow.id.in_(rows)))).all()
    topics = {row.id: row.topic for row in found}
    return [
        RunningView(
            names=sorted({topics[row] for row in job.rows if row in topics}) if job.rows else [job.name],
            messages=len(job.rows),
            started_at=job.started_at,
        )
        for job in jobs
    ]


async def failed_jobs(
    session: AsyncSession, subject: Subject, which: JobList, after: UUID | None = None, topic: str | None = None
) -> FailedPage:
    """One of the lists, or what is of a topic in it; the oldest first."""
    require_operator(subject)
    beyond = [*([OutboxRow.id > after] if after else []), *([OutboxRow.topic == topic] if topic else [])]
    query = select(*SHOWN).where(UNDONE, *_in(which), *beyond)
    rows = (await session.execute(query.order_by(OutboxRow.id).limit(PAGE + 1))).all()
    shown = [
        FailedJob(
            id=row.id,
            topic=row.topic,
            created_at=row.created_at,
            attempts=row.attempts,
            reason=row.last_error or "",
            set_aside_at=row.set_aside_at,
            next_at=None if row.set_aside_at else row.available_at,
        )
        for row in rows[:PAGE]
    ]
    return FailedPage(shown, shown[-1].id if len(rows) > PAGE else None)


async def try_again(session: AsyncSession, subject: Subject, job_id: UUID) -> None:
    """At once, with all its attempts before it again. Raises NotFound for what is done or has not failed."""
    again = {"available_at": instant(session), "attempts": 0, "set_aside_at": None}
    await _decide(session, subject, job_id, (ASIDE | FAILED,), again, job="again")


async def try_all_again(session: AsyncSession, subject: Subject, form: TryAllForm) -> int:
    """After what made them all fail was mended; returns how many. Raises NotFound when none of the topic has failed."""
    require_operator(subject)
    again = {"available_at": instant(session), "attempts": 0, "set_aside_at": None}
    query = update(OutboxRow).where(OutboxRow.topic == form.topic, UNDONE, ASIDE | FAILED).values(again)
    number = len((await session.scalars(query.returning(OutboxRow.id))).all())
    if not number:
        raise NotFound
    detail = {"job": "again", "topic": form.topic, "number": number}
    entry = audit.Entry(subject.actor, subject.post_id, Action.JOB_RUN, "job", form.topic, detail=detail)
    await audit.append(session, entry, subject.tenant_id or await _province(session))
    return number


async def drop(session: AsyncSession, subject: Subject, job_id: UUID, form: DropForm) -> None:
    """Only what was set aside; its row stays with its mark. Raises NotFound."""
    done = {"done_at": instant(session)}
    await _decide(session, subject, job_id, (ASIDE,), done, job="drop", reason=form.reason.value)


async def _decide(
    session: AsyncSession,
    subject: Subject,
    job_id: UUID,
    which: Sequence[ColumnElement[bool]],
    change: Mapping[str, object],
    **detail: str,
) -> None:
    require_operator(subject)
    query = update(OutboxRow).where(OutboxRow.id == job_id, UNDONE, *which).values(change)
    topic = await session.scalar(query.returning(OutboxRow.topic))
    if topic is None:
        raise NotFound
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.JOB_RUN, "job", str(job_id), detail={**detail, "topic": topic}
    )
    await audit.append(session, entry, subject.tenant_id or await _province(session))


def _in(which: JobList) -> Sequence[ColumnElement[bool]]:
    if which is JobList.SET_ASIDE:
        return (ASIDE,)
    return (~ASIDE, FAILED) if which is JobList.FAILING else (~ASIDE, ~FAILED)


async def _topics(session: AsyncSession) -> Sequence[TopicCount]:
    query = (
        select(
            OutboxRow.topic,
            func.count().filter(~ASIDE, ~FAILED, OutboxRow.attempts == 0),
            func.count().filter(~ASIDE, ~FAILED, OutboxRow.attempts > 0),
            func.count().filter(~ASIDE, FAILED),
            func.count().filter(ASIDE),
            func.min(OutboxRow.created_at),
        )
        .where(UNDONE)
        .group_by(OutboxRow.topic)
        .order_by(OutboxRow.topic)
    )
    return [TopicCount(*row) for row in (await session.execute(query)).all()]


async def _recurring(session: AsyncSession) -> Sequence[Recurring]:
    rows = await session.scalars(select(JobRun).order_by(JobRun.name))
    return [
        Recurring(row.name, row.ran_at, row.milliseconds, row.result, row.failed_at, row.last_error) for row in rows
    ]


async def _province(session: AsyncSession) -> int:
    """For the command line, which acts for no tenant."""
    province = select(Tenant.id).where(Tenant.tier == Tier.PROVINCE, Tenant.valid_to.is_(None))
    return (await session.scalars(province)).one()
