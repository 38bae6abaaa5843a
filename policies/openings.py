"""Which cases a transaction has opened, for whom and in what standing: noted by the gate, for who keeps the record."""

from collections.abc import Collection
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from policies.relations import Standing
from tenants.subject import Subject

OPENED = "opened_cases"


class Opening(Struct, frozen=True):
    case_id: UUID
    subject: Subject
    standings: tuple[Standing, ...]


def note(session: AsyncSession, case_id: UUID, subject: Subject, standings: tuple[Standing, ...]) -> None:
    """The last word on a case stands: an act may change how its doer stands to it."""
    session.info.setdefault(OPENED, {})[case_id] = Opening(case_id, subject, standings)


def noted(session: AsyncSession) -> Collection[Opening]:
    found: dict[UUID, Opening] = session.info.get(OPENED, {})
    return found.values()
