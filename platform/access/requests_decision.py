"""Deciding on sight that was asked for, taking it back, and reviewing it afterwards: acts of the tier above the holder.

Above a case that the province itself holds nobody stands: there the province's own privacy officer decides (rule 59).
"""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from access.requests import in_order
from access.requests_errors import (
    AlreadyDecided,
    AlreadyEnded,
    AlreadyReviewed,
    AskerRemoved,
    NothingAsked,
    OwnRequest,
    RequestLapsed,
    StillRuns,
)
from access.requests_models import OPENS, AccessGroup, AccessMatter, AccessRequest, Finding, Verdict
from cases import relations
from cases.catalogue import Act, Done
from cases.exclusion import is_removed
from cases.models import Case
from cases.timers import end_of_day
from foundation.clock import SHANGHAI, local_date
from foundation.errors import NotFound, invalid
from foundation.language import N_
from foundation.store import instant
from foundation.working_days import add_working_days
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

REVIEWED_WITHIN = 5
"""Working days after the end of a grant."""
BORROWER = "borrower"


class DecideForm(Struct, frozen=True, kw_only=True):
    request_id: Annotated[UUID, Meta(title=N_("查阅申请"), extra={"options": "access_undecided"})]
    verdict: Annotated[Verdict, Meta(title=N_("决定"))]
    groups: Annotated[
        Annotated[list[AccessGroup], Meta(max_length=5)] | None,
        Meta(title=N_("准许的内容"), description=N_("不填即按申请；可以少给，不可多给")),
    ] = None
    until: Annotated[
        date | None, Meta(title=N_("准许到哪一天"), description=N_("不填即按申请；可以提前，不可推后"))
    ] = None
    ground: Annotated[str, Meta(title=N_("决定理由"), min_length=2, max_length=1000, extra={"widget": "textarea"})]


class RevokeForm(Struct, frozen=True, kw_only=True):
    request_id: Annotated[UUID, Meta(title=N_("查阅授权"), extra={"options": "access_granted"})]
    ground: Annotated[str, Meta(title=N_("撤销理由"), min_length=2, max_length=1000, extra={"widget": "textarea"})]


class ReviewForm(Struct, frozen=True, kw_only=True):
    request_id: Annotated[UUID, Meta(title=N_("已终止的查阅"), extra={"options": "access_ended"})]
    finding: Annotated[Finding, Meta(title=N_("复核结论"))]
    ground: Annotated[str, Meta(title=N_("复核说明"), min_length=2, max_length=1000, extra={"widget": "textarea"})]


async def decide_access(session: AsyncSession, subject: Subject, case: Case, form: DecideForm) -> Done:
    """Grant what was asked for or less, or refuse; in time, and never one's own."""
    matter, request = await _matter(session, subject, case, form.request_id)
    now = instant(session)
    if matter.verdict is not None:
        raise AlreadyDecided
    if now > matter.decide_by:
        raise RequestLapsed
    matter.decided_at, matter.decided_by, matter.ground = now, subject.person_id, form.ground
    matter.verdict = form.verdict.value
    if form.verdict is Verdict.REFUSE:
        return Done(data={"verdict": matter.verdict})
    await _refuse_removed(session, case, request)
    groups, until = _granted(form, request, now)
    matter.groups, matter.ends_at = [group.value for group in groups], until
    matter.review_by = await _review_day(session, until)
    await relations.grant(
        session,
        case,
        Relation.DELEGATED,
        source=source_of(matter.request_id),
        person_id=matter.person_id,
        role=BORROWER,
        until=until,
        actions=_actions(groups),
    )
    return _told(matter, request, matter.verdict)


