"""What a petition office sent to a workroom: where it stands, how it ended, and what came back (33)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, CaseRelation
from foundation.clock import local_date
from foundation.store import instant
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


async def referred_items(session: AsyncSession, subject: Subject) -> list[ReferredItem]:
    """The office's own referrals, what came back first."""
    if subject.office_id is None or not gate.may(subject, Action.REFERRAL_SEND, Relation.REFERRED):
        return []
    query = (
        select(Case, Office.name, CaseRelation.since)
        .join(CaseRelation, CaseRelation.case_id == Case.id)
        .join(Office, Office.id == Case.holder_office_id)
        .where(
            CaseRelation.relation == Relation.REFERRED,
            CaseRelation.tenant_id == subject.tenant_id,
            CaseRelation.office_id == subject.office_id,
            CaseRelation.until > instant(session),
        )
        .order_by(CaseRelation.filed_at.desc(), Case.id.desc())
        .limit(MOST)
    )
    today = local_date(instant(session))
    found = [_item(case, holder, since, today) for case, holder, since in (await session.execute(query)).all()]
    return sorted(found, key=lambda item: item.back_on is None)


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
