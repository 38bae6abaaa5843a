"""The statement of a list, which names the rules in another form than the point check, lists the same cases."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from cases.filters import Filters, Sort
from cases.list_query import page_query
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from tests.policies import oracle
from tests.policies.database import asking, inhabited
from tests.policies.world import World, worlds

WINDOW = 100


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds(), action=st.sampled_from([Action.CASE_READ, Action.CASE_STATUS]), size=st.integers(1, 3))
async def test_the_pages_of_a_list_hold_what_the_oracle_allows_each_once_and_newest_first(
    session: AsyncSession, world: World, action: Action, size: int
) -> None:
    async with inhabited(session, world):
        for subject in world.subjects:
            if subject.role not in gate.opened().table.case_roles:
                continue
            async with asking(session, subject):
                listed = await _pages(session, subject, action, size)
            allowed = {held.id for held in world.cases if action in oracle.allowed(subject, held, world.records)}
            assert set(listed) == allowed
            assert listed == sorted(listed, reverse=True)  # all were filed at one instant: then by id
            assert len(set(listed)) == len(listed)


async def _pages(session: AsyncSession, subject: Subject, action: Action, size: int) -> list[Any]:
    """All ids, page after page, each page going on where the one before ended."""
    raw = await (await session.connection()).get_raw_connection()
    listed: list[Any] = []
    last: dict[str, Any] = {}
    while True:
        query = page_query(gate.reach(subject, action), subject, Filters(sort=Sort.FILED), size, bool(last), WINDOW)
        rows = await raw.driver_connection.fetch(query.sql, *query.arguments(**last))  # type: ignore[union-attr]  # asyncpg's
        listed += [row[0] for row in rows[:size]]
        if len(rows) <= size:
            return listed
        last = {"moment": rows[size - 1][8], "last": rows[size - 1][0]}
