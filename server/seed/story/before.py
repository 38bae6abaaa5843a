"""What stood before each act of a story, as the trigger keep_past keeps it of real ones: so its past can be told."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from cases.history import Timer
from cases.models import Case
from cases.parties import Claim, Consent, Party
from cases.past import PastRow
from foundation.cipher import Sealed
from foundation.model import Base
from teams.agreement import Agreement
from teams.models import Team, TeamMember

TOLD_OF = (Case, Party, Claim, Consent, Timer, Team, TeamMember, Agreement)
"""Of which `dossiers.as_of` tells how they stood."""
UNASKED = frozenset({"version", "changed_at", "overdue_at"})
"""They change with every act, or by the clock alone; nobody is told how they stood."""


class Before:
    """The rows as the last act left them."""

    def __init__(self) -> None:
        self._left: dict[UUID, dict[str, Any]] = {}

    def changes(self, case: Case, rows: Iterable[Base], at: datetime) -> Iterator[PastRow]:
        """One for each row that the act of this moment changed; a new row has nothing before it."""
        for row in rows:
            if not isinstance(row, TOLD_OF):
                continue
            now, was = _values(row), self._left.get(row.id)
            self._left[row.id] = now
            if was is not None and was != now:
                changed = {name: value for name, value in was.items() if value != now[name]}
                yield PastRow(
                    row_id=row.id, recorded_at=at, of_table=row.__tablename__, case_id=case.id, earlier=changed
                )


def _values(row: Base) -> dict[str, Any]:
    """Its columns that are not sealed."""
    held = vars(row)
    return {
        column.key: held.get(column.key)
        for column in row.__table__.columns
        if column.key not in UNASKED and not isinstance(column.type, Sealed)
    }
