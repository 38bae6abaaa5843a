"""How many people and cases a change of rules touches: from posts, from the counters of cases, and from records counted
up to a thousand. Never a walk over history; what is an estimate says so."""

from collections.abc import Collection, Iterable

from msgspec import Struct
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from policies.relations import Relation as R
from policies.rules import Cell
from tenants.roles import ROLE_NAMES

OF_OWN_TENANT = frozenset({R.HOLDS, R.HOUSES, R.GOVERNS, R.MANAGES})
NAMED_WITH_ROLE = frozenset({R.TEAM, R.HANDLER, R.ASSISTS, R.DELEGATED})
"""Records that name the role themselves: who has it is counted there, not by posts."""
NO_CASES = frozenset({R.NONE, R.SERVES})

PEOPLE = text("select * from people_by_role(:roles)")
TOGETHER = text("select people_in_posts(:roles, :tiers)")
ABLE = text("select people_able(:roles, :tiers)")
CASES = text("select * from cases_by_role(:roles)")
RECORDS = text("select * from records_by_relation(:relations, :roles)")


class Count(Struct, frozen=True):
    """`more`: at least so many, counting stopped there. `estimate`: about so many, some perhaps twice or not open."""

    number: int
    more: bool = False
    estimate: bool = False


class Record(Struct, frozen=True):
    people: int
    cases: int
    more: bool


class Counts(Struct, frozen=True):
    """All that the cells of a change need, asked in four questions."""

    people: dict[tuple[str, str], int]
    cases: dict[tuple[str, str], tuple[int, int, int]]
    """Held in the tenants of the role, of these closed, and below."""
    records: dict[tuple[str, str], Record]

    def people_of(self, role: str, tiers: Iterable[str], relation: str) -> Count | None:
        """Persons whose rights change; None where the role is nobody's (a system subject)."""
        if relation in NAMED_WITH_ROLE or role not in ROLE_NAMES:
            found = self.records.get(_key(role, relation))
            return Count(found.people, found.more, estimate=True) if found else None
        return Count(sum(self.people.get((role, tier), 0) for tier in tiers))

    def cases_of(self, role: str, tiers: Iterable[str], relation: str) -> Count | None:
        """Cases to which the role may stand in the relation; None where the relation is to no case."""
        if relation in NO_CASES:
            return None
        if record := self.records.get(_key(role, relation)):
            return Count(record.cases, record.more, estimate=True)
        which = 0 if relation in OF_OWN_TENANT else 1 if relation == R.KEEPS else 2
        return Count(sum(self.cases.get((role, tier), (0, 0, 0))[which] for tier in tiers), estimate=True)


async def counts(session: AsyncSession, cells: Collection[Cell]) -> Counts:
    """For the reader's scope: nothing but zeros for who does not keep the rules."""
    roles = sorted({role for role, _, _, _ in cells})
    keys = sorted({_key(role, rel) for role, _, rel, _ in cells if _by_record(rel)})
    people = {(row.role, row.tier): row.people for row in await session.execute(PEOPLE, {"roles": roles})}
    cases = {(row.role, row.tier): _three(row) for row in await session.execute(CASES, {"roles": roles})}
    asked = {"relations": [key[1] for key in keys], "roles": [key[0] for key in keys]}
    rows = await session.execute(RECORDS, asked)
    records = {(row.role, row.relation): Record(row.people, row.cases, row.more) for row in rows}
    return Counts(people, cases, records)


async def persons_with(session: AsyncSession, posts: Collection[tuple[str, str]]) -> int:
    """Persons who hold one of the posts (role, tier) today, each once."""
    return await _count(session, TOGETHER, posts)


async def persons_able(session: AsyncSession, posts: Collection[tuple[str, str]]) -> int:
    """Those of them who can sign in to it: an account that is not disabled, with password and second factor."""
    return await _count(session, ABLE, posts)


async def _count(session: AsyncSession, question: TextClause, posts: Collection[tuple[str, str]]) -> int:
    asked = {"roles": [role for role, _ in posts], "tiers": [tier for _, tier in posts]}
    return int(await session.scalar(question, asked) or 0)


def _by_record(relation: str) -> bool:
    return relation not in OF_OWN_TENANT | NO_CASES | {R.OVERSEES, R.KEEPS}


def _key(role: str, relation: str) -> tuple[str, str]:
    """The records of the role, or those of the relation whatever the role."""
    return (role if relation in NAMED_WITH_ROLE else "", relation)


def _three(row: object) -> tuple[int, int, int]:
    return tuple(int(getattr(row, name)) for name in ("own", "closed", "below"))  # type: ignore[return-value]  # three
