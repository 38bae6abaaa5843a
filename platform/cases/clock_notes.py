"""What an act does to the clocks of a case, told in the act's own event: from events alone every term can be reckoned.

A note holds codes, days and numbers: {"did": "start", "kind": …, "from": day, "due": day}.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

KEY = "clocks"
"""In a session: by case, until the event is written. In an event's data: the notes of this act."""
SEEN = "remedy clocks"
"""In a session: the remedy clock of a case as it was read, until one of its terms changes."""


def note(session: AsyncSession, case_id: UUID, did: str, kind: str, **facts: date | int | None) -> None:
    """`facts` that are None are left out: a start without `from` begins with the event."""
    given = {name: str(value) if isinstance(value, date) else value for name, value in facts.items()}
    told = {"did": did, "kind": kind, **{name: value for name, value in given.items() if value is not None}}
    session.info.setdefault(KEY, {}).setdefault(case_id, []).append(told)
    session.info.get(SEEN, {}).pop(case_id, None)


def with_notes(session: AsyncSession, case_id: UUID, data: dict[str, Any]) -> dict[str, Any]:
    """The data of the case's next event; what was noted is told once."""
    notes = session.info.get(KEY, {}).pop(case_id, None)
    return {**data, KEY: notes} if notes else data