async def revoke_access(session: AsyncSession, subject: Subject, case: Case, form: RevokeForm) -> Done:
    """Ends at once, in every process: the relation's end is what every look asks."""
    matter, request = await _matter(session, subject, case, form.request_id)
    now = instant(session)
    if matter.ends_at is None or matter.ends_at <= now:
        raise AlreadyEnded
    matter.ends_at, matter.revoked_by, matter.ground = now, subject.person_id, form.ground
    matter.review_by = await _review_day(session, now)
    await relations.end(session, case, Relation.DELEGATED, source=source_of(matter.request_id))
    return _told(matter, request, "revoked")


async def review_access(session: AsyncSession, subject: Subject, case: Case, form: ReviewForm) -> Done:
    """Whether what was looked at was needed. What was not stays in sight of everyone above."""
    matter, _ = await _matter(session, subject, case, form.request_id)
    now = instant(session)
    if matter.ends_at is None:
        raise NothingAsked
    if matter.ends_at > now:
        raise StillRuns
    if matter.reviewed_at is not None:
        raise AlreadyReviewed
    matter.finding, matter.finding_ground = form.finding.value, form.ground
    matter.reviewed_at, matter.reviewed_by = now, subject.person_id
    return Done(data={"finding": matter.finding})


def source_of(request_id: UUID) -> str:
    """By which the relation names the request."""
    return f"access_requests:{request_id}"


async def _matter(
    session: AsyncSession, subject: Subject, case: Case, request_id: UUID
) -> tuple[AccessMatter, AccessRequest]:
    """Locked and read anew, for a guard has read it before: who decides at once does so one after the other."""
    query = select(AccessMatter).where(AccessMatter.request_id == request_id, AccessMatter.case_id == case.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    matter = (await session.scalars(locked)).one_or_none()
    if matter is None:
        raise NotFound
    if matter.person_id == subject.person_id:
        raise OwnRequest
    return matter, await session.get_one(AccessRequest, request_id)


async def _refuse_removed(session: AsyncSession, case: Case, request: AccessRequest) -> None:
    if await is_removed(session, case.id, tenant_id=request.tenant_id, person_id=request.person_id):
        raise AskerRemoved


def _granted(form: DecideForm, request: AccessRequest, now: datetime) -> tuple[list[AccessGroup], datetime]:
    """The groups and the end, no wider than what was asked for."""
    groups = in_order(form.groups or request.groups)
    if any(group.value not in request.groups for group in groups):
        raise invalid("groups", "beyond_request", N_("超出所申请的内容"))
    if form.until is None:
        return groups, request.wanted_until
    if form.until < local_date(now):
        raise invalid("until", "end_in_past", N_("查阅终止日不能早于今天"))
    if form.until > local_date(request.wanted_until):
        raise invalid("until", "beyond_request", N_("不能晚于所申请的终止日"))
    return groups, end_of_day(now, (form.until - local_date(now)).days)


def _actions(groups: Collection[AccessGroup]) -> frozenset[Action]:
    return OPENS[AccessGroup.STATUS].union(*(OPENS[group] for group in groups))


async def _review_day(session: AsyncSession, ended: datetime) -> datetime:
    day = await add_working_days(session, local_date(ended), REVIEWED_WITHIN)
    return datetime.combine(day, time(23, 59, 59), SHANGHAI)


def _told(matter: AccessMatter, request: AccessRequest, verdict: str) -> Done:
    """The petitioners read it, and the audit of the asker's tenant has it too."""
    assert matter.ends_at is not None
    data = {
        "verdict": verdict,
        "office": matter.office_id,
        "purpose": matter.purpose,
        "until": matter.ends_at.isoformat(),
    }
    return Done(data=data, audience="parties", also_tenants=(request.tenant_id,))


ACTS = (
    Act("decide-access", N_("决定查阅申请"), Action.ACCESS_REVIEW, DecideForm, decide_access, writes=False),
    Act("revoke-access", N_("撤销查阅授权"), Action.ACCESS_REVIEW, RevokeForm, revoke_access, writes=False),
    Act("review-access", N_("复核已终止的查阅"), Action.ACCESS_REVIEW, ReviewForm, review_access, writes=False),
)
