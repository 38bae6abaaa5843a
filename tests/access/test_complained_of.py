"""被检举: a tenant, an office or a person named is kept away at all three locks: the gate, lists and the database."""

from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from sqlalchemy import select

from cases.filters import Filters
from cases.lists import page as list_page
from cases.models import Case
from cases.relations import relation_of
from oversight.models import CaseWarning
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from tests.cases.build import Walk
from tests.teams.build import entrusted
from tests.world import World


async def people(world: World) -> dict[str, Subject]:
    """Two persons, each acting at the county that holds the case and at the prefecture above it."""
    county, prefecture = await world.subject("xgll.director"), await world.subject("diqing.supervisor")
    other = (await world.subject("xgll.deputy", "wr_deputy")).person_id
    return {
        "named, at the county": county,
        "named, at the prefecture": structs.replace(prefecture, person_id=county.person_id),
        "another, at the county": structs.replace(county, person_id=other),
        "another, at the prefecture": structs.replace(prefecture, person_id=other),
    }


COUNTY = {"named, at the county", "another, at the county"}
NAMED = {"named, at the county", "named, at the prefecture"}


@pytest.mark.parametrize(
    ("relation", "names", "removed"),
    [
        (Relation.COMPLAINED_OF, ("tenant_id",), COUNTY),
        (Relation.COMPLAINED_OF, ("tenant_id", "office_id"), COUNTY),
        (Relation.COMPLAINED_OF, ("person_id",), NAMED),
        (Relation.EXCLUDED, ("person_id",), NAMED),
    ],
)
async def test_whom_a_record_names_is_kept_away_and_nobody_else(
    world: World, relation: Relation, names: tuple[str, ...], removed: set[str]
) -> None:
    """By tenant in the posts of that tenant, whichever office of it was named; by person in every post."""
    walk = await entrusted(world)
    subjects = await people(world)
    case = await world.case(walk.case_id)
    named = {name: getattr(subjects["named, at the county"], name) for name in names}
    async with world.owner() as session:
        session.add(relation_of(case, relation, case.filed_at, source="test", **named))
    for who, subject in subjects.items():
        expected = who not in removed
        assert await by_gate(world, subject, case) is expected, who
        assert await by_list(world, subject, walk.case_id) is expected, who
        assert await by_database(world, subject, walk.case_id) is expected, who


async def by_gate(world: World, subject: Subject, case: Case) -> bool:
    """Asked behind the second lock, as the owner: it refuses by itself."""
    async with world.owner() as session:
        return bool((await gate.permissions(session, subject, case)).actions)


async def by_list(world: World, subject: Subject, case_id: UUID) -> bool:
    async with world.store.reading(subject.scope) as reading:
        rows = (await list_page(reading, subject, Filters(), action=Action.CASE_STATUS, size=10_000)).rows
    return case_id in {row.id for row in rows}


async def by_database(world: World, subject: Subject, case_id: UUID) -> bool:
    """Without asking the gate at all."""
    async with world.store.scoped(subject.scope) as session:
        return await session.get(Case, case_id) is not None


async def test_a_warning_does_not_reach_an_office_that_is_kept_away(world: World) -> None:
    walk: Walk = await entrusted(world)
    township = await world.subject("jiantang.head")
    case = await world.case(walk.case_id)
    form: dict[str, Any] = {"receiver_office_id": township.office_id, "help_needed": "请协助提供会议室"}
    await walk.do("xgll.director", "issue-warning", ends_on=f"{world.clock.now():%Y-%m-%d}", **form)
    assert await warned(world, township, walk.case_id)
    async with world.owner() as session:
        row = relation_of(case, Relation.COMPLAINED_OF, case.filed_at, source="test", tenant_id=township.tenant_id)
        session.add(row)
    assert not await warned(world, township, walk.case_id)


async def warned(world: World, subject: Subject, case_id: UUID) -> bool:
    async with world.store.scoped(subject.scope) as session:
        return bool((await session.scalars(select(CaseWarning.id).where(CaseWarning.case_id == case_id))).all())
