"""Who can see a case now: every post in force that stands to it, by which relation and rule, what of it, until when.

The same source and the same table as the gate decides by, asked for everybody at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, CaseRelation
from cases.relations import FOREVER, in_force, standings_among
from foundation.errors import Forbidden
from policies import gate
from policies.actions import Action
from policies.gate import Permissions
from policies.relations import BY_PLACE, NEGATIVE, Relation, Standing
from policies.words import FIELD_GROUPS
from tenants.subject import Subject

NEAR = text("select * from posts_near_case(:wanted)")
ENTRANCES = (Action.CASE_STATUS, Action.HANDOVER_PREVIEW)
"""Whoever has neither of these rights in a relation sees nothing by it."""
PARTIES = frozenset({Relation.SELF, Relation.RESPONDENT})
"""Their rows name a party, who has no post."""


class Ground(Struct, frozen=True):
    """By which relation something shows; `rule` is a row of the rules, `groups` field groups, `until` None = as long
    as custody lasts."""

    relation: Relation
    role: str
    rule: str
    zh: str
    en: str
    groups: tuple[str, ...]
    until: datetime | None


class Seer(Struct, frozen=True):
    """A person in one post, with all that lets it see the case."""

    person_id: UUID
    post_id: UUID | None
    name: str
    role: str
    office: str
    tier: str
    grounds: tuple[Ground, ...]


class SightList(Struct, frozen=True):
    """`removed` are people and offices that a negative relation keeps out, by the record."""

    seers: Sequence[Seer]
    parties: Sequence[CaseRelation]
    removed: Sequence[CaseRelation]


async def sight_for(session: AsyncSession, subject: Subject, case: Case) -> SightList:
    """Who can see the case now. Raises Forbidden for who may not know."""
    await require_sight(session, subject, case)
    return await who_can_see(session, case)


async def require_sight(session: AsyncSession, subject: Subject, case: Case) -> None:
    """Those who may read who looked, and those who handle the case; of the line of custody, which sees all records."""
    if not may_see_sight(await gate.permissions(session, subject, case)):
        raise Forbidden


def may_see_sight(may: Permissions) -> bool:
    entitled = Action.ACCESS_LOG_READ in may.actions or Action.CASE_READ_NOTES in may.actions
    return entitled and not may.relations.isdisjoint(BY_PLACE)


async def who_can_see(session: AsyncSession, case: Case) -> SightList:
    """From the lowest tier up, by office and role; the caller has asked the gate."""
    rows = await in_force(session, case.id)
    seers = []
    for one, office in await near(session, case.id):
        if grounds := tuple(grounds_of(one, standings_of(one, case, rows))):
            seers.append(Seer(one.person_id, one.post_id, one.name, one.role, office, one.tier, grounds))
    parties = [row for row in rows if row.relation in PARTIES]
    return SightList(seers, parties, [row for row in rows if row.relation in NEGATIVE])


async def near(session: AsyncSession, case_id: UUID) -> list[tuple[Subject, str]]:
    """Every post in force in a tenant, or of a person, that the case names; with the office as people call it."""
    rows = (await session.execute(NEAR, {"wanted": case_id})).all()
    return [
        (
            Subject(
                row.person_id, row.role, row.tier, row.tenant_id, row.office_id, row.office_kind, row.post_id,
                name=row.name,
            ),
            row.office,
        )
        for row in rows
    ]  # fmt: skip


def standings_of(subject: Subject, case: Case, rows: Iterable[CaseRelation]) -> tuple[Standing, ...]:
    """As the gate finds them, from the rows in hand."""
    if subject.role not in gate.opened().table.case_roles:
        return ()
    return standings_among(subject, case, rows)


def grounds_of(subject: Subject, standings: Iterable[Standing]) -> Iterator[Ground]:
    """Each standing by which the subject sees anything of the case."""
    opened = gate.opened()
    for standing in standings:
        allowed = gate.allowed(opened.table, subject, standing)
        role = standing.role or subject.role
        entrance = next((one for one in ENTRANCES if one in allowed), None)
        if entrance is None:
            continue
        rule = opened.book.rules[opened.table.cells[role, subject.tier, standing.relation, entrance]]
        groups = tuple(str(group) for group in FIELD_GROUPS if group in allowed)
        until = standing.until if standing.until and standing.until < FOREVER else None
        yield Ground(standing.relation, role, rule.no, rule.zh, rule.en, groups, until)
