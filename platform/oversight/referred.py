"""What a petition office sent to a workroom: where it stands, how it ended, and what came back (33)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, CaseRelation
from foundation.clock import local_date
from foundation.store import instant
from oversight.paging import PAGE, goes_on, no_page
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office
from tenants.subject import Subject

ORGAN_DAYS = 60
"""条例34: the competent organ's term, which the mediation does not stop; it never binds the workroom."""
COMES_BACK = frozenset({"failed", "withdrawn", "unsuitable", "refused"})
"""Outcomes without an agreement: the matter goes on by the way it came."""
MOST = 200
"""Of one page, whoever asks."""
ORDER = (CaseRelation.filed_at, CaseRelation.case_id)


class ReferredItem(Struct, frozen=True):
    """`back_on`: the day it came back without an agreement; `days_left` of the organ's term, less than 0 = over."""

    case_id: UUID
    registration_no: str
    petition_no: str | None
    holder: str
    state: str
    outcome: str | None
    referred_at: datetime
    back_on: date | None
    term_ends: date
    days_left: int | None


class ReferredPage(Struct, frozen=True):
    """`after`: the case of the last row, where there are more."""

    referrals: list[ReferredItem]
    after: UUID | None


async def referred_items(
    session: AsyncSession, subject: Subject, after: UUID | None = None, *, returned: bool = False, size: int = PAGE
) -> ReferredPage:
    """The office's own referrals, newest first; `returned`: only what came back without an agreement.

    Raises InvalidInput at `after` for one that is not among them.
    """
    if subject.office_id is None or not gate.may(subject, Action.REFERRAL_SEND, Relation.REFERRED):
        return ReferredPage([], None)
    mine = _own(session, subject)
    query = (
        select(Case, Office.name, CaseRelation.since)
        .join(CaseRelation, CaseRelation.case_id == Case.id)
        .join(Office, Office.id == Case.holder_office_id)
        .where(*mine)
    )
    if returned:
        query = query.where(Case.outcome.in_(COMES_BACK))
    if after is not None:
        query = query.where(tuple_(*ORDER) < tuple_(await _end(session, mine, after), after))
    newest = query.order_by(*(column.desc() for column in ORDER)).limit(size + 1)
    rows = (await session.execute(newest)).all()
    today = local_date(instant(session))
    items = [_item(case, holder, since, today) for case, holder, since in rows[:size]]
    return ReferredPage(items, goes_on([case.id for case, _, _ in rows], size))


def _own(session: AsyncSession, subject: Subject) -> tuple[ColumnElement[bool], ...]:
    return (
        CaseRelation.relation == Relation.REFERRED,
        CaseRelation.tenant_id == subject.tenant_id,
        CaseRelation.office_id == subject.office_id,
        CaseRelation.until > instant(session),
    )


async def _end(session: AsyncSession, mine: tuple[ColumnElement[bool], ...], after: UUID) -> datetime:
    """Where a referral stands in the list."""
    last: datetime | None = await session.scalar(
        select(CaseRelation.filed_at).where(*mine, CaseRelation.case_id == after)
    )
    if last is None:
        raise no_page()
    return last


def _item(case: Case, holder: str, since: datetime, today: date) -> ReferredItem:
    ended = case.guided_at or case.closed_at or case.changed_at
    back = local_date(ended) if ended and case.outcome in COMES_BACK else None
    ends = local_date(since) + timedelta(days=ORGAN_DAYS)
    return ReferredItem(
        case_id=case.id,
        registration_no=case.registration_no,
        petition_no=case.petition_no,
        holder=holder,
        state=case.state,
        outcome=case.outcome,
        referred_at=since,
        back_on=back,
        term_ends=ends,
        days_left=(ends - today).days if back else None,
    )
