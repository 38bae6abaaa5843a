"""What a warned office reads: dispute, place, what help is asked, until when. No identity, no case (54, N6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.store import instant
from oversight.models import CaseWarning
from oversight.paging import PAGE, goes_on, no_page
from oversight.warning_receipts import WarningReceipt
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Place
from tenants.subject import Subject

MOST = 200
"""Of one page, whoever asks."""
ORDER = (CaseWarning.ends_at, CaseWarning.id)
RECEIVED = select(WarningReceipt.id).where(WarningReceipt.warning_id == CaseWarning.id).exists()


class WarningView(Struct, frozen=True):
    """The whole of what is shown; it is gone when `ends_at` has passed."""

    id: UUID
    sender: str
    place: str
    dispute_type: int
    help_needed: str
    issued_at: datetime
    ends_at: datetime
    case_id: UUID
    received: bool


class WarningPage(Struct, frozen=True):
    """`after`: the last row, where there are more."""

    warnings: list[WarningView]
    after: UUID | None


def may_read(subject: Subject) -> bool:
    return subject.office_id is not None and gate.may(subject, Action.WARNING_READ, Relation.WARNED)


async def warnings_to(
    session: AsyncSession, subject: Subject, after: UUID | None = None, size: int = PAGE
) -> WarningPage:
    """Warnings in force to the subject's office, those that end first at the top; none for who may not read them.

    Raises InvalidInput at `after` for one that is not among them.
    """
    if not may_read(subject):
        return WarningPage([], None)
    query = _lines().where(*_to(session, subject))
    if after is not None:
        query = query.where(tuple_(*ORDER) > tuple_(await _end(session, subject, after), after))
    rows = (await session.execute(query.order_by(*ORDER).limit(size + 1))).all()
    return WarningPage([WarningView(*row) for row in rows[:size]], goes_on([row[0] for row in rows], size))


async def waiting(session: AsyncSession, subject: Subject, size: int) -> Sequence[WarningView]:
    """For the desk: those without a receipt, that end first; and one that has its receipt, as a sign that there are
    such. Each is found by the office's index: sorting by the receipt would read them all."""
    if not may_read(subject):
        return ()
    mine = _lines().where(*_to(session, subject)).order_by(*ORDER)
    found = union_all(mine.where(~RECEIVED).limit(size), mine.where(RECEIVED).limit(1))
    rows = [WarningView(*row) for row in (await session.execute(found)).all()]
    return sorted(rows, key=lambda one: (one.received, one.ends_at, one.id))


def _lines() -> Any:
    return (
        select(
            CaseWarning.id,
            Office.name,
            Place.name,
            Case.dispute_type,
            CaseWarning.help_needed,
            CaseWarning.recorded_at,
            CaseWarning.ends_at,
            CaseWarning.case_id,
            RECEIVED,
        )
        .join(Case, Case.id == CaseWarning.case_id)
        .join(Place, Place.id == Case.place_id)
        .join(Office, Office.id == Case.holder_office_id)
    )


def _to(session: AsyncSession, subject: Subject) -> tuple[ColumnElement[bool], ...]:
    """In force, and to this very office: the database shows the session those of its whole tenant."""
    return CaseWarning.receiver_office_id == subject.office_id, CaseWarning.ends_at > instant(session)


async def _end(session: AsyncSession, subject: Subject, after: UUID) -> datetime:
    """Where a warning stands in the list."""
    query = select(CaseWarning.ends_at).where(CaseWarning.id == after, *_to(session, subject))
    last: datetime | None = await session.scalar(query)
    if last is None:
        raise no_page()
    return last
