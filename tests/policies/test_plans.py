"""The hot list reads one index per branch under row-level security, at 100,000 cases."""

from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from policies import gate
from tenants.subject import Subject
from tests.policies.database import asking

PERSON = UUID(int=77)
FILL = """
insert into cases (id, version, registration_no, state, step, dispute_type, source, first_visit, person_count,
    place_id, holder_office_id, province_id, prefecture_id, county_id, township_id, filed_at, changed_at)
select gen_random_uuid(), 1, 'plan' || n, 'registered', 1, 1, 'visit', true, 1, 1, t.id * 10,
    t.province_id, t.prefecture_id, t.county_id, t.township_id,
    timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-01-01'
from generate_series(1, 100000) n
join (select t.*, row_number() over (order by tier, id) % 10 place from tenants t) t on t.place = n % 10
"""
RELATE = """
insert into case_relations (id, case_id, relation, role, person_id, since, until, source)
select gen_random_uuid(), id, 'team', 'mediator', case when n <= 50 then :person else gen_random_uuid() end,
    filed_at, timestamptz '9999-12-31', 'plan'
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
    await session.execute(text(FILL))
    await session.execute(text(RELATE), {"person": PERSON})
    await session.execute(text("analyze cases"))
    await session.execute(text("analyze case_relations"))
    return session


@pytest.mark.parametrize(("subject", "index"), DESKS, ids=[subject.role for subject, _ in DESKS])
async def test_a_desk_reads_its_own_page_by_its_own_index(filled: AsyncSession, subject: Subject, index: str) -> None:
    plan = await _plan(filled, subject, gate.visible(subject)[0])
    assert f"Index Scan using {index} on cases" in plan
    assert "Seq Scan on cases" not in plan


@pytest.mark.parametrize("subject", [subject for subject, _ in DESKS], ids=[subject.role for subject, _ in DESKS])
async def test_related_cases_are_found_from_the_relations(filled: AsyncSession, subject: Subject) -> None:
    plan = await _plan(filled, subject, gate.visible(subject)[-1])
    assert "ix_case_relations_person" in plan
    assert "Seq Scan" not in plan


async def _plan(session: AsyncSession, subject: Subject, branch: ColumnElement[bool]) -> str:
    page = select(Case.id).where(branch).order_by(Case.filed_at.desc(), Case.id.desc()).limit(50)
    literal = page.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]  # SQLAlchemy's dialect has no types
    async with asking(session, subject):
        lines = await session.scalars(text("explain " + str(literal).replace(":", "\\:")))
    return "\n".join(lines)
