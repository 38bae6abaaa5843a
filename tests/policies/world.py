"""Small random worlds: a tree, cases held anywhere in it, what people did with them, and posts that ask."""

from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from msgspec import Struct

from policies.actions import Action
from policies.relations import BY_RECORD, NEGATIVE, Relation
from policies.rules import PARTIES, ROLES
from tenants.subject import Subject
from tenants.tiers import OfficeKind
from tests.conftest import NOON
from tests.policies.trees import KINDS, Place, office, trees

PERSONS = tuple(UUID(int=number) for number in range(1, 5))
PARTS = ("handler", "team_leader", "mediator", "lawyer", "panel_expert", "invited_official", "assist_member")
ENDS = tuple(NOON + timedelta(hours=hours) for hours in (-1, 0, 1, 100_000))
BEGINS = tuple(NOON + timedelta(hours=hours) for hours in (-50, -1, 0, 1))
FOREVER = ENDS[-1]
SINCE = BEGINS[0]
LENT = (Action.CASE_STATUS, Action.CASE_READ, Action.EVIDENCE_ADD, Action.CASE_READ_STATEMENT, Action.SUBSIDY_PAY)
"""What a delegation may name: the last is none that a borrower may do."""
PLAIN = sorted((BY_RECORD | NEGATIVE | {Relation.SERVES}) - {Relation.DELEGATED})
POSTS = sorted(role for role in ROLES - PARTIES - {"assist_member", "borrower"} if not role.startswith("system."))
TERMS = [(since, until) for since in BEGINS for until in (None, *ENDS) if until is None or since < until]


class Held(Struct, frozen=True):
    """A case and the office that holds it."""

    id: UUID
    office_id: int
    tenant: Place
    closed: bool = False


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
    actions: tuple[str, ...] | None = None


class Term(Struct, frozen=True):
    """A post: who, what, where, from when to when."""

    person_id: UUID
    role: str
    tenant: Place
    kind: OfficeKind
    since: datetime
    until: datetime | None

    def key(self) -> tuple[object, ...]:
        """Two such posts of one person would be one."""
        return self.person_id, self.role, self.tenant.id, self.kind, self.since

    @property
    def in_force(self) -> bool:
        return self.since <= NOON and (self.until is None or self.until > NOON)

    def subject(self) -> Subject:
        """Who asks in this post now: outside its term, a person without any."""
        if not self.in_force:
            return Subject(self.person_id, "", "", None, None, None)
        at = (self.tenant.tier, self.tenant.id, office(self.tenant, self.kind), self.kind)
        return Subject(self.person_id, self.role, *at)


class World(Struct, frozen=True):
    cases: list[Held]
    records: list[Record]
    subjects: list[Subject]
    tree: list[Place] | None = None
    """None = the one that stands there already."""
    terms: list[Term] = []


# Few draws of rich lists, not many of poor ones: thousands of worlds are made in every run.
SPANS = [(since, until) for since in BEGINS for until in ENDS]
STANDINGS: list[tuple[Relation, str | None, tuple[str, ...] | None]] = [
    *((relation, part, None) for relation in PLAIN for part in PARTS),
    *((relation, None, None) for relation in PLAIN if relation not in (Relation.TEAM, Relation.HANDLER)),
    *((Relation.DELEGATED, "borrower", lent) for size in range(3) for lent in combinations(LENT, size)),
    (Relation.DELEGATED, "borrower", LENT),
]
"""Every relation by record: with a role of its own, with the post's, and what is lent by name."""


@st.composite
def held(draw: DrawFn, tree: list[Place], number: int) -> Held:
    choices = [(tenant, kind, closed) for tenant in tree for kind in KINDS[:2] for closed in (False, True)]
    tenant, kind, closed = draw(st.sampled_from(choices))
    return Held(UUID(int=1000 + number), office(tenant, kind), tenant, closed)


@st.composite
def record(draw: DrawFn, tree: list[Place], cases: list[Held]) -> Record:
    """Any relation to anybody: teams, orders, exclusions, tenants complained of, what was lent."""
    people = [(None, None, person) for person in PERSONS]
    tenants = [(one.id, desk, None) for one in tree for desk in (None, office(one, OfficeKind.WORKROOM))]
    case = draw(st.sampled_from(cases))
    tenant_id, desk, person = draw(st.sampled_from([*people, *people, *tenants]))
    relation, role, actions = draw(st.sampled_from(STANDINGS))
    since, until = draw(st.sampled_from(SPANS))
    return Record(case.id, relation, role, tenant_id, desk, person, since, until, actions)


@st.composite
def handover(draw: DrawFn, tree: list[Place], case: Held) -> list[Record]:
    """The records that a handover leaves in each of its states (handover-and-access.md 3, the table)."""
    state = draw(st.sampled_from(["none", "open", "lapsed", "answered", "accepted"]))
    if state == "none":
        return []
    other = draw(st.sampled_from(tree))
    desk = office(other, OfficeKind.WORKROOM)
    if state == "accepted":
        return [Record(case.id, Relation.SENT, None, other.id, desk, None, BEGINS[1], FOREVER)]
    until = {"open": FOREVER, "lapsed": ENDS[1], "answered": ENDS[0]}[state]  # an answer leaves nothing else
    return [Record(case.id, Relation.OFFERED, None, other.id, desk, None, SINCE, until)]


@st.composite
def term(draw: DrawFn, tree: list[Place]) -> Term:
    person, kind = draw(st.sampled_from([(person, kind) for person in PERSONS for kind in KINDS]))
    role, place = draw(st.sampled_from(POSTS)), draw(st.sampled_from(tree))
    since, until = draw(st.sampled_from(TERMS))
    return Term(person, role, place, kind, since, until)


@st.composite
def outsider(draw: DrawFn, tree: list[Place]) -> Subject:
    """A party by code, or a named system subject."""
    person = draw(st.sampled_from(PERSONS))
    if draw(st.booleans()):
        return Subject(person, draw(st.sampled_from(sorted(PARTIES))), "-", None, None, None)
    role = draw(st.sampled_from(["system.deadlines", "system.handover"]))
    tenant = draw(st.sampled_from(tree))
    return Subject(person, role, tenant.tier, tenant.id, None, None, system=role)


@st.composite
def worlds(draw: DrawFn) -> World:
    tree = draw(trees())
    cases = [draw(held(tree, number)) for number in range(5)]
    records = [row for case in cases[:2] for row in draw(handover(tree, case))]
    records += draw(st.lists(record(tree, cases), max_size=7))
    terms = draw(st.lists(term(tree), min_size=2, max_size=2, unique_by=Term.key))
    subjects = [one.subject() for one in terms]
    if draw(st.integers(0, 4)) == 0:
        subjects[1] = draw(outsider(tree))
        terms = terms[:1]
    return World(cases, records, subjects, tree, terms)
