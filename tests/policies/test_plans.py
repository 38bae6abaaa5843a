"""The hot list reads one index per branch under row-level security, at 100,000 cases."""

from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from cases.filters import Filters
from cases.list_query import WINDOW, page_query
from cases.models import Case
from foundation.store import IN_ORDER
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from tests.conftest import NOON
from tests.policies.database import asking
from tests.policies.trees import TREE

PERSON = UUID(int=77)
FILL = """
insert into cases (id, version, registration_no, state, step, dispute_type, source, first_visit, person_count,
    place_id, holder_office_id, province_id, prefecture_id, county_id, township_id, filed_at, changed_at)
select gen_random_uuid(), 1, 'plan' || n, 'registered', 1, 1, 'visit', true, 1, 1, t.id * 10,
    t.province_id, t.prefecture_id, t.county_id, t.township_id,
    timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-01-01'
from generate_series(1, 100000) n
join (
    select t.*, row_number() over (order by tier, id) % 10 place from tenants t where id = any(:tree)
) t on t.place = n % 10
"""
RELATE = """
insert into case_relations (id, case_id, relation, role, person_id, since, until, source, filed_at)
select gen_random_uuid(), id, 'team', 'mediator', case when n <= 50 then :person else gen_random_uuid() end,
    filed_at, timestamptz '9999-12-31', 'plan', filed_at
from (select id, filed_at, row_number() over (order by filed_at) n from cases) c
"""
COUNTY, TOWNSHIP = 300, 3001
DESKS = [
    (Subject(PERSON, "wr_director", "C", COUNTY, COUNTY * 10, "workroom"), "ix_cases_holder_filed"),
    (Subject(PERSON, "supervisor_f", "F", 3, 32, "leading_group"), "ix_cases_prefecture_id_filed"),
    (Subject(PERSON, "supervisor_p", "P", 1, 12, "leading_group"), "ix_cases_province_id_filed"),
    (Subject(PERSON, "sfs_head", "T", TOWNSHIP, TOWNSHIP * 10, "window"), "ix_cases_township_id_filed"),
]


@pytest.fixture(scope="module")
async def filled(session: AsyncSession) -> AsyncSession:
    """Once a worker, which may come back to this module after others."""
    if await session.scalar(text("select exists (select from cases where registration_no = 'plan1')")):
        return session
    await session.execute(text(FILL), {"tree": [one.id for one in TREE]})
    await session.execute(text(RELATE), {"person": PERSON})
    await session.execute(text("analyze cases"))
    await session.execute(text("analyze case_relations"))
    return session


@pytest.mark.parametrize("continued", [False, True], ids=["first", "later"])
@pytest.mark.parametrize(("subject", "index"), DESKS, ids=[subject.role for subject, _ in DESKS])
async def test_a_page_walks_the_tier_and_the_relations_by_their_indexes_and_sorts_no_more_than_itself(
    filled: AsyncSession, subject: Subject, index: str, continued: bool
) -> None:
    """Trap 9, of the statement as it is prepared: with a generic plan, for whoever asks."""
    plan = await _page_plan(filled, subject, Filters(), continued)
    assert f"Index Scan using {index} on cases" in plan
    assert "Index Scan using ix_case_relations_person on case_relations" in plan
    assert "Merge Append" in plan
    assert "Seq Scan on case" not in plan and "Bitmap" not in plan
    assert all("Subquery Scan" in child for child in _under_sorts(plan)), "more is sorted than branches cut to a page"


@pytest.mark.parametrize("subject", [subject for subject, _ in DESKS], ids=[subject.role for subject, _ in DESKS])
async def test_a_related_case_is_found_from_the_relations(filled: AsyncSession, subject: Subject) -> None:
    plan = await _plan(filled, subject, gate.visible(subject)[-1])
    assert "ix_case_relations_person" in plan
    assert "Seq Scan" not in plan


async def test_what_a_tier_itself_holds_is_found_among_all_that_lies_below_it(filled: AsyncSession) -> None:
    office = Subject(PERSON, "lgo_director", "P", 1, 12, "leading_group")
    assert "Index Scan using ix_cases_province_id_held on cases" in await _page_plan(filled, office, Filters(), False)


def _under_sorts(plan: str) -> list[str]:
    """The node right below each sort."""
    nodes = [line for line in plan.splitlines() if "->" in line or line.startswith(("Sort", "Limit"))]
    return [below for node, below in pairwise(nodes) if "Sort  (" in node]


async def _page_plan(session: AsyncSession, subject: Subject, filters: Filters, continued: bool) -> str:
    query = page_query(gate.reach(subject, Action.CASE_STATUS), subject, filters, 50, continued, WINDOW)
    values = query.arguments(**({"moment": NOON, "last": PERSON} if continued else {}))
    raw: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    async with asking(session, subject):
        for name, value in IN_ORDER.items():
            await session.execute(text(f"set local {name} = {value}"))
        prepared = await raw.prepare(query.sql)
        explained = f'explain execute "{prepared.get_name()}" ({", ".join(map(_literal, values))})'
        rows = await raw.fetch(explained)
        for name in IN_ORDER:
            await session.execute(text(f"set local {name} = on"))
    return "\n".join(row[0] for row in rows)


def _literal(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"array[{', '.join(map(_literal, value))}]::text[]"
    return str(value) if isinstance(value, int) else f"'{value}'"


async def _plan(session: AsyncSession, subject: Subject, branch: ColumnElement[bool]) -> str:
    page = select(Case.id).where(branch).order_by(Case.filed_at.desc(), Case.id.desc()).limit(50)
    literal = page.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]  # SQLAlchemy's dialect has no types
    async with asking(session, subject):
        lines = await session.scalars(text("explain " + str(literal).replace(":", "\\:")))
    return "\n".join(lines)
