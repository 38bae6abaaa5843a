"""Who is told of a fact: by the routing, at the moment of delivery, and only who may see the case then.

Holders of posts in force. Never the doer. What a person no longer sees makes no notice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy import or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from access.sight import standings_of
from cases.models import Case, CaseRelation
from cases.relations import LINES
from cases.timeline import holder_tenant
from foundation.clock import local_date
from foundation.store import instant
from oversight.notice_kinds import NoticeKind
from oversight.notice_models import NoticeSwitch
from oversight.notice_routes import NAMED_OFFICE, Route, routes
from oversight.notice_sight import ENTRANCES
from policies import gate
from policies.relations import Relation
from tenants.models import Office, Post, Tenant
from tenants.subject import Subject


class Fact(Struct, frozen=True):
    """What is told: `source` leads to the rows of the routing, `doer` hears nothing of it."""

    source: str
    cause: str
    kind: NoticeKind
    case_id: UUID | None = None
    address: str = ""
    doer: UUID | None = None
    offices: tuple[int, ...] = ()
    persons: tuple[UUID, ...] = ()


class Told(Struct, frozen=True):
    """One person who is told of one fact; `post` is that by which, None when told by name."""

    fact: Fact
    kind: NoticeKind
    person_id: UUID
    post: Subject | None


class Circle(Struct, frozen=True):
    """Whom one row of the routing means: offices, whole tenants, persons; `kinds` = only of such offices there."""

    offices: frozenset[int] = frozenset()
    tenants: frozenset[int] = frozenset()
    persons: frozenset[UUID] = frozenset()
    kinds: frozenset[str] = frozenset()

    def has(self, post: Subject) -> bool:
        if post.person_id in self.persons or post.office_id in self.offices:
            return True
        return post.tenant_id in self.tenants and (not self.kinds or post.office_kind in self.kinds)


class Scene(Struct, frozen=True):
    """All that the decision rests on, read once for a whole batch."""

    cases: Mapping[UUID, Case]
    relations: Mapping[UUID, Sequence[CaseRelation]]
    posts: Sequence[Subject]
    switched_off: frozenset[tuple[int, str]]


async def told_of(session: AsyncSession, facts: Sequence[Fact]) -> list[Told]:
    """One for each person and fact, in the scope of a system subject that sees the whole province."""
    cases = await _cases(session, facts)
    relations = await _relations(session, cases)
    circles = [(fact, list(_circles(fact, cases, relations))) for fact in facts]
    posts = await _posts(session, [circle for _, found in circles for _, circle in found])
    scene = Scene(cases, relations, posts, await _switched_off(session, posts))
    return [told for fact, found in circles for told in _told(scene, fact, found)]


def _circles(
    fact: Fact, cases: Mapping[UUID, Case], relations: Mapping[UUID, Sequence[CaseRelation]]
) -> Iterator[tuple[Route | None, Circle]]:
    """Persons told by name come with no row of the routing."""
    if fact.persons:
        yield None, Circle(persons=frozenset(fact.persons))
    case = cases.get(fact.case_id) if fact.case_id else None
    for route in routes().get(fact.source, ()):
        if route.who == NAMED_OFFICE:
            yield route, Circle(offices=frozenset(fact.offices))
        elif case is not None:
            yield route, _related(Relation(route.who), case, relations[case.id])


def _related(who: Relation, case: Case, rows: Sequence[CaseRelation]) -> Circle:
    if who is Relation.HOLDS:
        return Circle(offices=frozenset({case.holder_office_id}))
    if who in LINES:
        return Circle(tenants=frozenset({holder_tenant(case)}), kinds=frozenset(LINES[who]))
    named = [row for row in rows if row.relation == who]
    return Circle(
        offices=frozenset(row.office_id for row in named if row.office_id is not None),
        tenants=frozenset(row.tenant_id for row in named if row.tenant_id is not None and row.office_id is None),
        persons=frozenset(row.person_id for row in named if row.person_id is not None),
    )


def _told(scene: Scene, fact: Fact, circles: Iterable[tuple[Route | None, Circle]]) -> Iterator[Told]:
    """Each person once, by the first row that reaches one of its posts."""
    heard: set[UUID | None] = {fact.doer}
    for route, circle in circles:
        for post in scene.posts:
            if post.person_id in heard or not circle.has(post) or not _reaches(scene, route, post):
                continue
            if _sees(scene, fact, post):
                heard.add(post.person_id)
                yield Told(fact, route.kind if route else fact.kind, post.person_id, post if route else None)


def _reaches(scene: Scene, route: Route | None, post: Subject) -> bool:
    """A tenant's own word counts for its own offices, but for what safety asks."""
    if route is None:
        return True
    off = not route.safety and (post.tenant_id, route.code) in scene.switched_off
    return route.reaches(post.role) and not off


