"""Asking for sight of a case beyond one's rights (rule 60). What the asker is told never depends on the case.

A number that is no case, a case one must not see, a refusal and silence look alike: nothing came of it in time. So
nobody can find out by asking which numbers are cases, or that a unit's own matter is here (refusal 1).
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from access.requests_models import AccessGroup, AccessMatter, AccessPurpose, AccessRequest, Verdict
from cases.timers import end_of_day
from foundation import audit
from foundation.choice import Choice
from foundation.clock import SHANGHAI, local_date
from foundation.errors import Conflict, Forbidden, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from foundation.working_days import add_working_days
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

LONGEST = 10
"""Days for which sight may be asked."""
DECIDED_WITHIN = 1
"""Working days until a request has lapsed (rule 60)."""
PER_HOUR = 10
"""Requests of one person that a door takes."""
SHOWN = 100
FILE = text("select file_access_request(:request)")
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('access:' || cast(:person as text), 0))")


class RequestForm(Struct, frozen=True, kw_only=True):
    number: Annotated[str, Meta(title=N_("登记号或案号"), min_length=4, max_length=60)]
    purpose: Annotated[AccessPurpose, Meta(title=N_("查阅目的"), description=N_("批准后当事人可以看到目的和期限"))]
    reason: Annotated[
        str,
        Meta(
            title=N_("理由"),
            description=N_("写明为什么必须看本案；不写个人信息"),
            min_length=5,
            max_length=1000,
            extra={"widget": "textarea"},
        ),
    ]
    groups: Annotated[
        list[AccessGroup],
        Meta(
            title=N_("查阅内容"), description=N_("联系方式、内部备注和经费不在可申请之列"), min_length=1, max_length=5
        ),
    ]
    until: Annotated[date, Meta(title=N_("查阅到哪一天"), description=N_("最长 10 天，到期自动终止"))]


class AlreadyAsked(Conflict):
    code = "access_already_asked"
    message = N_("您对这个号码已有一份待决定或仍有效的查阅申请")


class Progress(Choice):
    """What an asker is told: of a refusal as little as of a number that nobody has."""

    PENDING = "pending", N_("等待决定")
    GRANTED = "granted", N_("已批准")
    ENDED = "ended", N_("查阅已终止")
    LAPSED = "lapsed", N_("期限内未获批准，已失效")


class Asked(Struct, frozen=True):
    """One's own request. `case_id`, the groups and the end are told of a grant alone."""

    id: UUID
    number: str
    purpose: str
    groups: list[str]
    wanted_until: datetime
    asked_at: datetime
    decide_by: datetime
    progress: str
    case_id: UUID | None
    granted: list[str]
    ends_at: datetime | None


async def ask(session: AsyncSession, subject: Subject, form: RequestForm) -> Asked:
    """Record the request; raises Forbidden, InvalidInput for the end, AlreadyAsked."""
    gate.require_role(subject, Action.ACCESS_REQUEST, Relation.NONE)
    if subject.tenant_id is None or subject.office_id is None or subject.post_id is None:
        raise Forbidden
    now = instant(session)
    number = form.number.strip()
    until = _end(now, form.until)
    await session.execute(ONE_AT_A_TIME, {"person": str(subject.person_id)})
    await _refuse_second(session, subject, number)
    last_day = await add_working_days(session, local_date(now), DECIDED_WITHIN)
    request = AccessRequest(
        id=new_id(now),
        person_id=subject.person_id,
        post_id=subject.post_id,
        office_id=subject.office_id,
        tenant_id=subject.tenant_id,
        number=number,
        purpose=form.purpose.value,
        reason=form.reason,
        groups=[group.value for group in AccessGroup if group in form.groups],
        wanted_until=until,
        decide_by=datetime.combine(last_day, time(23, 59, 59), SHANGHAI),
        recorded_at=now,
    )
    session.add(request)
    await session.flush()
    await session.execute(FILE, {"request": request.id})
    detail = {"purpose": request.purpose, "groups": request.groups}
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.ACCESS_REQUEST, "access_request", str(request.id), detail=detail
    )
    await audit.append(session, entry, subject.tenant_id)
    return _asked(request, None, now)


async def asked_by(session: AsyncSession, subject: Subject) -> list[Asked]:
    """One's own requests, newest first."""
    gate.require_role(subject, Action.ACCESS_REQUEST, Relation.NONE)
    query = (
        select(AccessRequest, AccessMatter)
        .join(AccessMatter, _granted(), isouter=True)
        .where(AccessRequest.person_id == subject.person_id)
        .order_by(AccessRequest.recorded_at.desc(), AccessRequest.id.desc())
    )
    now = instant(session)
    return [_asked(request, matter, now) for request, matter in await session.execute(query.limit(SHOWN))]


def _end(now: datetime, until: date) -> datetime:
    """The last instant of the day wanted; today at the earliest, ten days ahead at the latest."""
    today = local_date(now)
    if until < today:
        raise invalid("until", "end_in_past", N_("查阅终止日不能早于今天"))
    if until > today + timedelta(days=LONGEST):
        raise invalid("until", "end_too_far", N_("查阅最长 %(n)s 天"), n=LONGEST)
    return end_of_day(now, (until - today).days)


async def _refuse_second(session: AsyncSession, subject: Subject, number: str) -> None:
    """By the number as typed: whether two numbers are one case is nothing an asker may learn."""
    now = instant(session)
    standing = or_(AccessMatter.ends_at > now, AccessMatter.request_id.is_(None) & (AccessRequest.decide_by > now))
    query = (
        select(func.count())
        .select_from(AccessRequest)
        .join(AccessMatter, _granted(), isouter=True)
        .where(AccessRequest.person_id == subject.person_id, AccessRequest.number == number, standing)
    )
    if await session.scalar(query):
        raise AlreadyAsked


def _granted() -> ColumnElement[bool]:
    """Of the other side's record only what an asker may know, whatever the session's tenant could see."""
    return (AccessMatter.request_id == AccessRequest.id) & (AccessMatter.verdict == Verdict.GRANT.value)


def _asked(request: AccessRequest, granted: AccessMatter | None, now: datetime) -> Asked:
    return Asked(
        id=request.id,
        number=request.number,
        purpose=request.purpose,
        groups=list(request.groups),
        wanted_until=request.wanted_until,
        asked_at=request.recorded_at,
        decide_by=request.decide_by,
        progress=_progress(request, granted, now).value,
        case_id=granted.case_id if granted and _runs(granted, now) else None,
        granted=list(granted.groups or ()) if granted else [],
        ends_at=granted.ends_at if granted else None,
    )


def _progress(request: AccessRequest, granted: AccessMatter | None, now: datetime) -> Progress:
    if granted is not None:
        return Progress.GRANTED if _runs(granted, now) else Progress.ENDED
    return Progress.PENDING if now < request.decide_by else Progress.LAPSED


def _runs(granted: AccessMatter, now: datetime) -> bool:
    return granted.ends_at is not None and granted.ends_at > now


def in_order(groups: Sequence[str]) -> list[AccessGroup]:
    """In the order of the form."""
    return [group for group in AccessGroup if group.value in groups]
