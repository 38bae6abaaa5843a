"""Small random worlds: a tree, cases held anywhere in it, records of every relation; and subjects who ask."""

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from msgspec import Struct

from policies.relations import BY_RECORD, NEGATIVE, Relation
from policies.rules import ROLES
from tenants.subject import Subject
from tenants.tiers import OfficeKind, Tier
from tests.conftest import NOON

KINDS = (OfficeKind.WORKROOM, OfficeKind.COMMITTEE, OfficeKind.LEADING_GROUP, OfficeKind.PETITION_BUREAU)
PERSONS = tuple(UUID(int=number) for number in range(1, 5))
PARTS = ("handler", "team_leader", "mediator", "lawyer", "panel_expert", "invited_official", "assist_member")
ENDS = tuple(NOON + timedelta(hours=hours) for hours in (-1, 0, 1, 100_000))
BEGINS = tuple(NOON + timedelta(hours=hours) for hours in (-50, -1, 0))

Columns = tuple[int, int | None, int | None, int | None]


class Place(Struct, frozen=True):
    """A tenant of the random tree, with its custody columns."""

    id: int
    tier: Tier
    columns: Columns


class Held(Struct, frozen=True):
    """A case and the office that holds it."""

    id: UUID
    office_id: int
    tenant: Place


class Record(Struct, frozen=True):
    """One row of case_relations."""

    case_id: UUID
    relation: Relation
    role: str | None
    tenant_id: int | None
    office_id: int | None
    person_id: UUID | None
    since: datetime
    until: datetime


class World(Struct, frozen=True):
    cases: list[Held]
    records: list[Record]
    subjects: list[Subject]


# A zone or a renamed county nests by columns, never by its code; the ids share prefixes on purpose (3, 30, 300).
TREE = [
    Place(1, Tier.PROVINCE, (1, None, None, None)),
    *(Place(n, Tier.PREFECTURE, (1, n, None, None)) for n in (3, 30)),
    *(Place(n, Tier.COUNTY, (1, above, n, None)) for n, above in ((300, 3), (301, 3), (31, 30))),
    *(
        Place(n, Tier.TOWNSHIP, (1, first, second, n))
        for n, first, second in ((3001, 3, 300), (3002, 3, 300), (3010, 3, 301), (310, 30, 31))
    ),
]
TENANTS = st.sampled_from(TREE)
RELATIONS = st.sampled_from(sorted(BY_RECORD | NEGATIVE | {Relation.SERVES}))
STAFF = sorted(ROLES - {"petitioner", "unit_agent"})


def office(tenant: Place, kind: OfficeKind) -> int:
    """The id of a tenant's office in these worlds."""
    return tenant.id * 10 + KINDS.index(kind)


OFFICES = [office(tenant, kind) for tenant in TREE for kind in KINDS]


@st.composite
def held(draw: DrawFn, number: int) -> Held:
    tenant = draw(TENANTS)
    return Held(UUID(int=1000 + number), office(tenant, draw(st.sampled_from(KINDS[:2]))), tenant)


@st.composite
def record(draw: DrawFn, cases: list[Held]) -> Record:
    relation = draw(RELATIONS)
    role = None
    if relation in (Relation.TEAM, Relation.HANDLER) or draw(st.integers(0, 3)) == 0:
        role = draw(st.sampled_from(PARTS))
    tenant = person = desk = None
    if draw(st.booleans()):
        person = draw(st.sampled_from(PERSONS))
    else:
        tenant = draw(TENANTS)
        desk = draw(st.sampled_from([None, office(tenant, OfficeKind.WORKROOM)]))
    case = draw(st.sampled_from(cases))
    since, until = draw(st.sampled_from(BEGINS)), draw(st.sampled_from(ENDS))
    return Record(case.id, relation, role, tenant.id if tenant else None, desk, person, since, until)


@st.composite
def subject(draw: DrawFn) -> Subject:
    person = draw(st.sampled_from(PERSONS))
    if draw(st.integers(0, 9)) == 0:
        return Subject(person, draw(st.sampled_from(["petitioner", "unit_agent"])), "-", None, None, None)
    tenant, kind = draw(TENANTS), draw(st.sampled_from(KINDS))
    role = draw(st.sampled_from(STAFF))
    if role.startswith("system."):
        return Subject(person, role, tenant.tier, tenant.id, None, None, system=role)
    return Subject(person, role, tenant.tier, tenant.id, office(tenant, kind), kind)


@st.composite
def worlds(draw: DrawFn) -> World:
    cases = [draw(held(number)) for number in range(5)]
    records = draw(st.lists(record(cases), max_size=7))
    return World(cases, records, [draw(subject()), draw(subject())])
