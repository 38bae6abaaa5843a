"""The cases that a change of the tree would bring along, to who may see them: a page at a time, never a count."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from cases.lists import CaseRow, Page
from cases.models import Case
from foundation.clock import SHANGHAI
from foundation.errors import invalid
from foundation.language import N_
from policies import gate
from policies.actions import Action
from tenants.models import Office, Place
from tenants.roles import WITHOUT_CASES
from tenants.subject import Subject

SIZE = 50


async def cases_held_by(
    session: AsyncSession, subject: Subject, offices: Collection[int], after: str | None = None
) -> Page:
    """Newest first. Who sees no cases, as those who plan, gets none."""
    if subject.role in WITHOUT_CASES or not offices:
        return Page([], None)
    query = (
        select(Case, Place.name, Office.name)
        .join(Place, Place.id == Case.place_id)
        .join(Office, Office.id == Case.holder_office_id)
        .where(Case.holder_office_id.in_(offices), or_(*gate.visible(subject, Action.CASE_STATUS)))
        .order_by(Case.filed_at.desc(), Case.id.desc())
        .limit(SIZE + 1)
    )
    if after:
        query = query.where(tuple_(Case.filed_at, Case.id) < _cursor(after))
    found = [_row(*row) for row in (await session.execute(query)).all()]
    last = found[SIZE - 1] if len(found) > SIZE else None
    return Page(found[:SIZE], f"{last.filed_at.isoformat()}~{last.id}" if last else None)


def _cursor(text: str) -> tuple[datetime, UUID]:
    moment, _, case_id = text.partition("~")
    try:
        instant = datetime.fromisoformat(moment)
        if instant.tzinfo is None:
            raise ValueError("naive")
        return instant, UUID(case_id)
    except ValueError:
        raise invalid("after", "malformed", N_("翻页标记不对，请从第一页开始")) from None


def _row(case: Case, place: str, holder: str) -> CaseRow:
    return CaseRow(
        id=case.id,
        registration_no=case.registration_no,
        case_no=case.case_no,
        state=case.state,
        step=case.step,
        case_class=case.case_class,
        dispute_type=case.dispute_type,
        person_count=case.person_count,
        filed_at=case.filed_at.astimezone(SHANGHAI),
        due_at=case.due_at and case.due_at.astimezone(SHANGHAI),
        due_kind=case.due_kind,
        frozen=case.offer_id is not None,
        place=place,
        holder=holder,
    )
