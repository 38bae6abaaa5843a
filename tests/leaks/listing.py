"""Which cases a subject of the leak tests may find: from the rows behind everybody's back, and from rules.csv."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from tests.leaks.ground import Ground
from tests.leaks.oracle import BY_PLACE, allowed
from tests.leaks.standings import Standing, pairs_of, post_of

CASES = text("select * from cases")
BUSINESS = ("leading_group", "justice_bureau")
DAILY = "petition_bureau"
TIERS = ("province_id", "prefecture_id", "county_id", "township_id")


async def every_case(ground: Ground) -> list[RowMapping]:
    async with ground.world.owner() as session:
        return list((await session.execute(CASES)).mappings())


def findable(ground: Ground, cases: list[RowMapping], one: Standing, action: str) -> dict[UUID, RowMapping]:
    """Cases with which the subject may do the action."""
    return {case["id"]: case for case in cases if action in allowed(one.cell.tier, _pairs(ground, case, one))}


def _pairs(ground: Ground, case: Mapping[Any, Any], one: Standing) -> list[tuple[str, str]]:
    by_place = [(post_of(one.cell), relation) for relation in _places(case, one)]
    recorded = one.cell.relation not in BY_PLACE and case["id"] == ground.case_id
    return [*by_place, *(pairs_of(one.cell)[:1] if recorded else [])]


def _places(case: Mapping[Any, Any], one: Standing) -> Iterator[str]:
    line = [case[column] for column in TIERS if case[column] is not None]
    if line[-1] != one.desk.tenant_id:
        yield from ["oversees"] if one.desk.tenant_id in line else []
        return
    yield "holds" if case["holder_office_id"] == one.desk.id else "houses"
    if case["closed_at"] is not None:
        yield "keeps"
    if one.desk.kind in BUSINESS:
        yield "governs"
    if one.desk.kind == DAILY:
        yield "manages"
