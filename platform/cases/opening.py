"""The row of a new case: registered at an office, or split off another under a number of its own."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.numbers import next_numbers
from cases.steps import STEP_OF, State
from foundation.batch import write_and_keep
from foundation.errors import Forbidden
from foundation.ids import new_id
from foundation.store import instant
from tenants.models import Tenant
from tenants.subject import Subject

LATER = frozenset(Case.__table__.columns.keys()) - {
    *("id", "version", "registration_no", "state", "step", "filed_at", "changed_at")
}
"""Columns that are empty as long as nobody says otherwise."""


class Custody(Struct, frozen=True):
    """The one office that holds the case, and the columns that follow from it (decisions 1)."""

    holder_office_id: int
    province_id: int | None
    prefecture_id: int | None
    county_id: int | None
    township_id: int | None


def custody_at(office_id: int | None, tenant: Tenant) -> Custody:
    """Raises Forbidden when nobody acts at an office."""
    if office_id is None:
        raise Forbidden
    return Custody(office_id, tenant.province_id, tenant.prefecture_id, tenant.county_id, tenant.township_id)


def custody_of(case: Case) -> Custody:
    return Custody(case.holder_office_id, case.province_id, case.prefecture_id, case.county_id, case.township_id)


async def open_case(session: AsyncSession, subject: Subject, state: State, custody: Custody, **facts: Any) -> Case:
    """A case that begins in `state`; `facts` are further columns of it."""
    now = instant(session)
    (number,) = await registration_numbers(session, subject, 1)
    case = case_row(now, state, custody, number, filed_at=now, **facts)
    await write_and_keep(session, case)
    return case


def case_row(now: datetime, state: State, custody: Custody, registration_no: str, **facts: Any) -> Case:
    """The row of `open_case`, for who writes several at once; `facts` name its day of filing too."""
    given = {**facts, **{name: getattr(custody, name) for name in Custody.__struct_fields__}}
    return Case(
        id=new_id(now),
        version=1,
        registration_no=registration_no,
        state=state,
        step=STEP_OF[state],
        changed_at=now,
        **(dict.fromkeys(LATER) | given),
    )


async def registration_numbers(session: AsyncSession, subject: Subject, count: int) -> list[str]:
    """登记号: six-digit code, office, year, number; typed by petitioners, so digits only."""
    tenant = await session.get_one(Tenant, subject.tenant_id)
    if subject.office_id is None:
        raise Forbidden
    year, numbers = await next_numbers(session, "registration", subject.office_id, count)
    return [f"{tenant.county_code or '530000'}-{subject.office_id:05d}-{year}-{number:05d}" for number in numbers]
