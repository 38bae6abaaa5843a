"""Who may be on duty where: the stations of a tenant, and the people with a duty post there on the day."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import SHANGHAI, local_date
from foundation.store import instant
from organisation.stations import STATIONS
from tenants.models import Office, Person, Post
from tenants.subject import Subject

ROLE = "duty_member"
"""Rule 51: whoever works on cases is on duty in a post of its own, without a case."""


def holds_post(day: date) -> ColumnElement[bool]:
    """The duty post is in force in the middle of that day."""
    noon = datetime.combine(day, time(12), SHANGHAI)
    return and_(Post.role == ROLE, Post.since <= noon, or_(Post.until.is_(None), Post.until > noon))


async def eligible(session: AsyncSession, person_id: UUID, office_id: int, day: date) -> bool:
    """Whether the person may be on duty at this station on that day."""
    query = select(Post.id).where(Post.person_id == person_id, Post.office_id == office_id, holds_post(day))
    return await session.scalar(query.limit(1)) is not None


async def stations(session: AsyncSession, subject: Subject) -> Sequence[Office]:
    """Of the subject's own tenant, in force."""
    query = select(Office).where(
        Office.tenant_id == subject.tenant_id, Office.kind.in_(STATIONS), Office.valid_to.is_(None)
    )
    return (await session.scalars(query.order_by(Office.id))).all()


async def duty_people(session: AsyncSession, subject: Subject) -> Sequence[Person]:
    """Everybody with a duty post today at a station of the own tenant."""
    today = local_date(instant(session))
    query = (
        select(Person)
        .join(Post, Post.person_id == Person.id)
        .join(Office, Office.id == Post.office_id)
        .where(Office.tenant_id == subject.tenant_id, holds_post(today))
        .distinct()
    )
    return (await session.scalars(query.order_by(Person.name, Person.id))).all()
