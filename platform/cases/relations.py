"""Relations of a subject to a case, as SQL for lists and as plain reading for one case; and the writing of records.

By place they follow from the case's own columns, by record they are rows of case_relations in force
(decisions.md 3). The gate asks; nobody else computes a scope.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    String,
    and_,
    any_,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, CaseRelation
from foundation import direct
from foundation.ids import new_id
from foundation.store import instant
from policies.relations import BY_RECORD, NEGATIVE, Relation, Standing
from tenants.subject import Subject
from tenants.tiers import OfficeKind, Tier

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""`until` of a relation without an end: never null, so that one comparison says what is in force."""

TIER_COLUMN = {
    Tier.PROVINCE: Case.province_id,
    Tier.PREFECTURE: Case.prefecture_id,
    Tier.COUNTY: Case.county_id,
    Tier.TOWNSHIP: Case.township_id,
}
NEXT_LOWER = {
    Tier.PROVINCE: Case.prefecture_id,
    Tier.PREFECTURE: Case.county_id,
    Tier.COUNTY: Case.township_id,
}
OWN_AND_LOWER = {
    str(tier): (column.key, NEXT_LOWER[tier].key if tier in NEXT_LOWER else None)
    for tier, column in TIER_COLUMN.items()
}
"""The same by the names of the attributes, for a row in hand."""
LINES = {
    Relation.GOVERNS: frozenset({OfficeKind.LEADING_GROUP, OfficeKind.JUSTICE_BUREAU}),
    Relation.MANAGES: frozenset({OfficeKind.PETITION_BUREAU}),
}
"""The offices by which a tenant stands in the business line and in the daily line of its own cases."""
WHOLE_HOUSE = frozenset({Relation.HOUSES, *LINES})
ROLE_OF = {Relation.HANDLER: "handler"}
"""The role that goes without saying; a team member's is always named."""


