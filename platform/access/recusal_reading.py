"""A party's own requests for recusal, as its page shows them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from access.recusal import requests_of
from tenants.models import Person
from tenants.subject import Subject


class AskedView(Struct, frozen=True):
    """About whom, why, and what was decided: until then by when."""

    person: str
    ground: str
    state: str
    suspends: bool
    asked_at: datetime
    decide_by: datetime | None
    decided_at: datetime | None
    reason: str | None


async def own_requests(session: AsyncSession, subject: Subject, case_id: UUID) -> Sequence[AskedView]:
    """Of the subject, who acts as a party; oldest first."""
    found = await requests_of(session, case_id, party_id=subject.person_id)
    people = select(Person.id, Person.name).where(Person.id.in_({one.person_id for one in found}))
    names = {person_id: name for person_id, name in await session.execute(people)} if found else {}
    return [
        AskedView(
            names.get(one.person_id, ""),
            one.ground,
            one.state,
            one.suspends,
            one.recorded_at,
            one.decide_by,
            one.decided_at,
            one.reason,
        )
        for one in found
    ]