def _sees(scene: Scene, fact: Fact, post: Subject) -> bool:
    """As the gate decides, of the rows in hand; a case that is gone is seen by nobody."""
    if fact.case_id is None:
        return True
    case = scene.cases.get(fact.case_id)
    if case is None:
        return False
    may = gate.decide(post, standings_of(post, case, scene.relations[case.id]))
    return not may.actions.isdisjoint(ENTRANCES)


async def _cases(session: AsyncSession, facts: Sequence[Fact]) -> dict[UUID, Case]:
    wanted = {fact.case_id for fact in facts if fact.case_id is not None}
    if not wanted:
        return {}
    return {case.id: case for case in await session.scalars(select(Case).where(Case.id.in_(wanted)))}


async def _relations(session: AsyncSession, cases: Mapping[UUID, Case]) -> dict[UUID, list[CaseRelation]]:
    found: dict[UUID, list[CaseRelation]] = {case_id: [] for case_id in cases}
    now = instant(session)
    standing = (CaseRelation.until > now, CaseRelation.since <= now)
    if cases:
        for row in await session.scalars(select(CaseRelation).where(CaseRelation.case_id.in_(cases), *standing)):
            found[row.case_id].append(row)
    return found


async def _posts(session: AsyncSession, circles: Sequence[Circle]) -> list[Subject]:
    """Every post in force of all circles, oldest first; each of the three by its index, not among all posts."""
    offices, tenants, persons = (
        frozenset[object]().union(*(getattr(circle, name) for circle in circles))
        for name in ("offices", "tenants", "persons")
    )
    if not (offices or tenants or persons):
        return []
    now = instant(session)
    wanted = union(
        select(Post.id).where(Post.office_id.in_(offices)),
        select(Post.id).join(Office, Office.id == Post.office_id).where(Office.tenant_id.in_(tenants)),
        select(Post.id).where(Post.person_id.in_(persons)),
    )
    query = (
        select(Post.id, Post.person_id, Post.role, Office.id, Office.kind, Tenant.id, Tenant.tier)
        .join(Office, Office.id == Post.office_id)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .where(Post.since <= now, or_(Post.until.is_(None), Post.until > now))
        .where(or_(Office.valid_to.is_(None), Office.valid_to > local_date(now)))
        .where(Post.id.in_(wanted))
        .order_by(Post.since, Post.id)
    )
    return [
        Subject(person_id, role, tier, tenant_id, office_id, kind, post_id)
        for post_id, person_id, role, office_id, kind, tenant_id, tier in await session.execute(query)
    ]


async def _switched_off(session: AsyncSession, posts: Sequence[Subject]) -> frozenset[tuple[int, str]]:
    tenants = {post.tenant_id for post in posts}
    query = select(NoticeSwitch.tenant_id, NoticeSwitch.route)
    rows = await session.execute(query.where(NoticeSwitch.tenant_id.in_(tenants), NoticeSwitch.is_off))
    return frozenset((tenant_id, route) for tenant_id, route in rows)
