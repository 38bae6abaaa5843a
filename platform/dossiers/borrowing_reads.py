"""The borrow log of a case, for who keeps the dossier and for auditors: newest first, what is overdue marked."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dossiers.borrowing import Borrowing, BorrowingReturn
from foundation.clock import local_date
from foundation.store import instant
from policies.actions import Action
from policies.gate import Permissions
from tenants.models import Person

READERS = frozenset({Action.DOSSIER_LEND, Action.DOSSIER_CHECK, Action.VOUCHER_READ})
"""Whoever files or lends the dossier, and the auditor."""


class LoanView(Struct, frozen=True):
    """`returned_at` None = still out; `days_overdue` of a loan that is out, or of its late return."""

    ordinal: int
    reader: str
    borrower: str
    unit: str
    letter_no: str | None
    purpose: str
    manner: str
    due_on: date
    consented_by: str | None
    lent_at: datetime
    lent_by: str
    returned_at: datetime | None
    returned_to: str | None
    condition: str | None
    note: str | None
    days_overdue: int


async def loans_of(session: AsyncSession, case_id: UUID, permissions: Permissions) -> Sequence[LoanView]:
    if not READERS & permissions.actions:
        return ()
    query = (
        select(Borrowing, BorrowingReturn)
        .outerjoin(BorrowingReturn, BorrowingReturn.borrowing_id == Borrowing.id)
        .where(Borrowing.case_id == case_id)
        .order_by(Borrowing.ordinal.desc())
    )
    rows = [(loan, back) for loan, back in await session.execute(query)]
    people = {one for loan, back in rows for one in (loan.recorded_by, loan.consented_by, back and back.recorded_by)}
    found = await session.execute(select(Person.id, Person.name).where(Person.id.in_(people - {None})))
    names = {person: name for person, name in found}
    return [_view(loan, back, names, instant(session)) for loan, back in rows]


def _view(loan: Borrowing, back: BorrowingReturn | None, names: dict[UUID, str], now: datetime) -> LoanView:
    ended = back.recorded_at if back else now
    return LoanView(
        ordinal=loan.ordinal,
        reader=loan.reader,
        borrower=loan.borrower,
        unit=loan.unit,
        letter_no=loan.letter_no,
        purpose=loan.purpose,
        manner=loan.manner,
        due_on=loan.due_on,
        consented_by=names.get(loan.consented_by) if loan.consented_by else None,
        lent_at=loan.recorded_at,
        lent_by=names.get(loan.recorded_by, ""),
        returned_at=back.recorded_at if back else None,
        returned_to=names.get(back.recorded_by, "") if back else None,
        condition=back.condition if back else None,
        note=back.note if back else None,
        days_overdue=max((local_date(ended) - loan.due_on).days, 0),
    )
