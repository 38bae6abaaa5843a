"""Keeping who looked: every opening of a case by somebody who works here, written before the answer leaves.

The gate notes on the transaction what it opened; here it becomes a row, once an hour for each case, post, rule and way
of looking. What this process wrote in the present hour it remembers, so a hot read costs a look in a dictionary.
A process that is lost forgets, and at worst writes again.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from access.looks_models import Exit
from foundation import late
from foundation.ids import new_id
from foundation.store import instant
from policies import gate, openings
from policies.actions import Action
from policies.openings import Opening
from policies.relations import BY_RECORD, Relation
from policies.rules import PARTIES

ENTRANCES = (Action.CASE_READ, Action.CASE_STATUS, Action.HANDOVER_PREVIEW)
"""By the first of these that a standing allows, the case was opened."""

Key = tuple[UUID, UUID, str]
"""Case, post, rule."""


class Written(Struct, frozen=True):
    """What a transaction wrote; to be remembered once it has committed."""

    hour: datetime
    keys: list[Key]
    exit: Exit


class Remembered:
    """What this process wrote in the present hour. Bounded: when it is full or the hour ends, it forgets everything."""

    def __init__(self, most: int = 50_000) -> None:
        self.most = most
        self._hour: datetime | None = None
        self._exits: dict[Key, int] = {}

    def knows(self, hour: datetime, key: Key, exit: Exit) -> bool:
        return hour == self._hour and bool(self._exits.get(key, 0) & exit)

    def add(self, written: Written) -> None:
        """Only of what has been committed."""
        if not written.keys:
            return
        if written.hour != self._hour or len(self._exits) + len(written.keys) > self.most:
            self._hour, self._exits = written.hour, {}
        for key in written.keys:
            self._exits[key] = self._exits.get(key, 0) | written.exit


async def keep(session: AsyncSession, remembered: Remembered, exit: Exit) -> Written:
    """Write what this transaction opened and this process has not written yet."""
    now = instant(session)
    hour = now.replace(minute=0, second=0, microsecond=0)
    keys = [
        key
        for opening in openings.noted(session)
        if (key := await _keep(session, opening, remembered, hour, exit)) is not None
    ]
    return Written(hour, keys, exit)


async def _keep(
    session: AsyncSession, opening: Opening, remembered: Remembered, hour: datetime, exit: Exit
) -> Key | None:
    subject = opening.subject
    if subject.post_id is None or subject.role in PARTIES or (by := _by(opening)) is None:
        return None
    relation, role, rule = by
    key = (opening.case_id, subject.post_id, rule)
    if remembered.knows(hour, key, exit):
        return None
    now = instant(session)
    recorded = relation.value if relation in BY_RECORD else None
    look = {
        "id": new_id(now), "case_id": opening.case_id, "hour": hour, "person_id": subject.person_id,
        "post_id": subject.post_id, "office_id": subject.office_id, "tenant_id": subject.tenant_id, "role": role,
        "relation": relation.value, "rule": rule, "recorded": recorded, "token_id": subject.token_id,
        "exits": int(exit), "at": now,
    }  # fmt: skip
    late.note(session, [(WRITE, look)])
    return key


def _by(opening: Opening) -> tuple[Relation, str, str] | None:
    """The relation, the role and the rule that let the case be opened; None = it was not."""
    opened, subject = gate.opened(), opening.subject
    for action in ENTRANCES:
        for standing in opening.standings:
            if action in gate.allowed(opened.table, subject, standing):
                role = standing.role or subject.role
                rule = opened.table.cells[role, subject.tier, standing.relation, action]
                return standing.relation, role, rule
    return None


# A case that the act itself took out of sight shows no more, and the act's own event says who did it.
WRITE = late.Part(
    "looks",
    """
insert into looks (id, case_id, hour, person_id, post_id, office_id, tenant_id, role, relation, rule, source, token_id,
                   exits, first_at, last_at)
select l.id, l.case_id, l.hour, l.person_id, l.post_id, l.office_id, l.tenant_id, l.role, l.relation, l.rule,
    (select r.source from case_relations r where r.case_id = l.case_id and r.relation = l.recorded and r.until > l.at
     and r.since <= l.at and (r.person_id = l.person_id or r.tenant_id = l.tenant_id) order by r.since desc limit 1),
    l.token_id, l.exits, l.at, l.at
from jsonb_to_recordset({rows}) as l (id uuid, case_id uuid, hour timestamptz, person_id uuid, post_id uuid,
    office_id int, tenant_id int, role text, relation text, rule text, recorded text, token_id uuid, exits smallint,
    at timestamptz)
where case_shows(l.case_id)
on conflict (case_id, hour, post_id, rule) do update
set exits = looks.exits | excluded.exits, last_at = excluded.last_at
""",
)
