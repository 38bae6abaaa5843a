"""Telling whole histories: each state that a case has reached is told by the acts that lead to it, then copied."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB

from cases.catalogue import Catalogue
from cases.steps import State
from foundation.cipher import Keyring, Sealed
from foundation.model import Base
from policies.actions import Action
from server.seed.copying import copy
from server.seed.course import course
from server.seed.numbering import Numbers
from server.seed.stations import Station, Stations
from server.seed.story import assessment, binding, ending, mediation, reception
from server.seed.story.told import Link, Story
from tenants.tiers import Tier

TOLD: Mapping[State, Callable[[Story], None]] = {
    State.ASSESSING: reception.approve,
    State.REFUSED: assessment.refuse,
    State.ACCEPTED: assessment.accept,
    State.ENTRUSTED: mediation.entrust,
    State.PROPOSED: mediation.give_opinion,
    State.GUIDED: ending.guide,
    State.RELIEVED: ending.relieve,
    State.CLOSED: ending.close,
    State.ARCHIVED: binding.archive,
}
SHOWN = 0.5
"""So many of the histories are told where somebody of the demonstration can sign in."""
WITH_TEAMS = frozenset({Tier.COUNTY.value, Tier.TOWNSHIP.value})
APPEND = "select audit_append($1, $2, $3, $4, $5, 'case', $6, 'done', $7)"


def tell(random: Random, stations: Stations, numbers: Numbers, filed: datetime, now: datetime) -> Story:
    """One case, registered at that moment, with everything that has happened to it by now."""
    story = Story(random, stations, numbers, course(random, filed, now), now)
    reception.register(story, _desk(random, stations))
    for state, moment in story.run.reached.items():
        story.clock = moment
        if state in TOLD:
            TOLD[state](story)
    story.mark_overdue()
    return story


def _desk(random: Random, stations: Stations) -> Station:
    """Only below a county's committee, which has the mediators for a team."""
    shown = [desk for desk in stations.shown if desk.tier in WITH_TEAMS]
    if shown and random.random() < SHOWN:
        return random.choice(shown)
    while (desk := random.choices(stations.desks, weights=stations.shares)[0]).tier not in WITH_TEAMS:
        continue
    return desk


def tables() -> list[Table]:
    """Every table that a story may write, parents first."""
    return [table for table in Base.metadata.sorted_tables if table.name == "cases" or "case_id" in table.columns]


async def store(
    connection: asyncpg.Connection, stories: Sequence[Story], keyring: Keyring, catalogue: Catalogue
) -> None:
    """The rows of all stories, and the audit chains in the order of time."""
    rows: dict[str, list[Base]] = defaultdict(list)
    for story in stories:
        for row in story.rows:
            rows[row.__tablename__].append(row)
    for table in tables():
        records = [_record(table, row, keyring) for row in rows[table.name]]
        await copy(connection, table.name, [column.name for column in table.columns], records)
    links = sorted((link for story in stories for link in story.links), key=lambda link: link.at)
    await connection.executemany(APPEND, [_appended(link, catalogue) for link in links])


def _record(table: Table, row: Base, keyring: Keyring) -> list[Any]:
    return [_stored(column.type, getattr(row, column.key), keyring) for column in table.columns]


def _stored(kind: Any, value: Any, keyring: Keyring) -> Any:
    """A value as the driver's COPY takes it: sealed, or JSON as text."""
    if value is None:
        return None
    if isinstance(kind, Sealed):
        return keyring.seal(msgspec.json.encode(value), kind.purpose)
    return msgspec.json.encode(value).decode() if isinstance(kind, JSONB) else value


def _appended(link: Link, catalogue: Catalogue) -> tuple[Any, ...]:
    """As `cases.timeline` writes it: registering is no act of the catalogue."""
    registered = link.act == "register"
    action = Action.CASE_REGISTER if registered else catalogue[link.act].action
    detail = {} if registered else {"act": link.act}
    return (
        link.tenant_id,
        link.at,
        str(link.by.person_id),
        link.by.id,
        action.value,
        str(link.case_id),
        msgspec.json.encode(detail).decode(),
    )