class CaseRelations:
    """What the gate asks of this room; see `policies.relations.RelationSource`."""

    def by_place(self, subject: Subject, relations: Collection[Relation]) -> list[ColumnElement[bool]]:
        """At most three branches: neighbouring sets of rows are joined, so that each branch is led by one index."""
        if subject.tenant_id is None or subject.tier not in TIER_COLUMN:
            return []
        asked = {relation for relation in relations if _office_may_have(subject, relation)}
        mine = TIER_COLUMN[Tier(subject.tier)] == subject.tenant_id
        lower = NEXT_LOWER.get(Tier(subject.tier))
        below = lower is not None and Relation.OVERSEES in asked
        desk = not asked.isdisjoint({Relation.HOLDS, *LINES})
        if not asked.isdisjoint(WHOLE_HOUSE):
            not_below = true() if below or lower is None else lower.is_(None)
            not_desk = true() if desk or subject.office_id is None else Case.holder_office_id != subject.office_id
            return [and_(mine, not_below, not_desk)]
        branches: list[ColumnElement[bool]] = []
        if Relation.KEEPS in asked:
            own = true() if lower is None else lower.is_(None)
            elsewhere = Case.holder_office_id != subject.office_id if desk and subject.office_id is not None else true()
            branches.append(and_(mine, own, Case.closed_at.is_not(None), elsewhere))
        if desk and subject.office_id is not None:
            branches.append(Case.holder_office_id == subject.office_id)
        if lower is not None and below:
            branches.append(and_(mine, lower.is_not(None)))
        return branches

    def by_record(
        self, subject: Subject, action: str, relations: Collection[Relation], given: Collection[tuple[Relation, str]]
    ) -> list[ColumnElement[bool]]:
        """Of rows that name the person, and of rows that name the tenant: each is led by its own index."""
        plain = BY_RECORD.intersection(relations)
        standings = [f"{relation}:" for relation in plain]
        standings += [f"{relation}:{role}" for relation, role in given if relation in BY_RECORD]
        standing = _standing(tuple(sorted(standings)), str(action))
        return [and_(names, standing) for names in _names(subject)]

    def related(self, conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
        rows = select(CaseRelation.id).where(CaseRelation.case_id == Case.id, or_(*conditions))
        return rows.correlate(Case).exists()

    def not_excluded(self, subject: Subject, case_id: ColumnElement[UUID] | None = None) -> ColumnElement[bool]:
        """Not correlated, so that the few rows are looked up once a statement."""
        rows = [REMOVED.where(named) for named in _names(subject, desk=False)]
        of = Case.id if case_id is None else case_id
        return of.not_in(union_all(*rows) if len(rows) > 1 else rows[0])

    async def load(
        self, session: AsyncSession, case_id: UUID, *, lock: bool, subject: Subject | None = None
    ) -> Case | None:
        """With the records of the subject, unless it has to wait for a lock: what was read before that may be old."""
        if lock or subject is None:
            rows = await direct.fetch(session, COLUMNS + " for update" if lock else COLUMNS, case_id)
        else:
            about = _about(session, subject, case_id)
            rows = await direct.fetch(session, WITH_RECORDS, *about)
            session.info[READ] = (about, rows[0]["records"]) if rows else None
        return direct.adopt(session, Case, rows[0]) if rows else None

    async def of(self, session: AsyncSession, subject: Subject, case: Case) -> tuple[Standing, ...]:
        about = _about(session, subject, case.id)
        read, rows = session.info.pop(READ, None) or (None, ())
        if read != about:
            rows = await direct.fetch(session, RECORDS, *about)
        records = [
            Standing(Relation(relation), role, until, None if lent is None else frozenset(lent.split()))
            for relation, role, until, lent in rows
        ]
        if any(record.relation in NEGATIVE for record in records):
            return ()
        return (*(Standing(relation) for relation in places(subject, case)), *records)


def standings_among(subject: Subject, case: Case, rows: Iterable[CaseRelation]) -> tuple[Standing, ...]:
    """What `CaseRelations.of` finds, from all rows in force of the case: for who asks about many subjects at once."""
    touching = _touching(subject, rows)
    if removal_among(subject, touching) is not None:
        return ()
    records = (
        Standing(Relation(row.relation), row.role, row.until, None if row.actions is None else frozenset(row.actions))
        for row in touching
        if row.person_id == subject.person_id or row.office_id in (None, subject.office_id)
    )
    return (*(Standing(relation) for relation in places(subject, case)), *records)


def removal_among(subject: Subject, rows: Iterable[CaseRelation]) -> Relation | None:
    """The relation that takes all others away from the subject; None = there is none."""
    negative = (Relation(row.relation) for row in _touching(subject, rows) if row.relation in NEGATIVE)
    return next(negative, None)


def _touching(subject: Subject, rows: Iterable[CaseRelation]) -> list[CaseRelation]:
    return [
        row
        for row in rows
        if row.person_id == subject.person_id or (row.tenant_id is not None and row.tenant_id == subject.tenant_id)
    ]


def places(subject: Subject, case: Case) -> Iterator[Relation]:
    """Relations by place to one loaded case: the same as `by_place`, read from the row."""
    if subject.tenant_id is None or subject.tier not in OWN_AND_LOWER:
        return
    own, lower = OWN_AND_LOWER[subject.tier]
    if getattr(case, own) != subject.tenant_id:
        return
    if lower is not None and getattr(case, lower) is not None:
        yield Relation.OVERSEES
        return
    yield Relation.HOLDS if case.holder_office_id == subject.office_id else Relation.HOUSES
    for line, offices in LINES.items():
        if subject.office_kind in offices:
            yield line
    if case.closed_at is not None:
        yield Relation.KEEPS


async def grant(
    session: AsyncSession,
    case: Case,
    relation: Relation,
    *,
    source: str,
    tenant_id: int | None = None,
    office_id: int | None = None,
    person_id: UUID | None = None,
    role: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    actions: Collection[str] | None = None,
) -> CaseRelation:
    """Write the relation that a fact makes, in the fact's transaction.

    Names a person, or a tenant (with an office: only that desk of it). `role` is the role the record itself gives:
    required for `team`, optional for what is lent; `actions`, what it lends by name; `since` may lie ahead; `source`
    names the row that made the fact.
    """
    whom = {"tenant_id": tenant_id, "office_id": office_id, "person_id": person_id}
    lent = None if actions is None else sorted(actions)
    begun = since or instant(session)
    row = relation_of(case, relation, begun, source=source, role=role, until=until, actions=lent, **whom)
    session.add(row)
    await session.flush()
    return row


def relation_of(
    case: Case,
    relation: Relation,
    now: datetime,
    *,
    role: str | None = None,
    until: datetime | None = None,
    **facts: Any,
) -> CaseRelation:
    """The row of `grant`, for who writes several at once."""
    return CaseRelation(
        id=new_id(now),
        case_id=case.id,
        relation=relation,
        role=role or ROLE_OF.get(relation),
        since=now,
        until=until or FOREVER,
        filed_at=case.filed_at,
        **facts,
    )


def of_registrar(subject: Subject, case: Case) -> tuple[Standing, ...]:
    """What `CaseRelations.of` finds for who registers the case, in the very act: it is known without asking."""
    return (*(Standing(relation) for relation in places(subject, case)), Standing(Relation.REGISTRAR, None, FOREVER))


async def end(
    session: AsyncSession,
    case: Case,
    relation: Relation,
    *,
    source: str | None = None,
    tenant_id: int | None = None,
    office_id: int | None = None,
    person_id: UUID | None = None,
) -> None:
    """End, from this instant, the rows in force of this relation that fit everything named."""
    named = {"source": source, "tenant_id": tenant_id, "office_id": office_id, "person_id": person_id}
    fits = [getattr(CaseRelation, name) == value for name, value in named.items() if value is not None]
    now = instant(session)
    await session.execute(
        update(CaseRelation)
        .where(CaseRelation.case_id == case.id, CaseRelation.relation == relation, CaseRelation.until > now, *fits)
        .values(until=now)
    )


async def in_force(session: AsyncSession, case_id: UUID) -> Sequence[CaseRelation]:
    """Every record in force of a case, oldest first: for "who can see this case"."""
    now = instant(session)
    standing = (CaseRelation.until > now, CaseRelation.since <= now)
    query = select(CaseRelation).where(CaseRelation.case_id == case_id, *standing)
    return (await session.scalars(query.order_by(CaseRelation.since, CaseRelation.id))).all()


def _about(session: AsyncSession, subject: Subject, case_id: UUID) -> tuple[Any, ...]:
    """The values of RECORDS."""
    return (case_id, instant(session), subject.person_id, subject.tenant_id, subject.office_id)


def _office_may_have(subject: Subject, relation: Relation) -> bool:
    return relation not in LINES or subject.office_kind in LINES[relation]


@lru_cache(maxsize=1024)
def _standing(standings: tuple[str, ...], action: str) -> ColumnElement[bool]:
    """Records in force that give one of these standings and, if they lend by name, this action. The same for all of a
    role; building it takes longer than running it."""
    lends = or_(CaseRelation.actions.is_(None), literal(action) == any_(CaseRelation.actions))
    return and_(IN_FORCE, any_(literal(standings, ARRAY(String))) == STANDING, lends)


def _names(subject: Subject, *, desk: bool = True) -> list[ColumnElement[bool]]:
    """The row names the subject: the person, or the tenant, and then (`desk`) no other desk of it."""
    person = CaseRelation.person_id == subject.person_id
    if subject.tenant_id is None:
        return [person]
    tenant = CaseRelation.tenant_id == subject.tenant_id
    if desk:
        tenant = and_(tenant, or_(CaseRelation.office_id.is_(None), CaseRelation.office_id == subject.office_id))
    return [person, tenant]


NOW = select(func.scope_now()).scalar_subquery()
IN_FORCE = and_(CaseRelation.until > NOW, CaseRelation.since <= NOW)
STANDING = CaseRelation.relation.concat(":").concat(func.coalesce(CaseRelation.role, ""))
"""The relation and the role that the record itself gives, as one word."""
REMOVING = sorted(relation.value for relation in NEGATIVE)
# in the text itself, so that the planner finds the partial index of these few rows
IS_REMOVING = CaseRelation.relation.in_([literal_column(f"'{relation}'") for relation in REMOVING])
REMOVED = select(CaseRelation.case_id).where(IS_REMOVING, IN_FORCE)
# Statements of every request, made once: SQLAlchemy takes longer to build and to recognise one than to run it.
NAMES = ", ".join(column.key for column in Case.__table__.columns)
COLUMNS = f"select {NAMES} from cases where id = $1"
MINE = f"""from case_relations where case_id = $1 and until > $2 and since <= $2
    and (person_id = $3 or tenant_id = $4::int
         and (office_id is null or office_id = $5::int or relation in ({", ".join(map(repr, REMOVING))})))"""
RECORD = "relation, role, until, array_to_string(actions, ' ')"  # the driver reads no arrays within rows
RECORDS = f"select {RECORD} {MINE}"
WITH_RECORDS = f"select {NAMES}, array(select row({RECORD}) {MINE}) as records from cases where id = $1"
READ = "records read"
"""In a session: what `load` read for the next `of`."""
